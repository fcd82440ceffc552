import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { withClient } from '../../../local/postgres/index.ts'
import {
  bothDatabases,
  changedDataSections,
  differences,
  missingDefaultPrivileges,
} from '../../../tools/schema/index.ts'
import { createDatabase } from '../../support/stack/database.ts'

const root = join(import.meta.dirname, '../../..')

let databases: Awaited<ReturnType<typeof bothDatabases>>

beforeAll(async () => {
  databases = await bothDatabases({ root, createDatabase: () => createDatabase('platform') })
})

afterAll(() => databases[Symbol.asyncDispose]())

it('the migrations lead to sql/, and sql/ holds nothing less', async () => {
  const { migrated, declared } = databases
  const [there, back] = await differences(migrated, declared)
  expect(there.transactions).toEqual([])
  expect(back.transactions).toEqual([])
})

it('both bring the same rows', async () => {
  const [migrated, declared] = await Promise.all([
    rowsBroughtAlong(databases.migrated),
    rowsBroughtAlong(databases.declared),
  ])
  expect(migrated).toEqual(declared)
  expect(Object.keys(declared)).toEqual(
    expect.arrayContaining(['cron.job', 'public.permissions', 'storage.buckets']),
  )
})

it('every data file stands in a migration as it is, and so does every default privilege', () => {
  expect(changedDataSections(root)).toEqual([])
  expect(missingDefaultPrivileges(root)).toEqual([])
})

/** The rows of every table that has any, without the times they were written at. */
async function rowsBroughtAlong(databaseUrl: string): Promise<Record<string, unknown[]>> {
  return withClient(databaseUrl, async (client) => {
    const { rows: tables } = await client.query<{ name: string; columns: string | null }>(`
      select format('%I.%I', n.nspname, c.relname) as name,
        string_agg(quote_ident(a.attname), ', ' order by a.attname) as columns
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema$|supabase_migrations$)'
        and a.atttypid not in ('timestamptz'::regtype, 'timestamp'::regtype)
        -- A cron job names the database that it was made in, which is another one in either case.
        and not (n.nspname = 'cron' and a.attname = 'database')
      group by 1 order by 1`)
    const found: Record<string, unknown[]> = {}
    for (const { name, columns } of tables) {
      const { rows } = await client.query(`select ${columns} from ${name} order by 1`)
      if (rows.length > 0) found[name] = rows
    }
    return found
  })
}
