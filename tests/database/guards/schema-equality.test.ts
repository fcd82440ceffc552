import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { withClient } from '../../../local/postgres/index.ts'
import {
  applySchema,
  changedDataSections,
  difference,
  missingDefaultPrivileges,
  readSchema,
} from '../../../tools/schema/index.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'

const root = join(import.meta.dirname, '../../..')

let migrated: TestDatabase
let declared: TestDatabase

beforeAll(async () => {
  // The template has every migration, and nothing else.
  ;[migrated, declared] = await Promise.all([createDatabase('migrated'), createDatabase('platform')])
  await applySchema(declared.url('postgres'), root)
})

afterAll(() => Promise.all([migrated.drop(), declared.drop()]))

it('the migrations lead to sql/, and sql/ holds nothing less', async () => {
  const [one, other] = await Promise.all([
    readSchema(migrated.url('postgres')),
    readSchema(declared.url('postgres')),
  ])
  expect(difference(one, other).transactions).toEqual([])
  expect(difference(other, one).transactions).toEqual([])
})

it('both bring the same rows', async () => {
  const bySql = await rowsBroughtAlong(declared)
  expect(await rowsBroughtAlong(migrated)).toEqual(bySql)
  expect(Object.keys(bySql)).toEqual(
    expect.arrayContaining(['cron.job', 'public.permissions', 'storage.buckets']),
  )
})

it('every data file stands in a migration as it is, and so does every default privilege', () => {
  expect(changedDataSections(root)).toEqual([])
  expect(missingDefaultPrivileges(root)).toEqual([])
})

/** The rows of every table that has any, without the times they were written at. */
async function rowsBroughtAlong(database: TestDatabase): Promise<Record<string, unknown[]>> {
  return withClient(database.url('postgres'), async (client) => {
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
