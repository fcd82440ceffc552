import type { Column, Relation, Relationship, SchemaCache } from '../schema/catalog.ts'
import type { SwaggerSchema } from './swagger.ts'
import { defaultValueOf, swaggerTypeOf } from './types.ts'

/** A row of a relation, with its keys in the descriptions, where generators look for them. */
export function definitionOf(cache: SchemaCache, relation: Relation): SwaggerSchema {
  const columns = [...relation.columns.values()]
  const required = columns.filter(({ isNullable }) => !isNullable).map(({ name }) => name)
  const relationships = tablesFirst(cache, cache.relationshipsOf(relation))
  return {
    description: relation.comment ?? undefined,
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(
      columns.map((column) => [column.name, propertyOf(relation, relationships, column)]),
    ),
    type: 'object',
  }
}

function propertyOf(
  { primaryKey }: Relation,
  relationships: readonly Relationship[],
  column: Column,
): SwaggerSchema {
  const notes = [
    ...(primaryKey.includes(column.name) ? ['This is a Primary Key.<pk/>'] : []),
    ...foreignKeyNotes(relationships, column),
  ]
  const note = notes.length > 0 ? ['Note:', ...notes].join('\n') : undefined
  const description = [column.comment, note].filter((part) => part != null).join('\n\n')
  return {
    ...(column.default !== null && { default: defaultValueOf(column.baseType, column.default) }),
    ...(description !== '' && { description }),
    ...(column.enumLabels.length > 0 && { enum: column.enumLabels }),
    ...(column.maxLength !== null && { maxLength: column.maxLength }),
    ...swaggerTypeOf(column.baseType),
  }
}

/** Of the first key that is this column alone. */
function foreignKeyNotes(relationships: readonly Relationship[], { name }: Column): string[] {
  for (const { isOwn, columns, junction, to } of relationships) {
    const [pair, more] = columns
    if (!isOwn || junction || more || pair?.[0] !== name) continue
    const [, there] = pair
    return [`This is a Foreign Key to \`${to.name}.${there}\`.<fk table='${to.name}' column='${there}'/>`]
  }
  return []
}

function tablesFirst(cache: SchemaCache, relationships: readonly Relationship[]): readonly Relationship[] {
  const isView = ({ to }: Relationship) => cache.relation(to.schema, to.name)?.kind.endsWith('view') ?? false
  return [...relationships].sort((one, other) => Number(isView(one)) - Number(isView(other)))
}
