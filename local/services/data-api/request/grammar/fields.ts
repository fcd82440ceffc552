import type { Field, JsonStep } from '../request.ts'
import type { Cursor } from './cursor.ts'
import { readDashed, readName, readQuotedValue } from './names.ts'

/** `name`, `name->key`, `name->0->>key`, with space around it. */
export function readField(cursor: Cursor): Field | undefined {
  cursor.skipSpace()
  const name = readName(cursor)
  if (name === undefined) return undefined
  const path = readJsonPath(cursor)
  if (path === undefined) return undefined
  cursor.skipSpace()
  return { name, path }
}

const noSteps: readonly JsonStep[] = []

export function readJsonPath(cursor: Cursor): readonly JsonStep[] | undefined {
  let steps: JsonStep[] | undefined
  for (;;) {
    const asText = cursor.word('->>')
    if (!asText && !cursor.word('->')) return steps ?? noSteps
    const key = cursor.attempt(readIndex) ?? cursor.attempt(readKey)
    if (key === undefined) return undefined
    steps ??= []
    steps.push({ key, asText })
  }
}

/** A number is an index only where the step ends with it: `->1x` and, as PostgREST has it, `->1)` are keys. */
function readIndex(cursor: Cursor): number | undefined {
  const { at: start, text } = cursor
  cursor.char('-')
  let at = cursor.at
  while (isDigit(text.charCodeAt(at))) at += 1
  if (at === cursor.at) return cursor.expect('digit')
  cursor.moveTo(at)
  cursor.expect('digit')
  return seesEndOfIndex(cursor) ? Number(text.slice(start, at)) : undefined
}

function seesEndOfIndex(cursor: Cursor): boolean {
  const { text, at } = cursor
  if (text.startsWith('->', at) || text.startsWith('::', at)) return true
  cursor.expect('"->"', '"::"')
  return cursor.sees('.') || cursor.sees(',') || cursor.seesEnd()
}

function readKey(cursor: Cursor): string | undefined {
  return cursor.labelled('any non reserved character different from: .,>()', (inner) =>
    inner.sees('"') ? readQuotedValue(inner) : readDashed(inner, readKeyPart),
  )
}

const endsOfKeys = new Set([...'(-:.,>)'].map((char) => char.charCodeAt(0)))

function readKeyPart(cursor: Cursor): string | undefined {
  const { text, at: start } = cursor
  let at = start
  while (at < text.length && !endsOfKeys.has(text.charCodeAt(at))) at += 1
  if (at === start) return cursor.expect()
  cursor.moveTo(at)
  cursor.expect()
  return text.slice(start, at).trim()
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
