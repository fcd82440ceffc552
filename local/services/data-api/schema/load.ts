import type { SchemaCache } from './catalog.ts'
import { reachable } from './derive/reachable.ts'
import { columnsOf, findUniqueKeys, relationOf } from './derive/relations.ts'
import { deriveRelationships } from './derive/relationships.ts'
import { computedOf, isCallable, routineOf } from './derive/routines.ts'
import { findViewKeys } from './derive/view-keys.ts'
import { LoadedSchema } from './loaded-schema.ts'
import { keyOf } from './names.ts'
import { readKeys } from './read/keys.ts'
import { readMediaHandlers } from './read/media-handlers.ts'
import { readRelations } from './read/relations.ts'
import { readRepresentations } from './read/representations.ts'
import { readRoutines } from './read/routines.ts'
import type { Connection } from './read/statement.ts'
import { readViews } from './read/views.ts'

/**
 * Reads what the Data API serves: relations and functions of `schemas`, and what leads from one to another. Functions
 * of the extra search path count where they compute something of a row, its views where one of `schemas` is over them.
 */
export async function loadSchemaCache(
  connection: Connection,
  schemas: readonly string[],
  extraSearchPath: readonly string[],
): Promise<SchemaCache> {
  return schemaOf(await readCatalog(connection, schemas, extraSearchPath), new Set(schemas))
}

type Catalog = Awaited<ReturnType<typeof readCatalog>>

/** One picture of the catalog: what commits meanwhile is read by the next reload. */
async function readCatalog(
  connection: Connection,
  schemas: readonly string[],
  extraSearchPath: readonly string[],
) {
  const searchPath = [...new Set([...schemas, ...extraSearchPath])]
  await connection.query('begin isolation level repeatable read read only')
  try {
    // Whatever is not Postgres's own is then written with its schema.
    await connection.query("set local search_path = ''")
    return {
      relations: await readRelations(connection, schemas),
      keys: await readKeys(connection),
      views: await readViews(connection, searchPath),
      routines: await readRoutines(connection, searchPath),
      mediaHandlers: await readMediaHandlers(connection, schemas),
      representations: await readRepresentations(connection),
    }
  } finally {
    await connection.query('rollback')
  }
}

function schemaOf(catalog: Catalog, schemas: ReadonlySet<string>): SchemaCache {
  const { keys, mediaHandlers } = catalog
  const views = catalog.views.filter(({ schema }) => schemas.has(schema))
  const viewKeys = findViewKeys(views, catalog.views, keys)
  const uniqueKeys = findUniqueKeys(keys, viewKeys)
  const exposed = catalog.relations.filter(({ isExposed }) => isExposed)
  const relations = new Map(
    exposed
      .flatMap((row) => relationOf(row, uniqueKeys) ?? [])
      .map((relation) => [keyOf(relation), relation]),
  )
  const composites = new Map(
    catalog.relations.filter(({ isExposed }) => !isExposed).map((row) => [keyOf(row), columnsOf(row)]),
  )
  const callable = catalog.routines.filter((row) => schemas.has(row.schema) && isCallable(row))
  const computed = computedOf(catalog.routines, relations)
  const relationships = deriveRelationships(keys, viewKeys, uniqueKeys.primary)
  const representations = Map.groupBy(catalog.representations, ({ from }) => from)
  return new LoadedSchema({
    schemas,
    relations,
    composites,
    routines: Map.groupBy(callable.map(routineOf), keyOf),
    relationships: reachable(relationships, computed.relationships, schemas),
    computedRelationships: computed.relationships,
    computedFields: computed.fields,
    mediaHandlers,
    representations: new Map(
      [...representations].map(([from, all]) => [from, new Map(all.map(({ to, routine }) => [to, routine]))]),
    ),
  })
}
