import type { KeyColumn, KeyRow } from '../read/keys.ts'
import type { ViewRow } from '../read/views.ts'
import { targetEntries } from './target-list.ts'

/** The columns of a view that are those of a key, place by place; one of a key may stand in a view several times. */
export type KeyInView = readonly (readonly string[])[]

/** The keys that a view shows whole, by the oid of the key. */
export interface ViewKeys {
  view: ViewRow
  /** Primary keys, unique ones, and foreign keys of the tables under the view. */
  own: ReadonlyMap<number, KeyInView>
  /** Foreign keys that point to a table under the view, by what they point to. */
  pointedTo: ReadonlyMap<number, KeyInView>
}

/** Column numbers of a relation under a view → the names that they have in the view. */
type ShownColumns = Map<number, string[]>

/** Finds the keys of tables, and of tables under other views, in each of `views`; all of `known` are looked through. */
export function findViewKeys(
  views: readonly ViewRow[],
  known: readonly ViewRow[],
  keys: readonly KeyRow[],
): ViewKeys[] {
  const origins = new Map(
    known.map((view) => [view.oid, new Map(targetEntries(view.tree).map((entry) => [entry.number, entry]))]),
  )
  const keysOf = Map.groupBy(keys, ({ relation }) => relation)
  const keysTo = Map.groupBy(
    keys.filter(({ kind }) => kind === 'f'),
    ({ target }) => target,
  )
  return views.map((view) => {
    const shown = shownRelations(view, origins)
    const own = new Map<number, KeyInView>()
    const pointedTo = new Map<number, KeyInView>()
    for (const [relation, columns] of shown) {
      for (const key of keysOf.get(relation) ?? []) keep(own, key.oid, key.columns, columns)
      for (const key of keysTo.get(relation) ?? []) keep(pointedTo, key.oid, key.targetColumns, columns)
    }
    return { view, own, pointedTo }
  })
}

function keep(
  found: Map<number, KeyInView>,
  oid: number,
  columns: readonly KeyColumn[],
  shown: ShownColumns,
): void {
  const places = columns.map(([number]) => shown.get(number) ?? [])
  if (places.every((names) => names.length > 0)) found.set(oid, places)
}

/** Every relation that columns of a view come from, through other views, with those columns. */
function shownRelations(
  view: ViewRow,
  origins: ReadonlyMap<number, ReadonlyMap<number, { relation: number; column: number }>>,
): Map<number, ShownColumns> {
  const relations = new Map<number, ShownColumns>()
  for (const [number, name] of view.columns.toSorted(([one], [other]) => one - other)) {
    const passed = new Set([view.oid])
    let origin = origins.get(view.oid)?.get(number)
    while (origin && !passed.has(origin.relation)) {
      const { relation, column } = origin
      passed.add(relation)
      const shown = relations.get(relation) ?? new Map<number, string[]>()
      shown.set(column, [...(shown.get(column) ?? []), name])
      relations.set(relation, shown)
      origin = origins.get(relation)?.get(column)
    }
  }
  return relations
}
