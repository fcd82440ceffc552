/*
 * What postgres may and may not do with what belongs to the services: their policies, schemas, extensions, settings,
 * and the columns of Auth's tables.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSession, type Session } from '../support/database/session.ts'
import { createDatabase, type TestDatabase } from '../support/stack/database.ts'

let database: TestDatabase
let postgres: Session

beforeAll(async () => {
  database = await createDatabase('platform')
  postgres = await openSession(database.url('postgres'))
  await postgres.query('create extension pg_net with schema extensions')
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
  await database?.drop()
})

const denied = (message: string) => ({ code: '42501', message })

/** Runs a statement and takes it back. */
const allowed = (sql: string) => postgres.query(`begin; ${sql}; rollback`)

describe("policies of the services' tables", () => {
  const policy = 'create policy mine on storage.objects for select to anon using (true)'

  it('are changed and not renamed', async () => {
    await allowed(`${policy}; alter policy mine on storage.objects using (false)`)
    expect(await postgres.refusal(`${policy}; alter policy mine on storage.objects rename to yours`)).toEqual(
      denied('must be owner of table objects'),
    )
  })

  it('may be renamed on a table of postgres itself', async () => {
    await allowed(`create table public.notes (); create policy mine on public.notes using (true);
      alter policy mine on public.notes rename to yours`)
  })

  it('are commented on, and nothing else of the services is', async () => {
    await allowed(`${policy}; comment on policy mine on storage.objects is 'Everybody reads.'`)
    expect(
      await postgres.refusal(
        `${policy}; comment on policy mine on storage.objects is 'x'; comment on table storage.objects is 'x'`,
      ),
    ).toEqual(denied('must be owner of table objects'))
    const [row] = await postgres.query("select pg_has_role('supabase_storage_admin', 'member') as member")
    expect(row).toEqual({ member: false })
  })
})

describe('schemas and extensions', () => {
  it.each([
    ['create table net.notes ()', 'permission denied for schema net'],
    ['alter extension pg_net update', 'must be owner of extension pg_net'],
  ])('refuse %s', async (sql, message) => {
    expect(await postgres.refusal(sql)).toEqual(denied(message))
  })

  it.each([
    'create extension moddatetime with schema extensions',
    'create extension postgres_fdw with schema extensions',
    'drop extension pg_net',
    'drop extension supabase_vault',
    'drop extension pg_stat_statements',
    'drop extension pgcrypto cascade',
    'select extensions.pg_stat_statements_reset()',
    'select pg_reload_conf()',
    'set local session_replication_role = replica',
    'set local log_min_messages = error',
    "select net.http_delete('http://127.0.0.1:1', '{}', '{}', 5000, '{\"a\": 1}')",
  ])('permit %s', async (sql) => {
    await allowed(sql)
  })
})

describe("Auth's tables", () => {
  it('fill in nothing that SQL leaves out', async () => {
    const [row] = await postgres.query(
      `select string_agg(table_name || '.' || column_name, ' ' order by table_name, column_name) as columns
       from information_schema.columns
       where table_schema = 'auth' and table_name in ('users', 'identities', 'sessions', 'refresh_tokens', 'flow_state')
         and column_default is not null`,
    )
    expect(row?.columns.split(' ')).toEqual([
      'flow_state.email_optional',
      'identities.id',
      'refresh_tokens.id',
      'users.email_change_confirm_status',
      'users.email_change_token_current',
      'users.is_anonymous',
      'users.is_sso_user',
      'users.phone_change',
      'users.phone_change_token',
      'users.reauthentication_token',
    ])
  })

  it('number refresh tokens, and name people there as text', async () => {
    const query = 'select from auth.refresh_tokens where'
    await allowed(`${query} id = 1 and user_id = 'x'`)
    expect(await postgres.refusal(`${query} user_id = gen_random_uuid()`)).toMatchObject({ code: '42883' })
  })
})
