import type { Relationship } from '../catalog.ts'
import { isSameName, keyOf } from '../names.ts'

/**
 * Many-to-many: through a relation with keys to both sides, where the columns of the two are part of its primary key.
 * Keys that are unique by themselves make no list of the other side.
 */
export function junctions(
  along: readonly Relationship[],
  primaryKeys: ReadonlyMap<string, readonly string[]>,
): Relationship[] {
  const ofJunctions = Map.groupBy(
    along.filter(({ cardinality, from, columns }) => {
      const primaryKey = primaryKeys.get(keyOf(from)) ?? []
      return cardinality === 'many-to-one' && columns.every(([column]) => primaryKey.includes(column))
    }),
    ({ from }) => keyOf(from),
  )
  return [...ofJunctions.values()].flatMap((keys) =>
    keys.flatMap((near) =>
      keys.filter((far) => far.constraint !== near.constraint).map((far) => through(near, far)),
    ),
  )
}

function through(near: Relationship, far: Relationship): Relationship {
  return {
    from: near.to,
    to: far.to,
    cardinality: 'many-to-many',
    isSelf: isSameName(near.to, far.to),
    constraint: near.constraint,
    isOwn: false,
    columns: near.columns.map(([here, there]) => [there, here]),
    junction: { ...near.from, constraint: far.constraint, onward: far.columns },
  }
}
