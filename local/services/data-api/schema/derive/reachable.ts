import type { ComputedRelationship, Relationship } from '../catalog.ts'
import { isSameName } from '../names.ts'

type ByRelation<Value> = ReadonlyMap<string, readonly Value[]>

/**
 * What a request can go along: from, to and through relations of exposed schemas. A function over a row that has the
 * name of a relation takes the place of every key that leads there.
 */
export function reachable(
  relationships: ByRelation<Relationship>,
  computed: ByRelation<ComputedRelationship>,
  schemas: ReadonlySet<string>,
): ByRelation<Relationship> {
  const kept = new Map<string, Relationship[]>()
  for (const [relation, all] of relationships) {
    const replaced = (computed.get(relation) ?? []).map(({ routine }) => routine)
    const found = all.filter(
      ({ from, to, junction }) =>
        schemas.has(from.schema) &&
        schemas.has(to.schema) &&
        (!junction || schemas.has(junction.schema)) &&
        !replaced.some((routine) => isSameName(routine, to)),
    )
    if (found.length > 0) kept.set(relation, found)
  }
  return kept
}
