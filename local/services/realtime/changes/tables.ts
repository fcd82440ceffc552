import { z } from 'zod'
import { type Database, isStorable } from '../../shared/index.ts'

/** A table as it is when a change of it is told. */
export interface TableFacts {
  /** Whether row-level security is on. */
  secured: boolean
  /** The columns of the primary key; empty without one. */
  key: string[]
  columns: Column[]
}

export interface Column {
  name: string
  /** The type's name. */
  type: string
  /** The type as SQL, quoted where it has to be. */
  cast: string
  /** The roles that may read it, of those that were asked for. */
  readers: string[]
}

const factsSchema: z.ZodType<TableFacts> = z.object({
  secured: z.boolean(),
  key: z.array(z.string()),
  columns: z.array(
    z.object({ name: z.string(), type: z.string(), cast: z.string(), readers: z.array(z.string()) }),
  ),
})

/** What the catalog says of a table and of what roles may read of it; undefined where it is gone. */
export async function readFacts(
  database: Database,
  oid: number,
  roles: string[],
): Promise<TableFacts | undefined> {
  const [row] = await database.rows<{ facts: unknown }>(
    'select realtime.table_facts($1::oid::regclass, $2) as facts',
    [oid, roles],
  )
  return row?.facts ? factsSchema.parse(row.facts) : undefined
}

/** How long a change of a table's rights may take to count. */
const freshMilliseconds = 500

/** What was read of tables a moment ago, so that many changes in a row ask once. */
export class TableMemory {
  readonly #database: Database
  readonly #facts = new Map<string, { readAt: number; facts: Promise<TableFacts | undefined> }>()

  constructor(database: Database) {
    this.#database = database
  }

  read(oid: number, roles: string[]): Promise<TableFacts | undefined> {
    const now = performance.now()
    const key = JSON.stringify([oid, roles])
    const known = this.#facts.get(key)
    if (known && now - known.readAt < freshMilliseconds) return known.facts
    for (const [old, { readAt }] of this.#facts)
      if (now - readAt >= freshMilliseconds) this.#facts.delete(old)
    const facts = readFacts(this.#database, oid, roles)
    this.#facts.set(key, { readAt: now, facts })
    return facts
  }
}

/** The published tables that a wish is about, `*` standing for any. */
export async function publishedTables(
  database: Database,
  publication: string,
  schema: string,
  table: string,
): Promise<number[]> {
  if (!isStorable(schema) || !isStorable(table)) return []
  const rows = await database.rows<{ oid: number }>(
    `select c.oid from pg_publication_tables p
     join pg_namespace n on n.nspname = p.schemaname
     join pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
     where p.pubname = $1 and $2::text in ('*', p.schemaname) and $3::text in ('*', p.tablename)`,
    [publication, schema, table],
  )
  return rows.map(({ oid }) => oid)
}
