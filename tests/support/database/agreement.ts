import fc from 'fast-check'
import type pg from 'pg'
import type { z } from 'zod'
import type { JsonSchema } from '../../../types/json-schema.ts'

// Documents for the tests that demand the same verdict of zod and of the database: valid ones, and ones with a part
// changed, taken away or added.

export interface Mutation {
  kind: string
  place: number
  key: string
  value: unknown
}

/** A change somewhere in a document, to be made by `mutated`. */
export function mutationWith(values: fc.Arbitrary<unknown>, keys: string[] = []): fc.Arbitrary<Mutation> {
  return fc.record({
    kind: fc.constantFrom('set', 'set', 'remove', 'add'),
    place: fc.nat(),
    key: fc.constantFrom(
      '__proto__',
      'constructor',
      'extra',
      'toString',
      'Type',
      'title ',
      '',
      '$schema',
      '--x',
      ...keys,
    ),
    value: values,
  })
}

/** A place in a document: an object or a list, and one of its keys. */
function placesIn(value: unknown): [object, string][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) => [
    [value, key] satisfies [object, string],
    ...placesIn(child),
  ])
}

/** A copy of a document with one change. */
export function mutated(document: unknown, change: Mutation): unknown {
  const copy: unknown = structuredClone(document)
  const places = placesIn(copy)
  const [target, key] = places[change.place % places.length] ?? [{}, '']
  if (change.kind === 'remove') {
    if (Array.isArray(target)) target.splice(Number(key), 1)
    else Reflect.deleteProperty(target, key)
    return copy
  }
  const name = change.kind === 'add' && !Array.isArray(target) ? change.key : key
  // A key such as __proto__ is a key like any other in JSON.
  Object.defineProperty(target, name, {
    value: change.value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
  return copy
}

/** Values that a schema of `types/json-schema.ts` takes. */
export function valuesOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom<unknown>(...schema.enum)
  const { minLength = 0, maxLength = 30, minItems = 0, maxItems = 5 } = schema
  const { minimum = -1_000, maximum = 1_000 } = schema
  const { properties = {}, required = [] } = schema
  const [type = 'object'] = [schema.type ?? []].flat()
  switch (type) {
    case 'string':
      // Characters of which some are two units of UTF-16.
      return fc
        .array(fc.constantFrom(...'ab <>\'"\\/{}', 'ß', '😀', '\u202e', '\n'), {
          minLength,
          maxLength: Math.max(minLength, Math.min(maxLength, 30)),
        })
        .map((characters) => characters.join(''))
    case 'integer':
      return fc.integer({ min: minimum, max: Math.min(maximum, 2 ** 31 - 1) })
    case 'number':
      return fc.double({ min: minimum, max: maximum, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(valuesOf(schema.items ?? { type: 'boolean' }), {
        minLength: minItems,
        maxLength: Math.min(maxItems, minItems + 5),
      })
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, valuesOf(inner)])),
        { requiredKeys: required },
      )
  }
}

/** What `problem`, an expression over `d.value` and `d.n`, says of documents: whether it is null, and the path in it. */
export async function problemsOf(
  client: pg.Client,
  problem: string,
  texts: string[],
  values: unknown[] = [],
): Promise<{ valid: boolean; path: string | null }[]> {
  const { rows } = await client.query<{ valid: boolean; path: string | null }>(
    `select coalesce(d.value is not null and p.problem is null, false) as valid,
       case when d.value is not null then p.problem ->> 'path' end as path
     from unnest($1::text[]) with ordinality as t (text, n)
     cross join lateral (
       select t.n::integer, case when pg_input_is_valid(t.text, 'jsonb') then t.text::jsonb end as value
       offset 0 -- each is worked out once, not wherever it is named
     ) as d
     cross join lateral (select ${problem} as problem offset 0) as p
     order by t.n`,
    [texts, ...values],
  )
  return rows
}

/** The database's verdicts on documents: what `problem` is null for. */
export async function verdictsOf(
  client: pg.Client,
  problem: string,
  texts: string[],
  values: unknown[] = [],
): Promise<boolean[]> {
  return (await problemsOf(client, problem, texts, values)).map(({ valid }) => valid)
}

/** Where zod finds problems, as the database writes it; none in a valid document. */
export function pathsOf({ error }: z.ZodSafeParseResult<unknown>): string[] {
  const pathOf = (path: PropertyKey[], key: string) =>
    // Of an unknown key, at most a plain name is repeated: see private.key_path.
    (/^[A-Za-z0-9_.:/@$#+~-]{1,50}$/.test(key) ? [...path, key] : path).join('.')
  return (error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => pathOf(issue.path, key))
      : issue.path.join('.'),
  )
}

/** A disagreement between zod and the database about a document: its verdict, or where something is wrong with it. */
export interface Disagreement {
  text: string
  database: { valid: boolean; path: string | null } | undefined
  zod: string[]
}

/**
 * Asks both about documents, and counts the verdicts that they share. The database names the first problem that it
 * finds, zod all of them; for a document that is no `jsonb` the database names no place.
 */
export async function agreementOn(
  client: pg.Client,
  problem: string,
  schema: z.ZodType,
  texts: string[],
): Promise<{ valid: number; invalid: number; disagreements: Disagreement[] }> {
  const byDatabase = await problemsOf(client, problem, texts)
  const answers = texts.map((text, index) => ({
    text: text.slice(0, 1_000),
    database: byDatabase[index],
    zod: pathsOf(schema.safeParse(JSON.parse(text))),
  }))
  const isShared = ({ database, zod }: Disagreement) =>
    database?.valid === (zod.length === 0) && (database.path === null || zod.includes(database.path))
  const disagreements = answers.filter((answer) => !isShared(answer))
  const shared = answers.filter(isShared)
  const valid = shared.filter(({ zod }) => zod.length === 0).length
  return { valid, invalid: shared.length - valid, disagreements }
}

/** Timestamps that documents take. */
export const timestamps = [
  ...['2026-01-31T12:00:00Z', '2024-02-29T23:59:59.123456789+14:00', '0002-01-01T00:00:00+14:00'],
  ...['2026-06-30T00:00:00.000Z', '9998-12-31T23:59:59-14:59', '2000-02-29T00:00:00-00:00'],
]

/** What looks like a timestamp and is none: days that do not exist, years of five digits, other spellings. */
export const noTimestamps = [
  ...['2026-02-30T12:00:00Z', '2026-02-29T12:00:00Z', '1900-02-29T00:00:00Z', '2026-04-31T00:00:00Z'],
  ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-01:00'],
  ...['2026-01-31T12:00:00', '2026-01-31T12:00:00+15:00', '2026-01-31T12:00:60Z', '2026-01-31T24:00:00Z'],
  ...[
    '2026-01-31 12:00:00Z',
    '2026-01-31',
    'now',
    'infinity',
    '2026-01-31T12:00:00z',
    '٢026-01-31T12:00:00Z',
  ],
]
