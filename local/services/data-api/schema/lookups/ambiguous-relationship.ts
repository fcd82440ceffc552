import type { RelationName } from '../../request/request.ts'
import { RequestError } from '../../request-error.ts'
import type { ComputedRelationship, QualifiedName, Relationship } from '../catalog.ts'

/** The refusal of an embed that could go several ways, with what to put behind `!` for each. */
export function ambiguousRelationship(
  from: QualifiedName,
  { name }: RelationName,
  ways: readonly (ComputedRelationship | Relationship)[],
): RequestError {
  const named = ways.filter((way) => 'cardinality' in way)
  const choices = named.map((way) => `'${way.to.name}!${way.junction?.name ?? way.constraint}'`).join(', ')
  return new RequestError(
    300,
    'PGRST201',
    `Could not embed because more than one relationship was found for '${from.name}' and '${name}'`,
    {
      details: named.map((way) => ({
        cardinality: way.cardinality,
        embedding: `${way.from.name} with ${way.to.name}`,
        relationship: description(way),
      })),
      hint:
        `Try changing '${name}' to one of the following: ${choices}. ` +
        "Find the desired relationship in the 'details' key.",
    },
  )
}

function description({ from, to, constraint, columns, junction }: Relationship): string {
  const [here, there] = [columns.map(([column]) => column), columns.map(([, column]) => column)]
  if (!junction) return `${constraint} using ${from.name}${list(here)} and ${to.name}${list(there)}`
  const onward = junction.onward.map(([column]) => column)
  return `${junction.name} using ${constraint}${list(there)} and ${junction.constraint}${list(onward)}`
}

function list(columns: readonly string[]): string {
  return `(${columns.join(', ')})`
}
