import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { applyMigrations } from '../../../local/migrations/index.ts'
import { withClient } from '../../../local/postgres/index.ts'
import { grants } from '../../support/database/grants.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'

const root = join(import.meta.dirname, '../../..')

const run = (database: TestDatabase, sql: string): Promise<Record<string, unknown>[]> =>
  withClient(database.url('postgres'), async (client) => (await client.query(sql)).rows)

// What older projects of Supabase give to everything that is made in public.
const generous = ['tables', 'sequences', 'functions']
  .flatMap((kind) => ['', 'in schema public '].map((where) => [where, kind]))
  .map(
    ([where, kind]) =>
      `alter default privileges ${where}grant all on ${kind} to anon, authenticated, service_role`,
  )
  .join(';')

const made = 'create table public.things (id serial); create function public.f() returns int return 1;'
const open = `
  select r.rolname::text as role
  from pg_roles r
  where r.rolname in ('anon', 'authenticated', 'service_role')
    and (has_table_privilege(r.rolname, 'public.things', 'select, truncate, references, trigger')
      or has_sequence_privilege(r.rolname, 'public.things_id_seq', 'usage')
      or has_function_privilege(r.rolname, 'public.f()', 'execute'))
  order by 1`

/** Who may do something with what is made now; nothing of it stays. */
const openTo = (database: TestDatabase) =>
  withClient(database.url('postgres'), async (client) => {
    await client.query(`begin; ${made}`)
    const { rows } = await client.query<{ role: string }>(open)
    await client.query('rollback')
    return rows.map(({ role }) => role)
  })

let older: TestDatabase
let usual: TestDatabase
let openBefore: string[]

beforeAll(async () => {
  ;[older, usual] = await Promise.all([createDatabase('platform'), createDatabase('migrated')])
  await run(older, generous)
  openBefore = await openTo(older)
  await applyMigrations({ databaseUrl: older.url('postgres'), root })
})

afterAll(() => Promise.all([older.drop(), usual.drop()]))

it('a project whose defaults open everything ends with the same grants', async () => {
  expect(await run(older, grants)).toEqual(await run(usual, grants))
})

it('what is made there afterwards is granted to nobody either', async () => {
  expect(openBefore).toEqual(['anon', 'authenticated', 'service_role'])
  expect(await openTo(older)).toEqual([])
})
