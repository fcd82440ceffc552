import type { Edit } from './mutation.ts'
import { codeOf, endOfOperand, tokensOf } from './sql-text.ts'

/** What edits may put in place of a key: the names that the schema has. */
export interface SqlNames {
  errorCodes: string[]
  permissions: string[]
}

/** Every edit of a file of `sql/`, in the order of the text. */
export function sqlEdits(sql: string, names: SqlNames): Edit[] {
  const code = codeOf(sql)
  return [
    ...clauses(code),
    ...policies(code),
    ...triggers(code),
    ...withheldColumns(sql, code),
    ...locks(code),
    ...checks(code),
    ...limits(sql, code),
    ...keys(sql, code, names),
    ...defaults(sql, code),
  ].sort((a, b) => a.start - b.start || a.kind.localeCompare(b.kind))
}

/** Takes one operand of `and` or `or` away, and the word with it. */
function clauses(code: string): Edit[] {
  const tokens = tokensOf(code)
  return tokens.flatMap((token, index): Edit[] => {
    const last = endOfOperand(tokens, index + 1)
    const end = tokens[last]
    if (!end) return []
    if (isConnector(tokens, index))
      return [{ kind: 'clause', start: token.start, end: trimmedEnd(code, end.start), replacement: '' }]
    const opens = ['where', 'if', 'elsif', 'when', '('].includes(token.text)
    if (!opens || !isConnector(tokens, last)) return []
    const start = token.end + (/^\s*/.exec(code.slice(token.end))?.[0].length ?? 0)
    const gap = /^\s*/.exec(code.slice(end.end))?.[0].length ?? 0
    return [{ kind: 'clause', start, end: end.end + gap, replacement: '' }]
  })
}

type Tokens = ReturnType<typeof tokensOf>

/** An `and` or `or`, but for the one that belongs to `between`, and the ones of `create trigger`. */
function isConnector(tokens: Tokens, index: number): boolean {
  const text = tokens[index]?.text
  if (text !== 'and' && text !== 'or') return false
  const before = tokens.slice(Math.max(0, index - 4), index).map((token) => token.text)
  const next = tokens[index + 1]?.text ?? ''
  return (
    before.findLast((each) => ['between', 'and', 'or'].includes(each)) !== 'between' &&
    !['insert', 'update', 'delete', 'truncate', 'replace'].includes(next)
  )
}

/** Opens a policy to every row. */
function policies(code: string): Edit[] {
  return statements(code, /^create policy\b/gm).flatMap(({ start, text }) =>
    [...text.matchAll(/\b(?:using|with check) \((?!true\))/g)].map((match): Edit => {
      const from = start + match.index + match[0].length
      return { kind: 'policy', start: from, end: closingParenthesis(code, from), replacement: 'true' }
    }),
  )
}

function triggers(code: string): Edit[] {
  return statements(code, /^create (?:constraint )?trigger\b/gm).map(({ start, end }) => ({
    kind: 'trigger',
    start,
    end,
    replacement: '',
  }))
}

/** Lets the audit log have what is withheld from it. */
function withheldColumns(sql: string, code: string): Edit[] {
  return matches(sql, code, /(?<=tg_audit\('[^']*'), '[^']*'/g).map((found) => ({
    kind: 'withheld',
    ...found,
    replacement: '',
  }))
}

function locks(code: string): Edit[] {
  const clause = /\s+for (?:no key update|update|key share|share)\b(?: nowait| skip locked)?(?! to)/g
  return [
    ...[...code.matchAll(clause)].map(
      ({ 0: text, index }): Edit => ({
        kind: 'lock',
        start: index,
        end: index + text.length,
        replacement: '',
      }),
    ),
    ...performed(code, /perform (?:private\.lock_|pg_advisory_)/g, 'lock'),
  ]
}

function checks(code: string): Edit[] {
  return performed(code, /perform private\.(?:require|refuse)_/g, 'check')
}

function performed(code: string, pattern: RegExp, kind: Edit['kind']): Edit[] {
  return statements(code, pattern).map(({ start, end }) => ({ kind, start, end, replacement: 'null;' }))
}

/** Moves a number that something is compared with, counted to or kept for: up and down. */
function limits(sql: string, code: string): Edit[] {
  const numbers = [
    ...code.matchAll(/(?<=(?:<=|>=|<>|<|(?<![->])>|:=|\blimit|\bbetween|\breturn) )\d+\b(?![.\w])/g),
    ...code.matchAll(/(?<![\w.$])\d+(?= (?:<=|>=|<|>) )/g),
    ...sql.matchAll(/(?<=\binterval ')\d+/g),
  ]
  return numbers.flatMap(({ 0: text, index }) =>
    // Into a variable goes the first row, whether there are others or not.
    (isOfFirstRow(code, index) ? [-1] : [1, -1]).map((step) => ({
      kind: 'limit' as const,
      start: index,
      end: index + text.length,
      replacement: String(Number(text) + step),
    })),
  )
}

/** Whether a number is the limit of a statement that puts a row into variables. */
function isOfFirstRow(code: string, at: number): boolean {
  const statement = code.slice(code.lastIndexOf(';', at) + 1, at)
  return /\blimit $/.test(statement) && /\binto (?!strict\b)\w+\b(?!\.)/.test(statement)
}

/** Puts another code of an error, another permission or the neighbour's name of a field in place of the right one. */
function keys(sql: string, code: string, { errorCodes, permissions }: SqlNames): Edit[] {
  const inPlaceOf = (pattern: RegExp, others: string[]) =>
    matches(sql, code, pattern).flatMap(({ start, end }): Edit[] => {
      const at = others.indexOf(sql.slice(start, end))
      const replacement = others[(at + 1) % others.length]
      return at < 0 || replacement === undefined ? [] : [{ kind: 'key', start, end, replacement }]
    })
  const neighbours = matches(sql, code, /(?<=^ +)'\w+'(?=, [^\n]*,\n +'\w+', )/gm).flatMap(
    ({ start, end }): Edit[] => {
      const rest = /^(, [^\n]*,\n +)('\w+')/.exec(sql.slice(end))
      if (!rest?.[1] || !rest[2]) return []
      const replacement = `${rest[2]}${rest[1]}${sql.slice(start, end)}`
      return [{ kind: 'key', start, end: end + rest[0].length, replacement }]
    },
  )
  return [
    ...inPlaceOf(/(?<=raise_error\(')\w+(?=')/g, errorCodes),
    ...inPlaceOf(/(?<=')\w+\.\w+(?=')/g, permissions),
    ...neighbours,
  ]
}

/** Prefers the default to what was given. */
function defaults(sql: string, code: string): Edit[] {
  return [...code.matchAll(/\bcoalesce\(/g)].flatMap(({ 0: text, index }): Edit[] => {
    const start = index + text.length
    const end = closingParenthesis(code, start)
    const comma = commaWithin(code, start, end)
    if (comma === undefined) return []
    const [given, other] = [sql.slice(start, comma), sql.slice(comma + 1, end).trim()]
    return [{ kind: 'default', start, end, replacement: `${other}, ${given}` }]
  })
}

/** Statements that begin with a pattern, each with its semicolon. */
function statements(code: string, pattern: RegExp): { start: number; end: number; text: string }[] {
  return [...code.matchAll(pattern)].map(({ index }) => {
    const end = code.indexOf(';', index) + 1
    return { start: index, end, text: code.slice(index, end) }
  })
}

/** What a pattern finds in the text, but for comments. */
function matches(sql: string, code: string, pattern: RegExp): { start: number; end: number }[] {
  return [...sql.matchAll(pattern)]
    .map(({ 0: text, index }) => ({ start: index, end: index + text.length }))
    .filter(({ start, end }) => code.slice(start, end).trim() !== '')
}

function closingParenthesis(code: string, from: number): number {
  let depth = 1
  let at = from
  for (; depth > 0 && at < code.length; at += 1) {
    if (code[at] === '(') depth += 1
    if (code[at] === ')') depth -= 1
  }
  return at - 1
}

function commaWithin(code: string, start: number, end: number): number | undefined {
  let depth = 0
  for (let at = start; at < end; at += 1) {
    const character = code[at] ?? ''
    if ('(['.includes(character)) depth += 1
    if (')]'.includes(character)) depth -= 1
    if (character === ',' && depth === 0) return at
  }
  return undefined
}

function trimmedEnd(code: string, end: number): number {
  return code.slice(0, end).trimEnd().length
}
