import { RequestError } from '../../request-error.ts'
import type { QualifiedName, Relation, SchemaCache } from '../catalog.ts'
import { similarIn } from './similar-names.ts'

const leastScore = 0.75
/** In a schema with as many relations nothing is suggested. */
const tooMany = 500

/** @throws RequestError PGRST205 where there is none */
export function findRelation(cache: SchemaCache, { schema, name }: QualifiedName): Relation {
  const relation = cache.relation(schema, name)
  if (relation) return relation
  const names = cache.relationNames(schema)
  const [meant] = names.length < tooMany ? similarIn(names).to(name, leastScore) : []
  throw new RequestError(
    404,
    'PGRST205',
    `Could not find the table '${schema}.${name}' in the schema cache`,
    {
      hint: meant ? `Perhaps you meant the table '${schema}.${meant.name}'` : null,
    },
  )
}

/** The refusal of a column that a write names and its relation has not. */
export function columnNotFound(relation: QualifiedName, column: string): RequestError {
  return new RequestError(
    400,
    'PGRST204',
    `Could not find the '${column}' column of '${relation.name}' in the schema cache`,
  )
}
