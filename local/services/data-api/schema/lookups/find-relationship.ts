import type { RelationName } from '../../request/request.ts'
import { RequestError } from '../../request-error.ts'
import type { ComputedRelationship, QualifiedName, Relationship, SchemaCache } from '../catalog.ts'
import { ambiguousRelationship } from './ambiguous-relationship.ts'
import { SimilarNames } from './similar-names.ts'

/** A way that an embed can go. */
export type Way = ComputedRelationship | Relationship

export function isComputed(way: Way): way is ComputedRelationship {
  return 'routine' in way
}

/**
 * The one way that an embed can mean: `wanted` is what stands in `select`, seen from the relation `from`.
 *
 * @throws RequestError PGRST200 where there is none, PGRST201 where there are several
 */
export function findRelationship(cache: SchemaCache, from: QualifiedName, wanted: RelationName): Way {
  const ways = findWays(cache, from, wanted)
  const [way, another] = ways
  if (!way) throw noRelationship(cache, from, wanted)
  if (another) throw ambiguousRelationship(from, wanted, ways)
  return way
}

/** An embed reaches what is of the schema of the request, as everything in it does. */
function findWays(cache: SchemaCache, from: QualifiedName, wanted: RelationName): Way[] {
  const isView = (relation: QualifiedName) =>
    ['materialized view', 'view'].includes(cache.relation(relation.schema, relation.name)?.kind ?? '')
  return [
    ...cache
      .relationshipsOf(from)
      .filter(({ to }) => to.schema === from.schema)
      .filter((way) => (way.isSelf ? meansItself(way, wanted) : meansAnother(way, wanted, isView(way.to)))),
    ...cache
      .computedRelationshipsOf(from)
      .filter(({ routine }) => routine.schema === from.schema && routine.name === wanted.name),
  ]
}

/**
 * One key leads from a relation to itself in both directions. The relation's name stands for the many that point to a
 * row, the name of the column for the one that a row points to.
 */
function meansItself({ cardinality, to, columns }: Relationship, { name, hint }: RelationName): boolean {
  const [here, there] = onlyPair(columns)
  if (cardinality === 'one-to-many') return name === to.name && (hint === undefined || hint === there)
  return cardinality === 'many-to-one' && hint === undefined && name === here
}

function meansAnother(way: Relationship, { name, hint }: RelationName, isView: boolean): boolean {
  const isDirect = way.cardinality !== 'many-to-many'
  const [here, there] = isDirect ? onlyPair(way.columns) : []
  if (hint === undefined) {
    // A key and its column name the table that they point to, not the views of it.
    const isNamedByKey = !isView && isDirect && (name === way.constraint || name === here)
    return name === way.to.name || isNamedByKey
  }
  if (name !== way.to.name) return false
  return isDirect ? [way.constraint, here, there].includes(hint) : hint === way.junction?.name
}

function onlyPair([pair, more]: Relationship['columns']): readonly [here: string, there: string] | [] {
  return pair && !more ? pair : []
}

function noRelationship(cache: SchemaCache, from: QualifiedName, { name, hint }: RelationName): RequestError {
  const between = `between '${from.name}' and '${name}'`
  const using = hint === undefined ? '' : ` using the hint '${hint}'`
  return new RequestError(400, 'PGRST200', `Could not find a relationship ${between} in the schema cache`, {
    details:
      `Searched for a foreign key relationship ${between}${using} in the schema '${from.schema}', ` +
      'but no matches were found.',
    hint: perhapsMeant(cache, from, name),
  })
}

/** A similar relation that `from` leads to; where nothing leads from it, one similar to it that leads somewhere. */
function perhapsMeant(cache: SchemaCache, from: QualifiedName, name: string): string | null {
  const targets = targetsOf(cache, from)
  const [meant] =
    targets.length > 0
      ? new SimilarNames(targets).to(name).filter(({ score }) => score < 1)
      : new SimilarNames(
          cache
            .relationNames(from.schema)
            .filter((relation) => targetsOf(cache, { schema: from.schema, name: relation }).length > 0),
        ).to(from.name)
  const mistaken = targets.length > 0 ? name : from.name
  return meant ? `Perhaps you meant '${meant.name}' instead of '${mistaken}'.` : null
}

function targetsOf(cache: SchemaCache, from: QualifiedName): string[] {
  return [
    ...cache.relationshipsOf(from).filter(({ to }) => to.schema === from.schema),
    ...cache.computedRelationshipsOf(from).filter(({ routine }) => routine.schema === from.schema),
  ].map(({ to }) => to.name)
}
