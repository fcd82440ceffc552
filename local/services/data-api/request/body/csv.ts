import { invalidBody } from '../errors.ts'

/** A header and lines, as RFC 4180 has them; empty lines are none. */
export function readCsv(text: string): { header: readonly string[]; lines: readonly string[][] } {
  const records = readRecords(text)
  const header = records.shift()
  if (header === undefined) throw invalidBody('parse error (not enough input) at ""')
  return { header, lines: records }
}

function readRecords(text: string): string[][] {
  const records: string[][] = []
  let record: string[] = []
  let at = 0
  while (at < text.length) {
    if (record.length === 0 && isNewline(text[at])) {
      at += 1
      continue
    }
    const { value, end } = text[at] === '"' ? readQuotedField(text, at) : readField(text, at)
    record.push(value)
    at = end
    if (text[at] === ',') {
      at += 1
      if (at < text.length) continue
      record.push('')
    }
    records.push(record)
    record = []
  }
  return records
}

function readField(text: string, start: number): { value: string; end: number } {
  let end = start
  while (end < text.length && text[end] !== ',' && !isNewline(text[end])) {
    if (text[end] === '"') throw misplacedQuote(text, end)
    end += 1
  }
  return { value: text.slice(start, end), end }
}

/** Two quotes within are one. */
function readQuotedField(text: string, start: number): { value: string; end: number } {
  let value = ''
  let from = start + 1
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', from)) {
    value += text.slice(from, at)
    const end = at + 1
    if (text[end] !== '"') {
      if (end < text.length && text[end] !== ',' && !isNewline(text[end])) throw misplacedQuote(text, at)
      return { value, end }
    }
    value += '"'
    from = at + 2
  }
  throw invalidBody('parse error (not enough input) in a quoted field')
}

function misplacedQuote(text: string, at: number): Error {
  const line = text.slice(0, at).split('\n').length
  return invalidBody(`parse error (misplaced quote) in line ${line}`)
}

function isNewline(char: string | undefined): boolean {
  return char === '\n' || char === '\r'
}
