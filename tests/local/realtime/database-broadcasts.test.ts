/*
 * What the database says: rows of `realtime.messages`, read from its log when they are committed.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSession } from '../../support/database/session.ts'
import { heard, startRealtime, subscribed, type TestRealtime } from '../../support/http/realtime.ts'

let realtime: TestRealtime

beforeAll(async () => {
  realtime = await startRealtime({ payloadBytes: 2_000 })
  await realtime.sql.query(`
    create policy everybody on realtime.messages for select to authenticated using (true);
    create table public.things (id int primary key, name text);
    create function public.tell_once() returns trigger language plpgsql as $$
    begin
      perform realtime.send(
        jsonb_build_object('rows', (select count(*) from changed)), 'things:changed', tg_argv[0]);
      return null;
    end $$;
    create trigger tell_once after insert on public.things referencing new table as changed
      for each statement execute function public.tell_once('statements');
    create function public.tell_each() returns trigger language plpgsql as $$
    begin
      perform realtime.broadcast_changes('rows', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
      return null;
    end $$;
    create trigger tell_each after update on public.things for each row execute function public.tell_each()`)
})
afterAll(() => realtime[Symbol.asyncDispose]())

async function listener(topic: string, config: object = {}, vsn = '2.0.0') {
  const client = await realtime.connect({ sub: 'ada' }, { vsn })
  const channel = client.channel(topic, { config: { private: true, ...config } })
  const messages = heard(channel)
  await subscribed(channel)
  return messages
}

const send = (topic: string, word: string, options = '') =>
  realtime.sql.query(`select realtime.send(jsonb_build_object('word', $1::text), 'said', $2 ${options})`, [
    word,
    topic,
  ])

it.each(['1.0.0', '2.0.0'])('a message comes with its id to clients of version %s', async (vsn) => {
  const messages = await listener(`room-${vsn}`, {}, vsn)
  await send(`room-${vsn}`, 'grüße 🌍')
  const { rows } = await realtime.sql.query<{ id: string }>(
    'select id from realtime.messages where topic = $1',
    [`room-${vsn}`],
  )
  const id = rows[0]?.id
  await expect
    .poll(() => messages)
    .toEqual([{ type: 'broadcast', event: 'said', payload: { word: 'grüße 🌍', id }, meta: { id } }])
})

it('what is rolled back is not said, and what is said comes in order', async () => {
  const messages = await listener('order')
  await realtime.sql.query(`begin; select realtime.send('{}', 'undone', 'order'); rollback`)
  for (const word of ['a', 'b', 'c']) await send('order', word)
  await expect.poll(() => messages).toHaveLength(3)
  expect(messages).toMatchObject(['a', 'b', 'c'].map((word) => ({ event: 'said', payload: { word } })))
})

it('ten thousand rows that one statement changes are one message', async () => {
  const messages = await listener('statements')
  await realtime.sql.query("insert into public.things select n, 'x' from generate_series(1, 10000) as n")
  await send('statements', 'after')
  await expect.poll(() => messages).toHaveLength(2)
  expect(messages[0]).toMatchObject({ event: 'things:changed', payload: { rows: 10_000 } })
})

it('a changed row comes as it is and as it was', async () => {
  const messages = await listener('rows')
  await realtime.sql.query(
    "insert into public.things values (-1, 'old'); update public.things set name = 'new' where id = -1",
  )
  await expect.poll(() => messages).toHaveLength(1)
  expect(messages).toMatchObject([
    {
      event: 'UPDATE',
      payload: {
        operation: 'UPDATE',
        schema: 'public',
        table: 'things',
        record: { id: -1, name: 'new' },
        old_record: { id: -1, name: 'old' },
      },
    },
  ])
})

it('bytes come to clients of version 2.0.0 as they are', async () => {
  const [messages, old] = [await listener('bytes'), await listener('bytes', {}, '1.0.0')]
  await realtime.sql.query("select realtime.send_binary('\\x00ff01', 'raw', 'bytes')")
  await send('bytes', 'after')
  await expect.poll(() => old).toHaveLength(1)
  expect(messages).toMatchObject([
    { event: 'raw', payload: Uint8Array.from([0, 255, 1]).buffer },
    { event: 'said' },
  ])
})

it('what is not private goes to public channels alone', async () => {
  const isPrivate = await listener('kind')
  const client = await realtime.connect()
  const channel = client.channel('kind')
  const isPublic = heard(channel)
  await subscribed(channel)
  await send('kind', 'to all', ', false')
  await send('kind', 'to some')
  await expect.poll(() => isPrivate).toHaveLength(1)
  expect(isPrivate).toMatchObject([{ payload: { word: 'to some' } }])
  expect(isPublic).toMatchObject([{ payload: { word: 'to all' } }])
})

it('a message that is too large is left out', async () => {
  const messages = await listener('large')
  await send('large', 'x'.repeat(3_000))
  await send('large', 'short')
  await expect.poll(() => messages).toHaveLength(1)
  expect(messages).toMatchObject([{ payload: { word: 'short' } }])
})

describe('replay', () => {
  it('sends again what was said since a time, the oldest first, and nothing twice', async () => {
    const since = Date.now() - 60_000
    for (const word of ['a', 'b', 'c']) await send('replayed', word)
    const messages = await listener('replayed', { broadcast: { replay: { since, limit: 2 } } })
    await send('replayed', 'd')
    await expect.poll(() => messages).toHaveLength(3)
    expect(messages).toMatchObject([
      { payload: { word: 'b' }, meta: { replayed: true, id: expect.any(String) } },
      { payload: { word: 'c' }, meta: { replayed: true } },
      { payload: { word: 'd' }, meta: { id: expect.any(String) } },
    ])
  })

  it('is refused where what is asked for is no time', async () => {
    const client = await realtime.connect({ sub: 'ada' })
    for (const since of [-1, 1e300, 0.5]) {
      const channel = client.channel(`since ${since}`, {
        config: { private: true, broadcast: { replay: { since } } },
      })
      await expect(subscribed(channel)).rejects.toThrow('UnableToReplayMessages: Replay params are not valid')
    }
  })
})

describe('the slot', () => {
  const slots = async () => {
    const { rows } = await realtime.sql.query<{ active: boolean }>(
      'select active from pg_replication_slots where database = current_database()',
    )
    return rows
  }

  it('is one, and outlives a crash: clients come back by themselves, and hear what is said then', async () => {
    expect(await slots()).toEqual([{ active: true }])
    const messages = await listener('crash')
    await realtime.gateway.crashRealtime(async () => {
      await expect.poll(slots).toEqual([{ active: false }])
      await send('crash', 'while it was away')
    })
    expect(await slots()).toEqual([{ active: true }])
    await expect
      .poll(
        async () => {
          await send('crash', 'afterwards')
          return messages
        },
        { timeout: 10_000, interval: 200 },
      )
      // One who is back in time hears what was said meanwhile, too.
      .toContainEqual(expect.objectContaining({ payload: expect.objectContaining({ word: 'afterwards' }) }))
  })

  it('is given back at an orderly end', async () => {
    await using other = await startRealtime()
    const { name } = other.database
    await other.gateway.stopRealtime()
    const { rows } = await realtime.sql.query('select from pg_replication_slots where database = $1', [name])
    expect(rows).toEqual([])
  })

  it('is read on after the database has cut the connection', async () => {
    const messages = await listener('cut')
    await using admin = await openSession(realtime.database.url('supabase_admin'))
    await admin.query(
      'select pg_terminate_backend(active_pid) from pg_replication_slots where database = current_database()',
    )
    await send('cut', 'meanwhile')
    await expect.poll(() => messages, { timeout: 5_000 }).toHaveLength(1)
  })
})
