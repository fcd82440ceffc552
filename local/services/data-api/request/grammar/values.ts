import type { Cursor } from './cursor.ts'
import { readBareComma, readClosing, readOpening, readSeparated } from './lists.ts'
import { readQuotedValue } from './names.ts'

/** All that is left. */
export function readRest(cursor: Cursor): string {
  const value = cursor.text.slice(cursor.at)
  if (value !== '') cursor.moveTo(cursor.text.length)
  return value
}

/** A value between others: in quotes, an array in braces, or all before a comma or a parenthesis. */
export function readInnerValue(cursor: Cursor): string {
  return cursor.attempt(readWholeQuotedValue) ?? cursor.attempt(readBraces) ?? readBareValue(cursor)
}

/** `(a,"b,c")`; empty parentheses hold nothing. */
export function readList(cursor: Cursor): readonly string[] | undefined {
  if (!readOpening(cursor)) return undefined
  const values = readSeparated(cursor, readElement, readBareComma)
  if (values === undefined || !readClosing(cursor)) return undefined
  return values.length === 1 && values[0] === '' ? [] : values
}

function readElement(cursor: Cursor): string {
  return cursor.attempt(readWholeQuotedValue) ?? readBareValue(cursor)
}

/** Quotes that something else follows are none. */
function readWholeQuotedValue(cursor: Cursor): string | undefined {
  const value = readQuotedValue(cursor)
  if (value === undefined || cursor.isAtEnd || endsBareValue(cursor.code)) return value
  cursor.refuse(cursor.at + 1)
  return undefined
}

function readBraces(cursor: Cursor): string | undefined {
  const { at: start, text } = cursor
  if (!cursor.char('{')) return undefined
  let at = cursor.at
  while (at < text.length && text[at] !== '{' && text[at] !== '}') at += 1
  cursor.moveTo(at)
  return cursor.char('}') ? text.slice(start, cursor.at) : undefined
}

function readBareValue(cursor: Cursor): string {
  const { at: start, text } = cursor
  let at = start
  while (at < text.length && !endsBareValue(text.charCodeAt(at))) at += 1
  if (at !== start) cursor.moveTo(at)
  cursor.expect()
  return text.slice(start, at)
}

function endsBareValue(code: number): boolean {
  return code === 44 || code === 41
}
