import { unreadable } from '../errors.ts'
import { Cursor, type Rule } from './cursor.ts'

/** How deep embeds and trees of logic may be nested. */
export const maxDepth = 100

/**
 * Reads a parameter; what stands behind that which a rule has read is not looked at.
 *
 * @param what named in the error: `failed to parse order (…)`
 */
export function parse<Value>(what: string, text: string, rule: Rule<Value>, shownText = text): Value {
  const value = rule(new Cursor(text))
  if (value !== undefined) return value
  const cursor = new Cursor(text, { explains: true })
  rule(cursor)
  throw unreadable(`"failed to parse ${what} (${shownText})" ${placeOf(cursor)}`, explanationOf(cursor))
}

export function tooDeep(what: string): Error {
  return unreadable(`"failed to parse ${what}"`, `nested deeper than ${maxDepth} levels`)
}

function placeOf({ text, at, failure }: Cursor): string {
  let line = 1
  let column = 1
  for (const char of text.slice(0, failure?.at ?? at)) {
    if (char === '\n') {
      line += 1
      column = 1
    } else if (char === '\t') column += 8 - ((column - 1) % 8)
    else column += 1
  }
  return `(line ${line}, column ${column})`
}

function explanationOf({ failure }: Cursor): string {
  const unexpected = `unexpected ${failure?.unexpected || 'end of input'}`
  const expected = [...new Set(failure?.expected)]
  const last = expected.pop()
  if (last === undefined) return unexpected
  return `${unexpected} expecting ${expected.length > 0 ? `${expected.join(', ')} or ` : ''}${last}`
}
