import type { Cursor, Rule } from './cursor.ts'

/** At least one, with a separator between two. */
export function readSeparated<Value>(
  cursor: Cursor,
  rule: Rule<Value>,
  separator: Rule<true>,
): Value[] | undefined {
  const values: Value[] = []
  for (;;) {
    const value = rule(cursor)
    if (value === undefined) return undefined
    values.push(value)
    const goesOn = cursor.optional(separator)
    if (goesOn === undefined) return undefined
    if (goesOn === null) return values
  }
}

export function readComma(cursor: Cursor): true | undefined {
  return readSpacedChar(cursor, ',')
}

export function readBareComma(cursor: Cursor): true | undefined {
  return cursor.char(',') || undefined
}

export function readOpening(cursor: Cursor): true | undefined {
  return readSpacedChar(cursor, '(')
}

export function readClosing(cursor: Cursor): true | undefined {
  return readSpacedChar(cursor, ')')
}

export function readDot(cursor: Cursor): true | undefined {
  return cursor.char('.', 'delimiter (.)') || undefined
}

/** With space around it. */
function readSpacedChar(cursor: Cursor, char: string): true | undefined {
  cursor.skipSpace()
  if (!cursor.char(char)) return undefined
  cursor.skipSpace()
  return true
}
