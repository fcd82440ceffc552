import type { PlainOperator, QuantifiableOperator, Quantifier, TextSearchOperator } from '../request.ts'
import type { Cursor } from './cursor.ts'
import { readIdentifier } from './names.ts'

/** What stands before the value: `eq.`, `like(any).`, `fts(english).`. */
export type Head =
  | { kind: 'list'; name: 'in' }
  | { kind: 'state'; name: 'is' }
  | { kind: 'plain'; name: PlainOperator }
  | { kind: 'quantifiable'; name: QuantifiableOperator; quantifier?: Quantifier }
  | { kind: 'search'; name: TextSearchOperator; language?: string }

const heads: readonly Head[] = [
  { kind: 'list', name: 'in' },
  { kind: 'state', name: 'is' },
  { kind: 'plain', name: 'isdistinct' },
  { kind: 'search', name: 'fts' },
  { kind: 'search', name: 'plfts' },
  { kind: 'search', name: 'phfts' },
  { kind: 'search', name: 'wfts' },
  { kind: 'plain', name: 'neq' },
  { kind: 'plain', name: 'cs' },
  { kind: 'plain', name: 'cd' },
  { kind: 'plain', name: 'ov' },
  { kind: 'plain', name: 'sl' },
  { kind: 'plain', name: 'sr' },
  { kind: 'plain', name: 'nxr' },
  { kind: 'plain', name: 'nxl' },
  { kind: 'plain', name: 'adj' },
  { kind: 'quantifiable', name: 'eq' },
  { kind: 'quantifiable', name: 'gte' },
  { kind: 'quantifiable', name: 'gt' },
  { kind: 'quantifiable', name: 'lte' },
  { kind: 'quantifiable', name: 'lt' },
  { kind: 'quantifiable', name: 'like' },
  { kind: 'quantifiable', name: 'ilike' },
  { kind: 'quantifiable', name: 'match' },
  { kind: 'quantifiable', name: 'imatch' },
]

const headOf = new Map<string, Head>(heads.map((head) => [head.name, head]))

export function readHead(cursor: Cursor): Head | undefined {
  const known = headOf.get(wordAt(cursor))
  const head = known && cursor.attempt((inner) => readRest(inner, known))
  if (head !== undefined || !cursor.explains) return head
  // Tells how far the text goes along with any of them.
  for (const other of heads) cursor.attempt((inner) => readRest(inner, other))
  return undefined
}

function readRest(cursor: Cursor, head: Head): Head | undefined {
  if (!cursor.word(head.name)) return undefined
  const whole = withParentheses(cursor, head)
  return cursor.char('.', 'delimiter (.)') ? whole : undefined
}

function withParentheses(cursor: Cursor, head: Head): Head {
  if (head.kind === 'quantifiable') {
    const quantifier = cursor.attempt(readQuantifier)
    return quantifier === undefined ? head : { ...head, quantifier }
  }
  if (head.kind === 'search') {
    const language = cursor.attempt(readLanguage)
    return language === undefined ? head : { ...head, language }
  }
  return head
}

function readQuantifier(cursor: Cursor): Quantifier | undefined {
  if (!cursor.char('(')) return undefined
  const quantifier = cursor.word('any') ? 'any' : cursor.word('all') ? 'all' : undefined
  return quantifier !== undefined && cursor.char(')') ? quantifier : undefined
}

function readLanguage(cursor: Cursor): string | undefined {
  if (!cursor.char('(')) return undefined
  const language = readIdentifier(cursor)
  return language !== undefined && cursor.char(')') ? language : undefined
}

function wordAt({ text, at }: Cursor): string {
  let end = at
  for (let code = text.charCodeAt(end); code >= 97 && code <= 122; code = text.charCodeAt(end)) end += 1
  return text.slice(at, end)
}
