import type { ColumnPairs, QualifiedName, Relationship } from '../catalog.ts'
import { isSameName, keyOf } from '../names.ts'
import type { KeyRow } from '../read/keys.ts'
import { junctions } from './junctions.ts'
import type { KeyInView, ViewKeys } from './view-keys.ts'

/** What leads from each relation to others, by its key: along foreign keys, against them, and through junctions. */
export function deriveRelationships(
  keys: readonly KeyRow[],
  views: readonly ViewKeys[],
  primaryKeys: ReadonlyMap<string, readonly string[]>,
): Map<string, Relationship[]> {
  const along = [...keysOfTables(keys), ...keysOfViews(keys, views)]
  const all = [...along, ...along.map(inverse), ...junctions(along, primaryKeys)]
  const grouped = Map.groupBy(all, ({ from }) => keyOf(from))
  for (const relationships of grouped.values()) relationships.sort(inTheirOrder)
  return grouped
}

function keysOfTables(keys: readonly KeyRow[]): Relationship[] {
  const uniques = uniqueColumns(keys)
  return keys.flatMap((key) => {
    const ends = endsOf(key)
    if (!ends) return []
    return along(
      key.name,
      uniques.has(columnSet(key)),
      ends.from,
      ends.to,
      pairs(names(key.columns), ends.columns),
    )
  })
}

/** A foreign key as it is seen from views of its table, towards views of the table that it points to, and both. */
function keysOfViews(keys: readonly KeyRow[], views: readonly ViewKeys[]): Relationship[] {
  const uniques = uniqueColumns(keys)
  return keys.flatMap((key) => {
    const ends = endsOf(key)
    if (!ends) return []
    const isUnique = uniques.has(columnSet(key))
    const fromViews = sidesOf(key, views, ({ own }) => own)
    const toViews = sidesOf(key, views, ({ pointedTo }) => pointedTo)
    const fromTable: Side = { relation: ends.from, columns: names(key.columns) }
    const toTable: Side = { relation: ends.to, columns: ends.columns }
    return [
      ...fromViews.map((from): [Side, Side] => [from, toTable]),
      ...toViews.map((to): [Side, Side] => [fromTable, to]),
      ...fromViews.flatMap((from) => toViews.map((to): [Side, Side] => [from, to])),
    ].flatMap(([from, to]) =>
      along(key.name, isUnique, from.relation, to.relation, pairs(from.columns, to.columns)),
    )
  })
}

/** One end of a foreign key, with its columns in their order. */
interface Side {
  relation: QualifiedName
  columns: readonly string[]
}

function sidesOf(
  { oid }: KeyRow,
  views: readonly ViewKeys[],
  keysOf: (view: ViewKeys) => ReadonlyMap<number, KeyInView>,
): Side[] {
  return views.flatMap((each) => {
    const { schema, name } = each.view
    return combinations(keysOf(each).get(oid) ?? []).map((columns) => ({
      relation: { schema, name },
      columns,
    }))
  })
}

/** Every choice of one name for each place; none where there are no places. */
function combinations(places: KeyInView): readonly string[][] {
  if (places.length === 0) return []
  return places.reduce<string[][]>(
    (chosen, choices) => chosen.flatMap((before) => choices.map((name) => [...before, name])),
    [[]],
  )
}

function along(
  constraint: string,
  isUnique: boolean,
  from: QualifiedName,
  to: QualifiedName,
  columns: ColumnPairs,
): Relationship[] {
  const cardinality = isUnique ? 'one-to-one' : 'many-to-one'
  return [{ from, to, cardinality, isSelf: isSameName(from, to), constraint, isOwn: true, columns }]
}

function inverse({ from, to, cardinality, columns, ...rest }: Relationship): Relationship {
  return {
    ...rest,
    from: to,
    to: from,
    cardinality: cardinality === 'one-to-one' ? 'one-to-one' : 'one-to-many',
    isOwn: false,
    columns: columns.map(([here, there]) => [there, here]),
  }
}

function endsOf({ schema, table, targetSchema, targetTable, targetColumns }: KeyRow) {
  if (targetSchema === null || targetTable === null) return undefined
  return {
    from: { schema, name: table },
    to: { schema: targetSchema, name: targetTable },
    columns: names(targetColumns),
  }
}

function uniqueColumns(keys: readonly KeyRow[]): ReadonlySet<string> {
  return new Set(keys.filter(({ kind }) => kind !== 'f').map(columnSet))
}

/** The columns of a key in any order. */
function columnSet({ relation, columns }: KeyRow): string {
  const numbers = columns.map(([number]) => number).toSorted((one, other) => one - other)
  return `${relation}:${numbers.join()}`
}

function names(columns: KeyRow['columns']): string[] {
  return columns.map(([, name]) => name)
}

function pairs(here: readonly string[], there: readonly string[]): ColumnPairs {
  return here.map((column, place) => [column, there[place] ?? ''])
}

const cardinalities = ['one-to-many', 'many-to-one', 'one-to-one', 'many-to-many']

/** In the order in which an ambiguous embed is told of them. */
function inTheirOrder(one: Relationship, other: Relationship): number {
  return (
    compare(one.to.schema, other.to.schema) ||
    compare(one.to.name, other.to.name) ||
    cardinalities.indexOf(one.cardinality) - cardinalities.indexOf(other.cardinality) ||
    compare(one.junction?.name ?? '', other.junction?.name ?? '') ||
    compare(one.constraint, other.constraint) ||
    compare(one.junction?.constraint ?? '', other.junction?.constraint ?? '') ||
    compare(JSON.stringify(one.columns), JSON.stringify(other.columns))
  )
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}
