import type { AggregateFunction, RelationName, SelectItem } from '../request.ts'
import type { Cursor } from './cursor.ts'
import { readField } from './fields.ts'
import { readComma, readSeparated } from './lists.ts'
import { readIdentifier, readName } from './names.ts'
import { maxDepth, tooDeep } from './parse.ts'

type Relation = Omit<Extract<SelectItem, { kind: 'relation' }>, 'select'>

/** Columns and embeds between commas, or nothing. */
export function readSelect(cursor: Cursor, depth = 0): readonly SelectItem[] | undefined {
  if (depth > maxDepth) throw tooDeep('select parameter')
  const items = cursor.optional((list) => readSeparated(list, (item) => readItem(item, depth), readComma))
  return items === null ? [] : items
}

function readItem(cursor: Cursor, depth: number): SelectItem | undefined {
  const relation = cursor.attempt(readSpread) ?? cursor.attempt(readRelation)
  if (relation === undefined) return readColumn(cursor)
  cursor.char('(')
  const select = readSelect(cursor, depth + 1)
  return select !== undefined && cursor.char(')') ? { ...relation, select } : undefined
}

/** `...relation!hint` before a parenthesis. */
function readSpread(cursor: Cursor): Relation | undefined {
  cursor.skipSpace()
  return cursor.word('...') ? readTarget(cursor, { isSpread: true }) : undefined
}

/** `alias:relation!hint!inner` before a parenthesis. */
function readRelation(cursor: Cursor): Relation | undefined {
  cursor.skipSpace()
  return readTarget(cursor, { alias: cursor.attempt(readAlias), isSpread: false })
}

function readTarget(
  cursor: Cursor,
  { alias, isSpread }: { alias?: string | undefined; isSpread: boolean },
): Relation | undefined {
  const name = readName(cursor)
  if (name === undefined || (name === 'count' && !isSpread)) return undefined
  const marks: EmbedMarks = {}
  if (!readMark(cursor, marks) || !readMark(cursor, marks) || !cursor.sees('(')) return undefined
  const relation: RelationName = marks.hint === undefined ? { name } : { name, hint: marks.hint }
  return {
    kind: 'relation',
    relation,
    ...(alias !== undefined && { alias }),
    ...(marks.join && { join: marks.join }),
    isSpread,
  }
}

interface EmbedMarks {
  hint?: string
  join?: 'inner' | 'left'
}

/** `!inner`, `!left` or a hint, of each the first; a hint that begins with either word is none, as in PostgREST. */
function readMark(cursor: Cursor, marks: EmbedMarks): boolean {
  if (!cursor.char('!')) return true
  if (cursor.word('left')) marks.join ??= 'left'
  else if (cursor.word('inner')) marks.join ??= 'inner'
  else {
    const hint = readName(cursor)
    if (hint === undefined) return false
    marks.hint ??= hint
  }
  return true
}

/** `alias:`, which no cast is. */
function readAlias(cursor: Cursor): string | undefined {
  const alias = readName(cursor)
  if (alias === undefined || !cursor.char(':')) return undefined
  if (cursor.code !== 58) return alias
  cursor.refuse(cursor.at + 1)
  return undefined
}

function readColumn(cursor: Cursor): SelectItem | undefined {
  cursor.skipSpace()
  const item = cursor.attempt(readAll) ?? cursor.attempt(readCount) ?? readFieldItem(cursor)
  cursor.skipSpace()
  return item
}

function readAll(cursor: Cursor): SelectItem | undefined {
  return cursor.word('*') && seesEndOfItem(cursor) ? { kind: 'all' } : undefined
}

/** `alias:count()::cast`. */
function readCount(cursor: Cursor): SelectItem | undefined {
  const alias = cursor.attempt(readAlias)
  if (!cursor.word('count()')) return undefined
  const cast = cursor.optional(readCast)
  if (cast === undefined || !seesEndOfItem(cursor)) return undefined
  return { kind: 'count', ...(alias !== undefined && { alias }), ...(cast !== null && { cast }) }
}

/** `alias:field->path::cast.sum()::cast`. */
function readFieldItem(cursor: Cursor): SelectItem | undefined {
  const alias = cursor.attempt(readAlias)
  const field = readField(cursor)
  if (field === undefined) return undefined
  const cast = cursor.optional(readCast)
  if (cast === undefined) return undefined
  const name = cursor.attempt(readAggregate)
  const aggregateCast = cursor.optional(readCast)
  if (aggregateCast === undefined || !seesEndOfItem(cursor)) return undefined
  return {
    kind: 'field',
    field,
    ...(alias !== undefined && { alias }),
    ...(cast !== null && { cast }),
    ...(name !== undefined && {
      aggregate: aggregateCast === null ? { name } : { name, cast: aggregateCast },
    }),
  }
}

function readCast(cursor: Cursor): string | undefined {
  return cursor.decidedWord('::') ? readIdentifier(cursor) : undefined
}

const aggregates: readonly AggregateFunction[] = ['sum', 'avg', 'count', 'max', 'min']

function readAggregate(cursor: Cursor): AggregateFunction | undefined {
  if (!cursor.char('.')) return undefined
  const name = aggregates.find((candidate) => cursor.word(candidate))
  return name !== undefined && cursor.word('()') ? name : undefined
}

function seesEndOfItem(cursor: Cursor): boolean {
  return cursor.sees(')') || cursor.sees(',') || cursor.seesEnd()
}
