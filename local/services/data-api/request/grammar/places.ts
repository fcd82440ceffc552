import type { Field, Placed } from '../request.ts'
import type { Cursor } from './cursor.ts'
import { readJsonPath } from './fields.ts'
import { readDot, readSeparated } from './lists.ts'
import { readName } from './names.ts'

/** The name of a parameter, `embed.embed.field->key`: what stands behind it is not looked at. */
export function readPlace(cursor: Cursor): Placed<Field> | undefined {
  const names = readSeparated(cursor, readName, readDot)
  const path = names && readJsonPath(cursor)
  const name = names?.pop()
  if (names === undefined || path === undefined || name === undefined) return undefined
  return { path: names, value: { name, path } }
}

/** `embed.not.and`: the place and the head of the tree, `not.and`. */
export function readLogicPlace(cursor: Cursor): Placed<string> | undefined {
  const names = readSeparated(cursor, readName, readDot)
  const operator = names?.at(-1)
  if (names === undefined || operator === undefined) return undefined
  const path = names.slice(0, -1).filter((name) => name !== 'not')
  return { path, value: names.includes('not') ? `not.${operator}` : operator }
}
