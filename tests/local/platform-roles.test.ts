/*
 * Who may what in a bare platform: roles, schemas and default privileges.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSession, type Session } from '../support/database/session.ts'
import { createDatabase, type TestDatabase } from '../support/stack/database.ts'

let database: TestDatabase
let postgres: Session

beforeAll(async () => {
  database = await createDatabase('platform')
  postgres = await openSession(database.url('postgres'))
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
  await database?.drop()
})

const attributes = (...set: string[]) => {
  const names = ['login', 'inherit', 'super', 'createdb', 'createrole', 'replication', 'bypassrls']
  return Object.fromEntries(names.map((name) => [name, set.includes(name)]))
}

describe('roles', () => {
  it.each([
    ['anon', attributes('inherit'), ['statement_timeout=3s']],
    ['authenticated', attributes('inherit'), ['statement_timeout=8s']],
    ['service_role', attributes('inherit', 'bypassrls'), null],
    ['authenticator', attributes('login'), ['statement_timeout=8s', 'lock_timeout=8s']],
    [
      'postgres',
      attributes('login', 'inherit', 'createdb', 'createrole', 'replication', 'bypassrls'),
      ['search_path="$user", public, extensions'],
    ],
    [
      'supabase_auth_admin',
      attributes('login'),
      ['search_path=auth', 'idle_in_transaction_session_timeout=60s'],
    ],
    ['supabase_realtime_admin', attributes(), ['search_path=public, extensions, realtime']],
    ['dashboard_user', attributes('inherit', 'createdb', 'createrole', 'replication'), null],
  ])('%s', async (role, expected, settings) => {
    const [row] = await postgres.query(
      `select json_build_object('login', rolcanlogin, 'inherit', rolinherit, 'super', rolsuper,
         'createdb', rolcreatedb, 'createrole', rolcreaterole, 'replication', rolreplication,
         'bypassrls', rolbypassrls) as attributes, rolconfig as settings
       from pg_roles where rolname = $1`,
      [role],
    )
    expect(row).toEqual({ attributes: expected, settings })
  })

  it('postgres may become the API roles and none of the services', async () => {
    const rows = await postgres.query<{ role: string }>(
      `select r.rolname as role from pg_auth_members m join pg_roles r on r.oid = m.roleid
       where m.member = 'postgres'::regrole and m.admin_option and m.set_option
       order by 1`,
    )
    expect(rows.map(({ role }) => role)).toEqual(
      expect.arrayContaining([
        'anon',
        'authenticated',
        'authenticator',
        'pg_create_subscription',
        'pg_monitor',
        'pg_read_all_data',
        'pg_signal_backend',
        'service_role',
      ]),
    )
    expect(rows.filter(({ role }) => role.startsWith('supabase_'))).toEqual([])
  })

  it('authenticator has no rights of its own and becomes the API roles', async () => {
    await using session = await openSession(database.url('authenticator'))
    await postgres.query(
      'create table public.secrets (id int); grant select on public.secrets to authenticated',
    )
    expect(await session.refusal('select from public.secrets')).toMatchObject({ code: '42501' })
    await session.query('begin; set local role authenticated; select from public.secrets; rollback')
    expect(await session.refusal('set role postgres')).toMatchObject({ code: '42501' })
    await postgres.query('drop table public.secrets')
  })
})

describe('schemas', () => {
  it.each([
    ['anon', 'public extensions auth storage realtime graphql_public', ''],
    ['authenticated', 'public extensions auth storage realtime graphql_public', ''],
    ['service_role', 'public extensions auth storage realtime graphql_public vault', ''],
    ['postgres', 'public extensions auth storage realtime graphql_public vault', 'public extensions'],
  ])('%s uses %s and creates in "%s"', async (role, usage, create) => {
    const schemas = ['public', 'extensions', 'auth', 'storage', 'realtime', 'graphql_public', 'vault']
    const [row] = await postgres.query(
      `select
         string_agg(name, ' ' order by n) filter (where has_schema_privilege($1, name, 'usage')) as usage,
         coalesce(string_agg(name, ' ' order by n) filter (where has_schema_privilege($1, name, 'create')), '') as create
       from unnest($2::text[]) with ordinality as s (name, n)`,
      [role, schemas],
    )
    expect(row).toEqual({ usage, create })
  })

  it('extensions are preinstalled', async () => {
    const rows = await postgres.query(
      "select extname, extnamespace::regnamespace::text as schema from pg_extension where extname <> 'plpgsql' order by 1",
    )
    expect(rows).toEqual([
      { extname: 'pg_stat_statements', schema: 'extensions' },
      { extname: 'pgcrypto', schema: 'extensions' },
      { extname: 'supabase_vault', schema: 'vault' },
      { extname: 'uuid-ossp', schema: 'extensions' },
    ])
  })
})

describe('default privileges', () => {
  it('give a table and a sequence of postgres to nobody', async () => {
    await postgres.query('create table public.fresh (id serial)')
    const rows = await postgres.query(
      `select role, privilege from unnest('{anon,authenticated,service_role}'::text[]) role,
         unnest('{select,insert,update,delete,truncate}'::text[]) privilege
       where has_table_privilege(role, 'public.fresh', privilege)
         or has_sequence_privilege(role, 'public.fresh_id_seq', 'usage')`,
    )
    expect(rows).toEqual([])
    await postgres.query('drop table public.fresh')
  })

  it('leave a function executable by PUBLIC', async () => {
    await postgres.query('create function public.fresh() returns int language sql as $$ select 1 $$')
    expect(await postgres.query('begin; set local role anon; select public.fresh(); commit')).toEqual([])
    const [row] = await postgres.query(
      "select has_function_privilege('anon', 'public.fresh()', 'execute') as allowed",
    )
    expect(row).toEqual({ allowed: true })
    await postgres.query('drop function public.fresh()')
  })
})
