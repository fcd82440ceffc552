import type { Column, Relation } from '../catalog.ts'
import { keyOf } from '../names.ts'
import type { KeyRow } from '../read/keys.ts'
import type { RelationRow } from '../read/relations.ts'
import type { ViewKeys } from './view-keys.ts'

const kinds: Record<Exclude<RelationRow['kind'], 'c'>, Relation['kind']> = {
  f: 'foreign table',
  m: 'materialized view',
  p: 'partitioned table',
  r: 'table',
  v: 'view',
}

/** By the key of the relation. */
export interface UniqueKeys {
  primary: ReadonlyMap<string, readonly string[]>
  all: ReadonlyMap<string, readonly (readonly string[])[]>
}

export function relationOf(row: RelationRow, { primary, all }: UniqueKeys): Relation | undefined {
  const { schema, name, kind, comment, isInsertable, isUpdatable, isDeletable } = row
  if (kind === 'c') return undefined
  return {
    schema,
    name,
    kind: kinds[kind],
    comment,
    columns: columnsOf(row),
    primaryKey: primary.get(keyOf(row)) ?? [],
    uniqueKeys: all.get(keyOf(row)) ?? [],
    isInsertable,
    isUpdatable,
    isDeletable,
  }
}

export function columnsOf({ columns }: RelationRow): ReadonlyMap<string, Column> {
  return new Map(
    columns.map(({ relation: _, ...column }) => [
      column.name,
      { ...column, enumLabels: column.enumLabels ?? [] },
    ]),
  )
}

/** Of a view the first of several columns that are the same counts. A primary key stands in the order of its names. */
export function findUniqueKeys(keys: readonly KeyRow[], views: readonly ViewKeys[]): UniqueKeys {
  const primary = new Map<string, string[]>()
  const all = new Map<string, string[][]>()
  const keep = (relation: string, { kind }: KeyRow, columns: string[]) => {
    all.set(relation, [...(all.get(relation) ?? []), columns])
    if (kind === 'p') primary.set(relation, [...(primary.get(relation) ?? []), ...columns])
  }
  const uniques = keys.filter(({ kind }) => kind !== 'f')
  for (const key of uniques) {
    const names = key.columns.map(([, name]) => name)
    keep(keyOf({ schema: key.schema, name: key.table }), key, names.toSorted())
  }
  const byOid = new Map(uniques.map((key) => [key.oid, key]))
  for (const { view, own } of views) {
    for (const [oid, places] of own) {
      const key = byOid.get(oid)
      if (key)
        keep(
          keyOf(view),
          key,
          places.flatMap(([name]) => name ?? []),
        )
    }
  }
  return { primary, all }
}
