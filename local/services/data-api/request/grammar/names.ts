import type { Cursor } from './cursor.ts'

const nameLabel = 'field name (* or [a..z0..9_$])'

/** A name as it stands, with spaces and dashes within; anything else in double quotes. */
export function readName(cursor: Cursor): string | undefined {
  return cursor.labelled(nameLabel, readUnlabelledName)
}

function readUnlabelledName(cursor: Cursor): string | undefined {
  return cursor.char('"') ? readQuoted(cursor) : readDashed(cursor, readIdentifier)
}

/** `"…"`, where a backslash stands before a quote or a backslash. */
export function readQuotedValue(cursor: Cursor): string | undefined {
  return cursor.char('"') ? readQuoted(cursor) : undefined
}

function readQuoted(cursor: Cursor): string | undefined {
  const { text } = cursor
  let value = ''
  let from = cursor.at
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 34) {
      cursor.moveTo(at + 1)
      return value + text.slice(from, at)
    }
    if (code !== 92) continue
    value += text.slice(from, at)
    at += 1
    from = at
  }
  cursor.moveTo(text.length)
  return text.endsWith('\\') && from === text.length ? cursor.expect() : cursor.expect('"\\\\"', '"\\""')
}

/** Letters of any script, digits, `_`, `$` and spaces, those around it aside. */
export function readIdentifier(cursor: Cursor): string | undefined {
  const { text, at: start } = cursor
  let at = start
  for (let length = identifierLength(text, at); length > 0; length = identifierLength(text, at)) at += length
  if (at === start) return cursor.expect('letter', 'digit')
  cursor.moveTo(at)
  cursor.expect('letter', 'digit')
  return text.slice(start, at).trim()
}

/** Parts joined by dashes, which no `->` is. */
export function readDashed(
  cursor: Cursor,
  readPart: (cursor: Cursor) => string | undefined,
): string | undefined {
  let name = readPart(cursor)
  while (name !== undefined && cursor.code === 45) {
    if (cursor.text.charCodeAt(cursor.at + 1) === 62) {
      refuseArrow(cursor)
      return name
    }
    cursor.moveTo(cursor.at + 1)
    const part = readPart(cursor)
    name = part === undefined ? undefined : `${name}-${part}`
  }
  if (name !== undefined) cursor.sees('-')
  return name
}

/** The arrow has been looked into, so that the failure stands behind it. */
function refuseArrow(cursor: Cursor): void {
  cursor.at += 1
  cursor.refuse(cursor.at + 1)
  cursor.at -= 1
}

/** How many units of the text the character takes, if it may stand in a name. */
function identifierLength(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code < 128) return asciiOfIdentifiers[code] ? 1 : 0
  const point = text.codePointAt(at)
  if (point === undefined || !letter.test(String.fromCodePoint(point))) return 0
  return point > 0xffff ? 2 : 1
}

const letter = /^\p{L}$/u

const asciiOfIdentifiers = Array.from({ length: 128 }, (_, code) => /[\w $]/.test(String.fromCharCode(code)))
