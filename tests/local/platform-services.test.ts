/*
 * What the schemas of the services offer to SQL: auth, storage and realtime.
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

describe('auth', () => {
  const id = '7a3f0d0e-2f1c-4c55-9f1e-0f5f8b1f7a11'
  const asked = 'select auth.uid() as uid, auth.role() as role, auth.email() as email, auth.jwt() as jwt'

  async function withSettings(settings: Record<string, string>) {
    await using session = await openSession(database.url('postgres'))
    for (const [name, value] of Object.entries(settings))
      await session.query('select set_config($1, $2, false)', [name, value])
    const [row] = await session.query(asked)
    return row
  }

  it('functions are null without a token, and where a pooled session left empty settings', async () => {
    const nothing = { uid: null, role: null, email: null, jwt: null }
    expect(await withSettings({})).toEqual(nothing)
    expect(await withSettings({ 'request.jwt.claims': '', 'request.jwt.claim.sub': '' })).toEqual(nothing)
  })

  it('functions read the claims', async () => {
    const claims = { sub: id, role: 'authenticated', email: 'a@example.com', extra: [1] }
    expect(await withSettings({ 'request.jwt.claims': JSON.stringify(claims) })).toEqual({
      uid: id,
      role: 'authenticated',
      email: 'a@example.com',
      jwt: claims,
    })
  })

  it('a single claim goes before the claims', async () => {
    const row = await withSettings({
      'request.jwt.claims': JSON.stringify({ sub: '00000000-0000-4000-8000-000000000000' }),
      'request.jwt.claim.sub': id,
    })
    expect(row).toMatchObject({ uid: id })
  })

  it('users are hidden from the API roles and open to postgres', async () => {
    await postgres.query("insert into auth.users (id, email) values ($1, 'a@example.com')", [id])
    expect(await postgres.refusal('set local role authenticated; select from auth.users')).toEqual({
      code: '42501',
      message: 'permission denied for table users',
    })
    expect(
      await postgres.refusal(
        "insert into auth.users (id, email) values (gen_random_uuid(), 'a@example.com')",
      ),
    ).toMatchObject({ code: '23505' })
    await postgres.query(
      "begin; insert into auth.users (id, email, is_sso_user) values (gen_random_uuid(), 'a@example.com', true); rollback",
    )
    await postgres.query(
      "update auth.users set phone_confirmed_at = '2024-02-01', email_confirmed_at = '2024-01-01'",
    )
    const [row] = await postgres.query('select confirmed_at from auth.users')
    expect(row).toEqual({ confirmed_at: new Date('2024-01-01') })
    await postgres.query('delete from auth.users')
  })
})

describe('storage', () => {
  it.each([
    ['a/b/photo.tar.gz', ['a', 'b'], 'photo.tar.gz', 'gz'],
    ['photo.png', [], 'photo.png', 'png'],
  ])('takes %s apart', async (path, folders, file, extension) => {
    const [row] = await postgres.query(
      'select storage.foldername($1) as folders, storage.filename($1) as file, storage.extension($1) as extension',
      [path],
    )
    expect(row).toEqual({ folders, file, extension })
  })

  it('lets the Storage API delete', async () => {
    await using api = await openSession(database.url('supabase_storage_admin'))
    await api.query("insert into storage.buckets (id, name) values ('b', 'b')")
    await api.query("insert into storage.objects (bucket_id, name) values ('b', 'x.png')")
    await postgres.query("create policy all_of_b on storage.objects to authenticated using (bucket_id = 'b')")
    await api.query(
      "begin; set local role authenticated; delete from storage.objects where name = 'x.png'; commit",
    )
    expect(await api.query('select from storage.objects')).toEqual([])
    await api.query('delete from storage.buckets')
    await postgres.query('drop policy all_of_b on storage.objects')
  })
})

describe('realtime', () => {
  it('has daily partitions from yesterday to three days ahead, and keeps them so', async () => {
    await using admin = await openSession(database.url('supabase_admin'))
    const partitions = () =>
      admin.query(
        "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'realtime.messages'::regclass order by 1",
      )
    const days = [-1, 0, 1, 2, 3].map((day) =>
      new Date(Date.now() + day * 86_400_000).toISOString().slice(0, 10),
    )
    const expected = days.map((day) => ({ name: `realtime.messages_${day.replaceAll('-', '_')}` }))
    expect(await partitions()).toEqual(expected)
    await admin.query(
      "create table realtime.messages_2024_01_01 partition of realtime.messages for values from ('2024-01-01') to ('2024-01-02')",
    )
    await admin.query(`drop table ${expected.at(-1)?.name}`)
    expect(await admin.query('select * from realtime.maintain_message_partitions()')).toEqual([
      { made: 1, dropped: 1 },
    ])
    expect(await partitions()).toEqual(expected)
    expect(await postgres.refusal('select realtime.maintain_message_partitions()')).toMatchObject({
      code: '42501',
    })
  })

  it('send inserts a private broadcast that carries its id', async () => {
    await postgres.query(`select realtime.send('{"a": 1}', 'changed', 'room:1')`)
    const rows = await postgres.query(
      "select payload->>'id' = id::text as same, payload->'a' as a, event, topic, private, extension from realtime.messages",
    )
    expect(rows).toEqual([
      { same: true, a: 1, event: 'changed', topic: 'room:1', private: true, extension: 'broadcast' },
    ])
    await postgres.query('delete from realtime.messages')
  })

  it('send warns where RLS refuses, and keeps the transaction', async () => {
    await using session = await openSession(database.url('postgres'))
    await session.query(
      "begin; set local role authenticated; select realtime.send('{}', 'changed', 'room:1')",
    )
    expect(await session.query('select 1 as alive')).toEqual([{ alive: 1 }])
    expect(session.notices).toEqual([
      'WarnSendingBroadcastMessage: new row violates row-level security policy for table "messages"',
    ])
  })

  it('policies decide by topic', async () => {
    await postgres.query(
      "create policy own_room on realtime.messages for select to authenticated using (realtime.topic() = 'room:1')",
    )
    await postgres.query("select realtime.send('{}', 'changed', 'room:1')")
    const seen = (topic: string) =>
      postgres
        .query(
          `begin; set local role authenticated; set local realtime.topic = '${topic}'; select from realtime.messages`,
        )
        .finally(() => postgres.query('rollback'))
    expect(await seen('room:1')).toHaveLength(1)
    expect(await seen('room:2')).toHaveLength(0)
    await postgres.query('drop policy own_room on realtime.messages; delete from realtime.messages')
  })

  it('broadcast_changes sends the row before and after', async () => {
    await postgres.query(`
      create table public.things (id int, name text);
      create function public.tell() returns trigger language plpgsql as $$
      begin
        perform realtime.broadcast_changes('things', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
        return null;
      end $$;
      create trigger tell after update on public.things for each row execute function public.tell();
      insert into public.things values (1, 'a');
      update public.things set name = 'b';`)
    const [row] = await postgres.query(
      "select payload - 'id' as payload, event, topic from realtime.messages",
    )
    expect(row).toEqual({
      topic: 'things',
      event: 'UPDATE',
      payload: {
        table: 'things',
        schema: 'public',
        operation: 'UPDATE',
        record: { id: 1, name: 'b' },
        old_record: { id: 1, name: 'a' },
      },
    })
    await postgres.query(
      'drop table public.things; drop function public.tell(); delete from realtime.messages',
    )
  })
})
