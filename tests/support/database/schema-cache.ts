import pg from 'pg'
import {
  loadSchemaCache,
  type Relationship,
  type SchemaCache,
} from '../../../local/services/data-api/schema/index.ts'
import { createDatabase } from '../stack/database.ts'

/** What the Data API knows of a database of the suite's own, in which `public` alone is exposed. */
export interface KnownSchema extends AsyncDisposable {
  cache: SchemaCache
  connection: pg.Client
}

/** Runs `sql` as `postgres`, and reads what it made. */
export async function knownSchema(
  sql: string,
  extraSearchPath: readonly string[] = [],
): Promise<KnownSchema> {
  const database = await createDatabase('platform')
  const connection = new pg.Client({ connectionString: database.url('postgres') })
  await connection.connect()
  await connection.query(sql)
  return {
    cache: await loadSchemaCache(connection, ['public'], extraSearchPath),
    connection,
    async [Symbol.asyncDispose]() {
      await connection.end()
      await database.drop()
    },
  }
}

/** Everything that leads from one relation to another, in short: `many-to-one by key (a, b → c, d)`. */
export function waysBetween(cache: SchemaCache, from: string, to: string): string[] {
  return cache
    .relationshipsOf({ schema: 'public', name: from })
    .filter((way) => way.to.name === to)
    .map(inShort)
}

function inShort({ cardinality, isOwn, constraint, columns, junction }: Relationship): string {
  const pairs = (all: Relationship['columns']) => {
    const [here, there] = [all.map(([column]) => column), all.map(([, column]) => column)]
    return `(${here.join(', ')} → ${there.join(', ')})`
  }
  if (junction)
    return `${cardinality} by ${constraint} ${pairs(columns)} through ${junction.name} by ${junction.constraint} ${pairs(junction.onward)}`
  const own = cardinality === 'one-to-one' ? (isOwn ? ' of its own' : ' of the other') : ''
  return `${cardinality}${own} by ${constraint} ${pairs(columns)}`
}
