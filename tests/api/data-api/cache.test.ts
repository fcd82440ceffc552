/*
 * What the API remembers of the schema, when it looks again, and how it gets over a lost connection.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DataApi, startDataApi, until } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create table public.first (id int primary key);
    grant select on public.first to anon;
    create function public.nap() returns void language sql as 'select pg_sleep(2)';
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

/** Ends connections of the API's, as a restart of Postgres does. */
const cutConnections = () =>
  api.database.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name like 'data-api%'`)

it("sees a new table after notify pgrst, 'reload schema'", async () => {
  expect((await api.request('/second')).status).toBe(404)
  await api.migrate('create table public.second (id int primary key); grant select on public.second to anon')
  expect((await api.request('/second')).status).toBe(200)
})

it('sees what a migration makes and drops without being told', async () => {
  await api.database.query(
    'create table public.untold (id int primary key); grant select on public.untold to anon',
  )
  await until(async () => (await api.request('/untold')).ok)
  await api.database.query('drop table public.untold')
  await until(async () => (await api.request('/untold')).status === 404)
})

it('sees a new function and a new column after a bare notify', async () => {
  await api.database.query(`
    create function public.third() returns int language sql as 'select 3';
    alter table public.first add column if not exists label text;
    notify pgrst;
  `)
  await until(async () => (await api.request('/rpc/third')).ok)
  expect(await (await api.request('/first?select=label')).json()).toEqual([])
})

it('answers 503 to a request whose connection is cut, and serves the next', async () => {
  const cut = api.request('/rpc/nap', { method: 'POST', body: '{}' })
  // A connection that is not used yet could be cut as well, and the request would have another.
  const napping = `select from pg_stat_activity
    where datname = current_database() and application_name like 'data-api%' and wait_event = 'PgSleep'`
  await until(async () => (await api.database.query(napping)).length > 0)
  await cutConnections()
  expect((await cut).status).toBe(503)
  await until(async () => (await api.request('/first')).ok)
})

it('listens again after its connection was cut, and catches up with what it missed', async () => {
  await cutConnections()
  await api.database.query('create function public.missed() returns int language sql as $$ select 1 $$')
  await until(async () => (await api.request('/rpc/missed')).ok)
  await api.migrate('create table public.later (id int primary key); grant select on public.later to anon')
  expect((await api.request('/later')).status).toBe(200)
})
