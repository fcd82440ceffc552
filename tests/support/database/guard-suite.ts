import type pg from 'pg'
import { beforeAll } from 'vitest'
import { type OpenDatabase, openDatabase } from './open-database.ts'

interface Guard {
  /** Runs a statement as `postgres` and returns its rows. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>
  /** What a query gives in its column `offender`, so that a failure names it. */
  offenders(sql: string, values?: unknown[]): Promise<string[]>
}

/** The objects of the project, in a query over `pg_namespace n`. */
export const ours = "n.nspname in ('public', 'private')"

/** One for all suites of this process: they read what the migrations made, and change nothing. */
let common: Promise<OpenDatabase> | undefined

/** For rules that hold for every object of the schema: one session in a migrated database. */
export function guardSuite(): Guard {
  let database: OpenDatabase
  beforeAll(async () => {
    common ??= openDatabase()
    database = await common
  })
  const query = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) =>
    (await database.observer.query<Row>(sql, values)).rows
  return {
    query,
    offenders: async (sql, values) =>
      (await query<{ offender: string }>(sql, values)).map(({ offender }) => offender),
  }
}
