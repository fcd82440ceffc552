import type { OrderTerm } from '../request.ts'
import type { Cursor } from './cursor.ts'
import { readField } from './fields.ts'
import { readBareComma, readSeparated } from './lists.ts'
import { readName } from './names.ts'

/** `name.desc.nullslast,relation(field)`. */
export function readOrder(cursor: Cursor): readonly OrderTerm[] | undefined {
  return readSeparated(cursor, readSpacedTerm, readBareComma)
}

function readSpacedTerm(cursor: Cursor): OrderTerm | undefined {
  cursor.skipSpace()
  const term = cursor.attempt(readRelatedTerm) ?? readOwnTerm(cursor)
  cursor.skipSpace()
  return term
}

function readOwnTerm(cursor: Cursor): OrderTerm | undefined {
  const field = readField(cursor)
  return field && readDirection(cursor, { field })
}

/** By a column of an embed that leads to one row. */
function readRelatedTerm(cursor: Cursor): OrderTerm | undefined {
  const name = readName(cursor)
  if (name === undefined || !cursor.char('(')) return undefined
  const field = readField(cursor)
  return field && cursor.char(')') ? readDirection(cursor, { field, relation: { name } }) : undefined
}

const directions = ['asc', 'desc'] as const
const nullPlaces = ['nullsfirst', 'nullslast'] as const

function readDirection(cursor: Cursor, term: OrderTerm): OrderTerm | undefined {
  const direction = readOne(cursor, directions)
  const nulls = readOne(cursor, nullPlaces)
  if (!cursor.sees(',') && !cursor.seesEnd()) return undefined
  return {
    ...term,
    ...(direction && { direction }),
    ...(nulls && { nulls: nulls === 'nullsfirst' ? 'first' : 'last' }),
  }
}

/** A dot and one of the words, or nothing of it. */
function readOne<Word extends string>(cursor: Cursor, words: readonly Word[]): Word | undefined {
  for (const word of words) {
    const read = cursor.attempt((inner) =>
      inner.char('.', 'delimiter (.)') && inner.word(word) ? word : undefined,
    )
    if (read !== undefined) return read
  }
  return undefined
}
