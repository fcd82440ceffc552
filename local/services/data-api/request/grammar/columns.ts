import type { Cursor } from './cursor.ts'
import { readComma, readSeparated } from './lists.ts'
import { readName } from './names.ts'

/** `columns=a,b` and `on_conflict=a,b`. */
export function readColumns(cursor: Cursor): readonly string[] | undefined {
  return readSeparated(cursor, readName, readComma)
}
