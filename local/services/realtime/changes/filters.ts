import { Refusal } from '../refusal.ts'

const operators = [
  'eq',
  'neq',
  'lt',
  'lte',
  'gt',
  'gte',
  'in',
  'like',
  'ilike',
  'is',
  'match',
  'imatch',
  'isdistinct',
] as const

export type Operator = (typeof operators)[number]

/** One condition that a subscriber puts to a row. */
export interface Filter {
  column: string
  operator: Operator
  /** As text; of `in`, an array in Postgres's notation. */
  value: string
  negated: boolean
}

/** Longer texts are no filters that anybody writes. */
const longestFilter = 10_000

/**
 * Reads `id=gt.0,name=not.like.a%`: conditions that all have to hold; empty for none.
 *
 * @throws Refusal in Supabase's words
 */
export function parseFilters(text: string): Filter[] {
  if (text.length > longestFilter) throw unreadable(`a filter may have ${longestFilter} characters`)
  if (text.trim() === '') return []
  return splitAtCommas(text.trim()).map(parseFilter)
}

function parseFilter(segment: string): Filter {
  const text = segment.trim()
  if (text === '') throw unreadable('filter must not contain empty segments (check for extra commas)')
  const equals = text.indexOf('=')
  if (equals < 0) throw unreadable(inspect([text]))
  const condition = text.slice(equals + 1)
  const negated = condition.startsWith('not.')
  const rest = negated ? condition.slice('not.'.length) : condition
  const dot = rest.indexOf('.')
  if (dot < 0) throw unreadable(inspect([rest]))
  const [name, value] = [rest.slice(0, dot), rest.slice(dot + 1)]
  const operator = operators.find((known) => known === name)
  if (!operator) throw unreadable(inspect([name, value]))
  return { column: text.slice(0, equals), operator, value: readValue(operator, value), negated }
}

function readValue(operator: Operator, value: string): string {
  if (operator !== 'in') return unquoted(value)
  if (!value.startsWith('(') || !value.endsWith(')'))
    throw unreadable('`in` filter value must be wrapped by parentheses')
  return `{${value.slice(1, -1)}}`
}

/** Splits at the commas that stand neither in parentheses nor in a quoted value. */
function splitAtCommas(text: string): string[] {
  const segments: string[] = []
  let [begun, depth, isQuoted] = [0, 0, false]
  for (let place = 0; place < text.length; place += 1) {
    const character = text[place]
    if (isQuoted) {
      if (character === '\\') place += 1
      else if (character === '"') isQuoted = false
    } else if (character === '"' && '.(,'.includes(text[place - 1] ?? ' ')) isQuoted = true
    else if (character === '(') depth += 1
    else if (character === ')') depth = Math.max(0, depth - 1)
    else if (character === ',' && depth === 0) {
      segments.push(text.slice(begun, place))
      begun = place + 1
    }
  }
  return [...segments, text.slice(begun)]
}

function unquoted(value: string): string {
  const [, inside] = /^"((?:[^"\\]|\\.)*)"$/s.exec(value) ?? []
  return inside === undefined ? value : inside.replaceAll(/\\(.)/gs, '$1')
}

function unreadable(what: string): Refusal {
  return new Refusal('RealtimeDisabledForConfiguration', `Error parsing \`filter\` params: ${what}`)
}

function inspect(parts: string[]): string {
  return `[${parts.map((part) => JSON.stringify(part)).join(', ')}]`
}
