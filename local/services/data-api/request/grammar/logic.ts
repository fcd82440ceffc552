import type { Condition } from '../request.ts'
import type { Cursor } from './cursor.ts'
import { readField } from './fields.ts'
import { readClosing, readComma, readDot, readOpening, readSeparated } from './lists.ts'
import { readNot, readOperation } from './operations.ts'
import { maxDepth, tooDeep } from './parse.ts'
import { readInnerValue } from './values.ts'

/** `and(name.eq.a,or(id.gt.1,not.and(…)))`. */
export function readLogic(cursor: Cursor, depth = 0): Condition | undefined {
  if (depth > maxDepth) throw tooDeep('logic tree')
  return cursor.attempt(readInnerFilter) ?? readTree(cursor, depth)
}

function readInnerFilter(cursor: Cursor): Condition | undefined {
  const field = readField(cursor)
  if (field === undefined || !readDot(cursor)) return undefined
  const read = readOperation(cursor, readInnerValue)
  return read && { kind: 'filter', isNegated: read.isNegated, field, operation: read.operation }
}

function readTree(cursor: Cursor, depth: number): Condition | undefined {
  const isNegated = cursor.labelled('negation operator (not)', (inner) => inner.attempt(readNot)) ?? false
  const operator = cursor.labelled('logic operator (and, or)', readOperator)
  if (operator === undefined || !readOpening(cursor)) return undefined
  const conditions = readSeparated(cursor, (inner) => readLogic(inner, depth + 1), readComma)
  if (conditions === undefined || !readClosing(cursor)) return undefined
  return { kind: 'logic', isNegated, operator, conditions }
}

function readOperator(cursor: Cursor): 'and' | 'or' | undefined {
  if (cursor.word('and')) return 'and'
  return cursor.decidedWord('or') ? 'or' : undefined
}
