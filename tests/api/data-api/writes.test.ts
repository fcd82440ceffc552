/*
 * Inserts, updates, upserts and deletes: what they answer, what they leave behind, and what they refuse.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type DataApi, startDataApi } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create table public.projects (tenant text, id int, name text not null default 'unnamed', version int not null default 1,
      primary key (tenant, id));
    create table public.tasks (tenant text, id int, project_id int, title text, primary key (tenant, id),
      foreign key (tenant, project_id) references public.projects (tenant, id) on delete cascade);
    create type public.pair as (a int, b int);
    create table public.blind (id int primary key, note text, pair public.pair);
    grant select, insert, update, delete on public.projects, public.tasks to anon;
    grant insert, update (note) on public.blind to anon;
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

beforeEach(() =>
  api.database.query(`
    truncate projects, tasks, blind;
    insert into projects (tenant, id, name) values ('A', 1, 'one'), ('A', 2, 'two'), ('B', 1, 'other');
    insert into tasks values ('A', 1, 1, 'first'), ('A', 2, 1, 'second'), ('B', 1, 1, 'foreign');
  `),
)

const names = async () =>
  (await api.database.query<{ name: string }>('select name from projects order by tenant, id')).map(
    ({ name }) => name,
  )

describe('a write without a filter', () => {
  it.each([
    ['DELETE', undefined, 'DELETE requires a WHERE clause'],
    ['PATCH', '{"name":"all"}', 'UPDATE requires a WHERE clause'],
  ])('%s is refused and changes nothing', async (method, body, message) => {
    const response = await api.request('/projects', { method, body })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ code: '21000', message, details: null, hint: null })
    expect(await names()).toEqual(['one', 'two', 'other'])
  })
})

describe('what comes back', () => {
  it('is nothing by default', async () => {
    const client = api.gateway.client()
    const inserted = await client.from('projects').insert({ tenant: 'A', id: 3 })
    expect(inserted).toMatchObject({ status: 201, data: null, error: null })
    const updated = await client.from('projects').update({ name: 'x' }).eq('tenant', 'A')
    expect(updated).toMatchObject({ status: 204, data: null, error: null })
    const deleted = await client.from('projects').delete().eq('tenant', 'A')
    expect(deleted).toMatchObject({ status: 204, data: null, error: null })
    expect(await names()).toEqual(['other'])
  })

  it('needs no right to read, also where a column is composite', async () => {
    const client = api.gateway.client()
    expect((await client.from('blind').insert({ id: 1, note: 'a', pair: { a: 1, b: 2 } })).error).toBeNull()
    const { error } = await client.from('blind').insert({ id: 2 }).select()
    expect(error).toMatchObject({ code: '42501' })
    expect(await api.database.query('select id, note, pair::text from blind')).toEqual([
      { id: 1, note: 'a', pair: '(1,2)' },
    ])
  })

  it('is the rows on request, with what they point to', async () => {
    const { data, status } = await api.gateway
      .client()
      .from('tasks')
      .insert({ tenant: 'A', id: 9, project_id: 2, title: 'new' })
      .select('title, projects(name)')
      .single()
    expect(status).toBe(201)
    expect(data).toEqual({ title: 'new', projects: { name: 'two' } })
  })

  it('is the row as it has become, though it no longer matches its filter', async () => {
    const { data, error } = await api.gateway
      .client()
      .from('projects')
      .update({ version: 2, name: 'renamed' })
      .eq('tenant', 'A')
      .eq('id', 1)
      .eq('version', 1)
      .select('label:name, version, tasks(title)')
      .single()
    expect(error).toBeNull()
    expect(data).toEqual({ label: 'renamed', version: 2, tasks: [{ title: 'first' }, { title: 'second' }] })
  })

  it('counts what was changed', async () => {
    const { count } = await api.gateway
      .client()
      .from('projects')
      .update({ name: 'x' }, { count: 'exact' })
      .eq('tenant', 'A')
    expect(count).toBe(2)
  })

  it('says where the row is, on request', async () => {
    const response = await api.request('/projects', {
      method: 'POST',
      body: '{"tenant":"C","id":1}',
      headers: { Prefer: 'return=headers-only' },
    })
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe('/projects?tenant=eq.C&id=eq.1')
  })
})

describe('many rows at once', () => {
  const rows = [
    { tenant: 'C', id: 1, name: 'named' },
    { tenant: 'C', id: 2 },
  ]

  it('have null where a row lacks a column that another has', async () => {
    const { error } = await api.gateway.client().from('projects').insert(rows)
    expect(error).toMatchObject({ code: '23502' })
    expect(await names()).toEqual(['one', 'two', 'other'])
  })

  it('have its default there on request', async () => {
    const { data } = await api.gateway
      .client()
      .from('projects')
      .insert(rows, { defaultToNull: false })
      .select('name, version')
    expect(data).toEqual([
      { name: 'named', version: 1 },
      { name: 'unnamed', version: 1 },
    ])
  })
})

describe('upsert on a composite key', () => {
  it('updates what is there and inserts the rest', async () => {
    const { data, error } = await api.gateway
      .client()
      .from('projects')
      .upsert(
        [
          { tenant: 'A', id: 1, name: 'renamed' },
          { tenant: 'A', id: 3, name: 'three' },
        ],
        { onConflict: 'tenant,id' },
      )
      .select('id, name')
    expect(error).toBeNull()
    expect(data).toEqual([
      { id: 1, name: 'renamed' },
      { id: 3, name: 'three' },
    ])
    expect(await names()).toEqual(['renamed', 'two', 'three', 'other'])
  })

  it('leaves what is there on request', async () => {
    const { data } = await api.gateway
      .client()
      .from('projects')
      .upsert(
        [
          { tenant: 'A', id: 1, name: 'renamed' },
          { tenant: 'A', id: 3, name: 'three' },
        ],
        { onConflict: 'tenant,id', ignoreDuplicates: true },
      )
      .select('id')
    expect(data).toEqual([{ id: 3 }])
    expect(await names()).toEqual(['one', 'two', 'three', 'other'])
  })
})

describe('a failing write', () => {
  it('changes nothing when one of many rows fails', async () => {
    const { error } = await api.gateway
      .client()
      .from('projects')
      .insert([
        { tenant: 'A', id: 3 },
        { tenant: 'A', id: 1 },
      ])
    expect(error).toMatchObject({ code: '23505' })
    expect(await names()).toEqual(['one', 'two', 'other'])
  })

  it('changes nothing when it touches more rows than the one that was asked for', async () => {
    const { error, status } = await api.gateway
      .client()
      .from('projects')
      .update({ name: 'x' })
      .eq('tenant', 'A')
      .select()
      .single()
    expect(status).toBe(406)
    expect(error).toMatchObject({ code: 'PGRST116', details: 'The result contains 2 rows' })
    expect(await names()).toEqual(['one', 'two', 'other'])
  })

  it('finds no row for a stale version, and says so', async () => {
    const { error } = await api.gateway
      .client()
      .from('projects')
      .update({ name: 'x', version: 3 })
      .eq('tenant', 'A')
      .eq('id', 1)
      .eq('version', 2)
      .select()
      .single()
    expect(error).toMatchObject({ code: 'PGRST116', details: 'The result contains 0 rows' })
  })
})

it('deletes by a composite key and takes along what belongs to it', async () => {
  const { data } = await api.gateway
    .client()
    .from('projects')
    .delete()
    .eq('tenant', 'A')
    .eq('id', 1)
    .select('id')
  expect(data).toEqual([{ id: 1 }])
  expect(await api.database.query('select title from tasks')).toEqual([{ title: 'foreign' }])
})
