import type { Operation } from '../request.ts'
import type { Cursor } from './cursor.ts'
import { readDot } from './lists.ts'
import { readHead } from './operators.ts'
import { readList } from './values.ts'

export interface NegatableOperation {
  isNegated: boolean
  operation: Operation
}

/** `not.`, an operator and what it takes. */
export function readOperation(
  cursor: Cursor,
  readValue: (cursor: Cursor) => string,
): NegatableOperation | undefined {
  const isNegated = cursor.attempt(readNot) ?? false
  const operation = cursor.labelled('operator (eq, gt, ...)', (inner) => readPositive(inner, readValue))
  return operation && { isNegated, operation }
}

/** `not.` */
export function readNot(cursor: Cursor): true | undefined {
  return cursor.word('not') ? readDot(cursor) : undefined
}

function readPositive(cursor: Cursor, readValue: (cursor: Cursor) => string): Operation | undefined {
  const head = readHead(cursor)
  if (head === undefined) return undefined
  if (head.kind === 'list') {
    const values = readList(cursor)
    return values && { operator: 'in', values }
  }
  if (head.kind === 'state') {
    const value = readState(cursor)
    return value && { operator: 'is', value }
  }
  const value = readValue(cursor)
  if (head.kind === 'search') {
    const { name: operator, language } = head
    return language === undefined ? { operator, value } : { operator, language, value }
  }
  if (head.kind === 'quantifiable' && head.quantifier !== undefined)
    return { operator: head.name, quantifier: head.quantifier, value }
  return { operator: head.name, value }
}

const states = ['null', 'not_null', 'true', 'false', 'unknown'] as const

/** In upper case as well. */
function readState(cursor: Cursor): (typeof states)[number] | undefined {
  const rest = cursor.text.slice(cursor.at, cursor.at + 8).toLowerCase()
  const state = states.find((candidate) => rest.startsWith(candidate))
  if (state !== undefined) {
    cursor.moveTo(cursor.at + state.length)
    return state
  }
  return cursor.labelled('isVal: (null, not_null, true, false, unknown)', (inner) => {
    const known = Math.max(...states.map((candidate) => sharedLength(candidate, rest)))
    inner.at += known
    inner.expect()
    inner.at -= known
    return undefined
  })
}

function sharedLength(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length += 1
  return length
}
