import type { AnyAST } from '@supabase/lite'
import { errorResponse } from '../shared/index.ts'
import { AnsweredError } from './errors.ts'
import type { RequestContext } from './request-context.ts'
import type { SchemaCache } from './schema-cache.ts'

/** What a request and each of its embeds consist of alike. */
type Level = Pick<AnyAST, 'select' | 'join'>
type Join = NonNullable<AnyAST['join']>[string]

/**
 * Puts the name of the relationship to every embed that has none, where there is one: lite, which sees more of them
 * than PostgREST and silently prefers some to others, is left nothing to choose.
 *
 * @throws AnsweredError where there is no relationship or more than one
 */
export function withNamedRelationships(ast: AnyAST, { schema }: RequestContext, cache: SchemaCache): AnyAST {
  if (ast.type === 'rpc' || !ast.from) return ast
  return { ...ast, ...named(ast, ast.from, schema, cache) }
}

function named({ select, join }: Level, table: string, schema: string, cache: SchemaCache): Level {
  if (!select || !join) return {}
  const joins = Object.entries(join).map(([alias, embed]): [string, Join] => [
    alias,
    namedEmbed(embed, table, embed.from ?? alias, schema, cache),
  ])
  const entries = select.map((entry) => {
    if (typeof entry === 'string') return entry
    return Object.fromEntries(
      Object.entries(entry).map(([alias, value]) => {
        const embed = join[alias]
        return embed && isLevel(value)
          ? [alias, { ...value, ...named(value, embed.from ?? alias, schema, cache) }]
          : [alias, value]
      }),
    )
  })
  return { select: entries, join: Object.fromEntries(joins) }
}

function namedEmbed(embed: Join, from: string, to: string, schema: string, cache: SchemaCache): Join {
  const known = cache.relationshipsIn(schema)
  // lite knows what a table has with itself, with a view, and with what a function computes; and names of keys.
  const isPlain = from !== to && cache.hasTable(schema, from) && cache.hasTable(schema, to)
  if (!isPlain || cache.hasFunction(schema, to) || known.isOfKey(from, to)) return embed
  const { relationships, mistakable } = known.between(from, to)
  if (embed.hint !== undefined) {
    const isMeant = relationships.some(({ hint }) => hint === embed.hint)
    if (!isMeant && mistakable.has(embed.hint)) throw unrelated(from, to, schema, embed.hint)
    return embed
  }
  if (relationships.length > 1) throw ambiguous(from, to, relationships)
  const [only] = relationships
  if (!only && mistakable.size > 0) throw unrelated(from, to, schema)
  return only ? { ...embed, hint: only.hint } : embed
}

function isLevel(value: object): value is Level {
  return 'select' in value
}

function unrelated(from: string, to: string, schema: string, hint?: string): AnsweredError {
  const using = hint === undefined ? '' : ` using the hint '${hint}'`
  return new AnsweredError(
    errorResponse(400, {
      code: 'PGRST200',
      message: `Could not find a relationship between '${from}' and '${to}' in the schema cache`,
      details:
        `Searched for a foreign key relationship between '${from}' and '${to}'${using} ` +
        `in the schema '${schema}', but no matches were found.`,
    }),
  )
}

function ambiguous(
  from: string,
  to: string,
  relationships: readonly { cardinality: string; hint: string; description: string }[],
): AnsweredError {
  const choices = relationships.map(({ hint }) => `'${to}!${hint}'`).join(', ')
  return new AnsweredError(
    errorResponse(300, {
      code: 'PGRST201',
      message: `Could not embed because more than one relationship was found for '${from}' and '${to}'`,
      details: relationships.map(({ cardinality, description }) => ({
        cardinality,
        embedding: `${from} with ${to}`,
        relationship: description,
      })),
      hint:
        `Try changing '${to}' to one of the following: ${choices}. ` +
        "Find the desired relationship in the 'details' key.",
    }),
  )
}
