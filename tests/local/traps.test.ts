import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSession, type Session } from '../support/database/session.ts'
import { createDatabase, type TestDatabase } from '../support/stack/database.ts'

/**
 * What works on a Postgres of one's own and fails on Supabase: eight traps that the database holds, each with
 * the words of the real one. A ninth, writes without WHERE, is the Data API's.
 */

let database: TestDatabase
let postgres: Session

beforeAll(async () => {
  database = await createDatabase('platform')
  postgres = await openSession(database.url('postgres'))
  await postgres.query('create extension pg_cron with schema pg_catalog')
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
  await database?.drop()
})

const denied = '42501'

describe('as postgres, these fail as on Supabase', () => {
  it.each([
    [1, 'create table auth.notes (id int)', 'permission denied for schema auth'],
    [
      1,
      'create or replace function auth.uid() returns uuid language sql as $$ select null::uuid $$',
      'permission denied for schema auth',
    ],
    [1, 'create view auth.people as select 1', 'permission denied for schema auth'],
    [1, 'create table storage.notes (id int)', 'permission denied for schema storage'],
    [1, 'create table realtime.notes (id int)', 'permission denied for schema realtime'],
    [2, 'alter table auth.users add column note text', 'must be owner of table users'],
    [2, 'create index on auth.users (aud)', 'must be owner of table users'],
    [2, "comment on table auth.users is 'x'", 'must be owner of table users'],
    [2, 'drop table auth.users cascade', 'must be owner of table users'],
    [2, 'alter table auth.users disable row level security', 'must be owner of table users'],
    [2, 'alter table storage.objects add column note text', 'must be owner of table objects'],
    [2, 'alter table storage.objects enable row level security', 'must be owner of table objects'],
    [2, 'create index on storage.objects (version)', 'must be owner of table objects'],
    [2, 'alter table realtime.messages add column note text', 'must be owner of table messages'],
    [3, 'set role supabase_auth_admin', 'permission denied to set role "supabase_auth_admin"'],
    [3, 'set role supabase_storage_admin', 'permission denied to set role "supabase_storage_admin"'],
    [3, 'set role supabase_admin', 'permission denied to set role "supabase_admin"'],
    [4, "alter role authenticated set app.tenant = 'x'", 'permission denied to set parameter "app.tenant"'],
    [
      5,
      'alter default privileges for role supabase_admin in schema public grant all on tables to anon',
      'permission denied to change default privileges',
    ],
    [
      7,
      "insert into cron.job (schedule, command) values ('* * * * *', 'select 1')",
      'permission denied for table job',
    ],
    [7, "update cron.job set command = 'select 2'", 'permission denied for table job'],
    [7, 'delete from cron.job', 'permission denied for table job'],
    [7, "insert into vault.secrets (secret) values ('x')", 'permission denied for table secrets'],
    [7, "update vault.secrets set secret = 'x'", 'permission denied for table secrets'],
    [
      8,
      'delete from storage.objects',
      'Direct deletion from storage tables is not allowed. Use the Storage API instead.',
    ],
    [
      8,
      'delete from storage.buckets',
      'Direct deletion from storage tables is not allowed. Use the Storage API instead.',
    ],
  ])('trap %i: %s', async (_trap, sql, message) => {
    expect(await postgres.refusal(sql)).toEqual({ code: denied, message })
  })

  it('trap 4: a custom setting of the database', async () => {
    expect(await postgres.refusal(`alter database ${database.name} set app.tenant = 'x'`)).toEqual({
      code: denied,
      message: 'permission denied to set parameter "app.tenant"',
    })
  })
})

describe('trap 6: what a sign-up trigger may not be', () => {
  const user = "insert into auth.users (id, email) values (gen_random_uuid(), 'a@example.com')"
  const trigger = (definition: string, body: string) => `
    create table public.people (id uuid);
    create function public.on_sign_up() returns trigger language plpgsql ${definition}
      as $$ begin ${body} return new; end $$;
    create trigger on_sign_up after insert on auth.users for each row execute function public.on_sign_up();`

  it.each([
    [
      'an unqualified name',
      'security definer',
      'insert into people values (new.id);',
      '42P01',
      'relation "people" does not exist',
    ],
    [
      'no SECURITY DEFINER',
      '',
      'insert into public.people values (new.id);',
      denied,
      'permission denied for table people',
    ],
  ])('%s', async (_name, definition, body, code, message) => {
    await using auth = await openSession(database.url('supabase_auth_admin'))
    await postgres.query(trigger(definition, body))
    try {
      expect(await auth.refusal(user)).toEqual({ code, message })
    } finally {
      await postgres.query(
        'drop trigger on_sign_up on auth.users; drop function public.on_sign_up(); drop table public.people',
      )
    }
  })

  it('a qualified SECURITY DEFINER function works', async () => {
    await using auth = await openSession(database.url('supabase_auth_admin'))
    await postgres.query(
      trigger("security definer set search_path = ''", 'insert into public.people values (new.id);'),
    )
    try {
      await auth.query(user)
      expect(
        await postgres.query('select p.id from public.people p join auth.users u using (id)'),
      ).toHaveLength(1)
    } finally {
      await postgres.query(
        'delete from auth.users; drop trigger on_sign_up on auth.users; drop function public.on_sign_up(); drop table public.people',
      )
    }
  })
})

describe('as postgres, these work as on Supabase', () => {
  it('policies on the tables of Storage, Realtime and Auth', async () => {
    for (const table of ['storage.objects', 'storage.buckets', 'realtime.messages', 'auth.users']) {
      await postgres.query(`create policy mine on ${table} for select to authenticated using (true)`)
      await postgres.query(`alter policy mine on ${table} to anon`)
      expect(await postgres.refusal(`alter policy mine on ${table} rename to yours`)).toEqual({
        code: denied,
        message: `must be owner of table ${table.split('.')[1]}`,
      })
      await postgres.query(`drop policy mine on ${table}`)
    }
  })

  it('in the transaction of a migration, without keeping the ownership that it takes', async () => {
    expect(
      await postgres.refusal(`
        create policy mine on storage.objects for select to authenticated using (true);
        alter table storage.objects disable row level security`),
    ).toEqual({ code: denied, message: 'must be owner of table objects' })
    const [row] = await postgres.query(
      "select pg_has_role('supabase_storage_admin', 'member') or pg_has_role('supabase_auth_admin', 'member') as member",
    )
    expect(row).toEqual({ member: false })
  })

  it('a foreign key to auth.users, and its removal', async () => {
    await postgres.query('create table public.notes (user_id uuid references auth.users on delete cascade)')
    await postgres.query('drop table public.notes')
  })

  it("PostgREST's settings on authenticator, and no others", async () => {
    expect(await postgres.refusal("alter role authenticator set pgrst.unknown = 'x'")).toMatchObject({
      code: denied,
    })
    // Rolled back: roles belong to every database of the run.
    await postgres.query(
      "begin; alter role authenticator set pgrst.db_pre_request = 'public.check'; notify pgrst, 'reload config'; rollback",
    )
  })

  it('tables in the publication supabase_realtime', async () => {
    await postgres.query('create table public.watched (id int primary key)')
    await postgres.query('alter publication supabase_realtime add table public.watched')
    await postgres.query('drop table public.watched')
  })
})
