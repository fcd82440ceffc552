/*
 * Thousands of calls of many people, interleaved on few connections: everybody is answered as who they are, whatever
 * the calls before and beside theirs did, those that failed among them.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DataApi, signToken, startDataApi } from '../../support/http/data-api.ts'

const peopleCount = 24
const callCount = 2000
/** Fewer of one person than the gateway lets wait. */
const callsAtOnce = 96

interface Person {
  id: string
  token: string
  written: number
}

let api: DataApi
let people: Person[]

beforeAll(async () => {
  api = await startDataApi(`
    create table public.notes (id uuid primary key default gen_random_uuid(), owner uuid not null default auth.uid(),
      said text not null, constraint said_something check (said <> ''));
    alter table public.notes enable row level security;
    create policy notes_own on public.notes using (owner = (select auth.uid())) with check (owner = (select auth.uid()));
    grant select, insert, delete on public.notes to authenticated;
    create index on public.notes (owner);
    create view public.my_notes with (security_invoker = true) as select owner, said from public.notes;
    grant select on public.my_notes to authenticated;
    create function public.who() returns json stable language sql as
      $$ select json_build_object('role', current_user, 'id', auth.uid(), 'header',
        current_setting('request.headers', true)::json ->> 'x-number') $$;
    create function public.who_wrote() returns json language sql as 'select public.who()';
    create function public.fails() returns void language plpgsql as
      $$ begin raise exception '%', auth.uid() using errcode = 'PT409'; end $$;
  `)
  people = await Promise.all(
    Array.from({ length: peopleCount }, async () => {
      const id = randomUUID()
      return { id, token: await signToken({ sub: id, exp: Math.floor(Date.now() / 1000) + 600 }), written: 0 }
    }),
  )
})
afterAll(() => api[Symbol.asyncDispose]())

type Call = (person: Person, number: number) => Promise<void>

const as = ({ token }: Person, number: number) => ({
  authorization: `Bearer ${token}`,
  'x-number': String(number),
  prefer: 'return=representation',
})

const calls: readonly Call[] = [
  async (person, number) => {
    const response = await api.request('/rpc/who', { headers: as(person, number) })
    expect(await response.json()).toEqual({ role: 'authenticated', id: person.id, header: String(number) })
  },
  async (person, number) => {
    const response = await api.request('/rpc/who_wrote', {
      method: 'POST',
      body: '{}',
      headers: as(person, number),
    })
    expect(await response.json()).toEqual({ role: 'authenticated', id: person.id, header: String(number) })
  },
  async (person, number) => {
    const response = await api.request('/notes', {
      method: 'POST',
      body: JSON.stringify({ said: `${person.id} ${number}` }),
      headers: as(person, number),
    })
    expect(await response.json()).toMatchObject([{ owner: person.id, said: `${person.id} ${number}` }])
    person.written++
  },
  async (person, number) => {
    const response = await api.request('/my_notes?limit=20', { headers: as(person, number) })
    const notes = (await response.json()) as { owner: string; said: string }[]
    expect(notes.filter(({ owner, said }) => owner !== person.id || !said.startsWith(person.id))).toEqual([])
  },
  async (person, number) => {
    const response = await api.request('/rpc/fails', {
      method: 'POST',
      body: '{}',
      headers: as(person, number),
    })
    expect([response.status, await response.json()]).toMatchObject([409, { message: person.id }])
  },
  async (person, number) => {
    const stranger = people[(people.indexOf(person) + 1) % people.length]
    const response = await api.request('/notes', {
      method: 'POST',
      body: JSON.stringify({ said: 'stolen', owner: stranger?.id }),
      headers: as(person, number),
    })
    expect([response.status, await response.json()]).toMatchObject([403, { code: '42501' }])
  },
  async (_, number) => {
    const response = await api.request('/rpc/who', { headers: { 'x-number': String(number) } })
    expect(await response.json()).toEqual({ role: 'anon', id: null, header: String(number) })
  },
  async (_, number) => {
    const response = await api.request('/notes', { headers: { 'x-number': String(number) } })
    expect(response.status).toBe(401)
  },
]

it('takes nobody for somebody else', async () => {
  let next = 0
  const work = async () => {
    while (next < callCount) {
      const number = next++
      const [person, call] = [
        people[(number * 7) % peopleCount],
        calls[(number * 5 + (number >> 4)) % calls.length],
      ]
      if (person && call) await call(person, number)
    }
  }
  await Promise.all(Array.from({ length: callsAtOnce }, work))
  for (const person of people) {
    const response = await api.request('/notes?select=id&limit=1', {
      headers: { ...as(person, 0), prefer: 'count=exact' },
    })
    expect(response.headers.get('content-range')?.split('/')[1]).toBe(String(person.written))
    await response.text()
  }
  const [kept] = await api.database.query<{ count: number }>(
    'select count(*)::int from public.notes where said = $1',
    ['stolen'],
  )
  expect(kept?.count).toBe(0)
}, 120_000)
