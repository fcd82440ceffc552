/*
 * Row changes: who hears of which, under everybody's row-level security, and what is told of a row.
 */
import { REALTIME_POSTGRES_CHANGES_LISTEN_EVENT, type SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRealtime, subscribed, type TestRealtime } from '../../support/http/realtime.ts'

let realtime: TestRealtime
let stranger: SupabaseClient

const schema = `
  create table public.notes (
    id int primary key, owner text, body text, flag boolean, price numeric, tags text[], secret text, at timestamptz
  );
  alter table public.notes enable row level security;
  grant select (id, owner, body, flag, price, tags, at) on public.notes to authenticated;
  create policy own on public.notes for select to authenticated using (owner = auth.jwt() ->> 'sub' or owner = 'all');
  create table public.open_notes (id bigint primary key, body text);
  grant select on public.open_notes to anon, authenticated;
  alter table public.open_notes replica identity full;
  create table public.keyless (body text);
  grant select on public.keyless to anon;
  create table public.hidden (id int primary key);
  create table public."Odd ""name" (id int primary key, "Col ""x" text);
  grant select on public."Odd ""name" to anon;
  create table public.unpublished (id int primary key);
  create domain public.level as int check (value > 0);
  create type public.mood as enum ('sad', 'happy');
  create table public.typed (id int primary key, level public.level, mood public.mood, doc jsonb, big numeric);
  grant select on public.typed to anon;
  alter publication supabase_realtime add table
    public.notes, public.open_notes, public.keyless, public.hidden, public."Odd ""name", public.typed;`

beforeAll(async () => {
  realtime = await startRealtime()
  await realtime.sql.query(schema)
  stranger = await realtime.connect()
})
afterAll(() => realtime[Symbol.asyncDispose]())

interface Wish {
  event?: `${REALTIME_POSTGRES_CHANGES_LISTEN_EVENT}`
  table?: string
  filter?: string
  select?: string[]
}

/** What a client hears of changes, and what the server says of its subscription. */
async function subscriber(wish: Wish, client?: SupabaseClient) {
  const changes: Record<string, unknown>[] = []
  const system: { status: string; message: string }[] = []
  const channel = (client ?? stranger).channel(crypto.randomUUID())
  const { event = REALTIME_POSTGRES_CHANGES_LISTEN_EVENT.ALL, ...rest } = wish
  channel.on('postgres_changes' as 'system', { event, schema: 'public', ...rest }, (change) =>
    changes.push(change),
  )
  channel.on('system', {}, (message) => system.push(message))
  await subscribed(channel)
  await expect.poll(() => system).toHaveLength(1)
  return { changes, system }
}

const clients = new Map<string, Promise<SupabaseClient>>()
/** The browser of somebody who is signed in. */
function person(sub: string): Promise<SupabaseClient> {
  const client = clients.get(sub) ?? realtime.connect({ sub })
  clients.set(sub, client)
  return client
}
const sql = (text: string, values: unknown[] = []) => realtime.sql.query(text, values)
let lastId = 0
const nextId = () => ++lastId

describe('under row-level security', () => {
  it('a row is told to those who see it, without the columns that they may not read', async () => {
    const [ada, bob, nobody] = [
      await subscriber({ table: 'notes' }, await person('ada')),
      await subscriber({ table: 'notes' }, await person('bob')),
      await subscriber({ table: 'notes' }),
    ]
    const [own, all] = [nextId(), nextId()]
    await sql(
      `insert into public.notes values
         (${own}, 'ada', 'text', true, 1.50, '{a,"b c"}', 'hidden', '2024-01-02 03:04:05+00');
       insert into public.notes values (${all}, 'all')`,
    )
    await expect.poll(() => bob.changes).toHaveLength(1)
    expect(bob.changes).toMatchObject([{ eventType: 'INSERT', new: { id: all } }])
    await expect.poll(() => ada.changes).toHaveLength(2)
    expect(ada.changes[0]).toEqual({
      schema: 'public',
      table: 'notes',
      commit_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      eventType: 'INSERT',
      new: {
        id: own,
        owner: 'ada',
        body: 'text',
        flag: true,
        price: 1.5,
        tags: ['a', 'b c'],
        at: '2024-01-02T03:04:05+00:00',
      },
      old: {},
      errors: null,
    })
    // Without rights on the table there is nothing but the news that something happened.
    await expect.poll(() => nobody.changes).toHaveLength(2)
    expect(nobody.changes[0]).toMatchObject({ new: {}, errors: ['Error 401: Unauthorized'] })
  })

  it('a deleted row is told to everybody, by its key alone', async () => {
    const deletes = { table: 'notes', event: REALTIME_POSTGRES_CHANGES_LISTEN_EVENT.DELETE }
    const [bob, nobody] = [await subscriber(deletes, await person('bob')), await subscriber(deletes)]
    const id = nextId()
    await sql(
      `insert into public.notes values (${id}, 'ada', 'text'); delete from public.notes where id = ${id}`,
    )
    await expect.poll(() => bob.changes).toHaveLength(1)
    expect(bob.changes[0]).toMatchObject({ eventType: 'DELETE', old: { id }, errors: null })
    expect(bob.changes[0]?.old).toEqual({ id })
    await expect.poll(() => nobody.changes).toMatchObject([{ eventType: 'DELETE', errors: null }])
  })

  it('a row that somebody gets to see, or loses, is told by what it is now', async () => {
    const updates = { table: 'notes', event: REALTIME_POSTGRES_CHANGES_LISTEN_EVENT.UPDATE }
    const [ada, bob] = [
      await subscriber(updates, await person('ada')),
      await subscriber(updates, await person('bob')),
    ]
    const id = nextId()
    await sql(
      `insert into public.notes values (${id}, 'ada'); update public.notes set owner = 'bob' where id = ${id}`,
    )
    await expect.poll(() => bob.changes).toHaveLength(1)
    expect(bob.changes[0]).toMatchObject({ new: { id, owner: 'bob' }, old: { id } })
    expect(ada.changes).toEqual([])
  })
})

it('a policy that fails for somebody takes nothing from the others', async () => {
  await sql(`create table public.guarded (id int primary key); alter table public.guarded enable row level security;
    grant select on public.guarded to authenticated; alter publication supabase_realtime add table public.guarded;
    create policy numbered on public.guarded for select to authenticated using ((auth.jwt() ->> 'sub')::int > 0)`)
  const [failing, seeing] = [
    await subscriber({ table: 'guarded' }, await person('no number')),
    await subscriber({ table: 'guarded' }, await person('1')),
  ]
  await sql('insert into public.guarded values (1)')
  await expect.poll(() => seeing.changes).toMatchObject([{ new: { id: 1 } }])
  expect(failing.changes).toEqual([])
})

it('what is rolled back is not told', async () => {
  const all = await subscriber({ table: 'open_notes' })
  const [undone, kept] = [nextId(), nextId()]
  await sql(`begin; insert into public.open_notes values (${undone}); rollback`)
  await sql(`insert into public.open_notes values (${kept})`)
  await expect.poll(() => all.changes).toHaveLength(1)
  expect(all.changes[0]).toMatchObject({ new: { id: kept } })
})

it('with its whole identity, the row before a change is told too', async () => {
  const all = await subscriber({ table: 'open_notes' })
  const id = nextId()
  await sql(`insert into public.open_notes values (${id}, 'one');
    update public.open_notes set body = 'two' where id = ${id}; delete from public.open_notes where id = ${id}`)
  await expect.poll(() => all.changes).toHaveLength(3)
  expect(all.changes).toMatchObject([
    { new: { id, body: 'one' } },
    { new: { id, body: 'two' }, old: { id, body: 'one' } },
    { old: { id, body: 'two' } },
  ])
})

it('a table without a key tells that it cannot', async () => {
  const all = await subscriber({ table: 'keyless' })
  await sql("insert into public.keyless values ('x')")
  await expect.poll(() => all.changes).toMatchObject([{ errors: ['Error 400: Bad Request, no primary key'] }])
})

it('a change above a megabyte comes without its long values', async () => {
  const all = await subscriber({ table: 'open_notes' })
  const id = nextId()
  await sql(`insert into public.open_notes values (${id}, repeat('x', 1100000))`)
  await expect.poll(() => all.changes).toHaveLength(1)
  expect(all.changes[0]).toMatchObject({ new: { id }, errors: ['Error 413: Payload Too Large'] })
  expect(all.changes[0]?.new).toEqual({ id })
})

it('types of every kind come as JSON has them, and names with quotes as they are', async () => {
  const [typed, odd] = [await subscriber({ table: 'typed' }), await subscriber({ table: 'Odd "name' })]
  await sql(`insert into public.typed values (1, 5, 'happy', '{"a": [1, null]}', 1.5)`)
  await sql(`insert into public."Odd ""name" values (1, 'it''s "x"')`)
  await expect.poll(() => typed.changes).toHaveLength(1)
  expect(typed.changes[0]).toMatchObject({
    new: { id: 1, level: 5, mood: 'happy', doc: { a: [1, null] }, big: 1.5 },
  })
  await expect.poll(() => odd.changes).toMatchObject([{ new: { id: 1, 'Col "x': 'it\'s "x"' } }])
})

describe('filters', () => {
  it('let through what keeps all of their conditions, and nothing else', async () => {
    const filters = new Map([
      ['body=eq."Hello, world"', true],
      ['body=neq.Hello', true],
      ['price=lt.11', true],
      ['price=lt.10', false],
      ['price=lte.10', true],
      ['price=gt.9', true],
      ['price=gte.10.01', false],
      ['price=in.(9,10)', true],
      ['body=in.("Hello, world",x)', true],
      ['price=not.in.(9,10)', false],
      ['body=like.Hello%', true],
      ['body=like.hello%', false],
      ['body=ilike.hello%', true],
      ['body=not.like.Hello%', false],
      ['flag=is.true', true],
      ['flag=not.is.true', false],
      ['at=is.null', true],
      ['at=not.is.null', false],
      ['body=match.^Hel+o', true],
      ['body=imatch.^hel+o', true],
      ['body=not.match.^Hel+o', false],
      ['body=isdistinct.x', true],
      ['price=not.isdistinct.10', true],
      ['price=gt.5,price=lt.15,flag=eq.true', true],
      ['price=gt.5,price=lt.7', false],
      ["body=eq.x' or '1'='1", false],
      ['', true],
    ])
    const channel = (await person('reader')).channel('filters')
    const heard: string[] = []
    for (const filter of filters.keys())
      channel.on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'notes', filter }, () =>
        heard.push(filter),
      )
    await subscribed(channel)
    await sql(`insert into public.notes (id, owner, body, flag, price)
      values (${nextId()}, 'all', 'Hello, world', true, 10)`)
    const wanted = [...filters].filter(([, isWanted]) => isWanted).map(([filter]) => filter)
    await expect.poll(() => heard.toSorted()).toEqual(wanted.toSorted())
  })

  it.each([
    ['undefined', 'Error parsing `filter` params: ["undefined"]'],
    ['body=foo.hey', 'Error parsing `filter` params: ["foo", "hey"]'],
    [
      'body=eq.a,',
      'Error parsing `filter` params: filter must not contain empty segments (check for extra commas)',
    ],
    ['price=in.1,2', 'Error parsing `filter` params: `in` filter value must be wrapped by parentheses'],
    ['price=eq.ten', 'invalid input syntax for type numeric: "ten"'],
    ['nothing=eq.1', 'invalid column for filter nothing'],
    ['secret=eq.x', 'invalid column for filter secret'],
    ['id=like.1', 'operator does not exist: integer ~~ integer'],
    ['body=match.(', 'invalid regular expression: parentheses () not balanced'],
    ['body=imatch.(', 'invalid regular expression: parentheses () not balanced'],
    ['flag=is.maybe', 'invalid value for is filter: must be null, true, false, or unknown'],
    [`price=in.(${Array(101).fill(1).join()})`, 'too many values for `in` filter. Maximum 100'],
    [`body=eq.${'x'.repeat(20_000)}`, 'Error parsing `filter` params: a filter may have 10000 characters'],
    ['id"; drop table public.notes; --=eq.1', 'invalid column for filter id"; drop table public.notes; --'],
  ])('%s is refused', async (filter, message) => {
    const { system } = await subscriber({ table: 'notes', filter }, await person('ada'))
    expect(system).toMatchObject([{ status: 'error', message: expect.stringContaining(message) }])
  })

  it('a pattern without an end is dropped with a word, and the others go on', async () => {
    const filter = 'body=match.^(.*)(.*)(.*)(.*)(.*)x\\1\\5\\4\\3\\2y$'
    const catastrophe = await subscriber({ table: 'open_notes', filter })
    const others = await subscriber({ table: 'open_notes' })
    const id = nextId()
    await sql(
      `insert into public.open_notes values (${id}, repeat('ab', 100) || 'x' || repeat('c', 100) || 'y')`,
    )
    await expect.poll(() => others.changes).toHaveLength(1)
    expect(catastrophe.changes).toEqual([])
    await expect
      .poll(() => catastrophe.system.at(-1)?.message)
      .toBe('The filter failed, and is no longer used: canceling statement due to statement timeout')
  })
})

it('a selection cuts the columns, and keeps the key', async () => {
  const ada = await person('ada')
  const [some, none, all] = [
    await subscriber({ table: 'notes', select: ['body'] }, ada),
    await subscriber({ table: 'notes', select: ['secret'] }, ada),
    await subscriber({ table: '*', select: ['body'] }, ada),
  ]
  const id = nextId()
  await sql(`insert into public.notes values (${id}, 'ada', 'text')`)
  await expect.poll(() => some.changes).toHaveLength(1)
  expect(some.changes[0]?.new).toEqual({ id, body: 'text' })
  expect(none.system[0]).toMatchObject({
    status: 'error',
    message: expect.stringContaining('invalid column for select secret'),
  })
  expect(all.system[0]).toMatchObject({
    status: 'error',
    message: expect.stringContaining('not supported for wildcard'),
  })
})

it.each(['unpublished', 'nowhere'])('there is nothing to subscribe to in %s', async (table) => {
  const { system } = await subscriber({ table })
  expect(system).toMatchObject([
    {
      status: 'error',
      message:
        'Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the given connect ' +
        `parameters: [event: *, schema: public, table: ${table}, filters: [], select: nil]`,
    },
  ])
})

it('several subscriptions of one channel each hear their own', async () => {
  const client = await realtime.connect()
  const channel = client.channel('several')
  const heard: string[] = []
  for (const body of ['a', 'b'])
    channel.on(
      'postgres_changes',
      { event: '*', schema: 'public', table: 'open_notes', filter: `body=eq.${body}` },
      () => heard.push(body),
    )
  channel.on('postgres_changes', { event: 'UPDATE', schema: 'public', table: 'open_notes' }, () =>
    heard.push('update'),
  )
  await subscribed(channel)
  const id = nextId()
  await sql(
    `insert into public.open_notes values (${id}, 'a'); update public.open_notes set body = 'b' where id = ${id}`,
  )
  await expect.poll(() => heard).toEqual(['a', 'b', 'update'])
})

it('the publication may be made anew while clients listen', async () => {
  await using other = await startRealtime()
  await other.sql.query(`drop publication supabase_realtime; create table public.late (id int primary key);
    grant select on public.late to anon; insert into public.late values (0)`)
  await other.sql.query('create publication supabase_realtime for table public.late')
  const changes: unknown[] = []
  const channel = (await other.connect()).channel('late')
  channel.on('postgres_changes', { event: '*', schema: 'public', table: 'late' }, ({ new: row }) =>
    changes.push(row),
  )
  await subscribed(channel)
  await other.sql.query('insert into public.late values (1)')
  await expect.poll(() => changes).toEqual([{ id: 1 }])
})
