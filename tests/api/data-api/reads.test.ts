/*
 * Reading: embedding over composite keys, filters that mean what they say, ranges, counts and formats.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataApi, startDataApi } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create table public.projects (tenant text, id int, name text, primary key (tenant, id));
    create table public.tasks (tenant text, id int, project_id int, title text, primary key (tenant, id),
      foreign key (tenant, project_id) references public.projects (tenant, id));
    create table public.words (id bigint primary key, word text, tags text[] not null default '{}', data jsonb);
    create table public.accounts (id bigint primary key, name text);
    create table public.numbers (id int primary key);
    create function public.all_numbers() returns setof public.numbers language sql stable as 'select * from numbers order by id';
    grant select on public.projects, public.tasks, public.words, public.accounts, public.numbers to anon;
    insert into projects values ('A', 1, 'one'), ('B', 1, 'other');
    insert into tasks values ('A', 1, 1, 'first'), ('A', 2, 1, 'second'), ('B', 1, 1, 'foreign'), ('B', 2, null, 'loose');
    insert into words values (1, '1e5', '{a,b}', '{"n":1}'), (2, 'null', '{a}', '[1]'), (3, '1.0', '{b}', null), (4, 'true', '{}', null),
      (5, '"quoted"', '{}', null), (6, ' spaced ', '{}', null), (7, '100000', '{}', null), (8, 'a,b', '{}', null);
    insert into accounts values (9007199254740992, 'even'), (9007199254740993, 'odd');
    insert into numbers select generate_series(1, 1500);
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

describe('embedding over a composite key', () => {
  it('finds the parent in the same tenant', async () => {
    const { data } = await api.gateway
      .client()
      .from('tasks')
      .select('title, projects(name)')
      .order('tenant')
      .order('id')
    expect(data).toEqual([
      { title: 'first', projects: { name: 'one' } },
      { title: 'second', projects: { name: 'one' } },
      { title: 'foreign', projects: { name: 'other' } },
      { title: 'loose', projects: null },
    ])
  })

  it('finds the children in the same tenant, filtered and counted', async () => {
    const client = api.gateway.client()
    const { data } = await client
      .from('projects')
      .select('name, tasks(title)')
      .eq('tasks.title', 'second')
      .order('tenant')
    expect(data).toEqual([
      { name: 'one', tasks: [{ title: 'second' }] },
      { name: 'other', tasks: [] },
    ])
    const { data: counted } = await client.from('projects').select('name, tasks(count)').order('tenant')
    expect(counted).toEqual([
      { name: 'one', tasks: [{ count: 2 }] },
      { name: 'other', tasks: [{ count: 1 }] },
    ])
  })

  it('reads alternatives between the conditions on children as they are written', async () => {
    const response = await api.request(
      '/projects?select=name,tasks(title)&tasks.or=(title.eq.null,title.eq.first)&order=tenant',
    )
    expect(await response.json()).toEqual([
      { name: 'one', tasks: [{ title: 'first' }] },
      { name: 'other', tasks: [] },
    ])
  })

  it('leaves out parents without a match when they are asked for inner', async () => {
    const { data } = await api.gateway
      .client()
      .from('projects')
      .select('name, tasks!inner(title)')
      .eq('tasks.title', 'foreign')
    expect(data).toEqual([{ name: 'other', tasks: [{ title: 'foreign' }] }])
  })
})

describe('a filter', () => {
  it.each([
    ['word=eq.1e5', [1]],
    ['word=eq.null', [2]],
    ['word=eq.1.0', [3]],
    ['word=eq.true', [4]],
    ['word=eq."quoted"', [5]],
    ['word=eq. spaced ', [6]],
    ['word=eq.a,b', [8]],
    ['word=in.(1e5,null,"a,b")', [1, 2, 8]],
    ['word=like.1*', [1, 3, 7]],
    ['id=neq.1&id=neq.2&id=lt.5', [3, 4]],
    ['id=not.eq.1&id=not.eq.2&id=lt.5', [3, 4]],
    ['tags=cs.{a}&tags=cs.{b}', [1]],
    ['tags=ov.{a,b}', [1, 2, 3]],
    ['data=cs.{"n":1}', [1]],
    ['data=cs.[1]', [2]],
    ['data->>n=eq.1', [1]],
    ['or=(id.eq.1,and(id.gt.6,word.neq.x))', [1, 7, 8]],
    ['or=(word.eq.1e5,word.eq.null,word.eq.1.0)', [1, 2, 3]],
    ['or=(word.eq.true, word.eq."a,b",word.in.(1e5,null,"a,b"))', [1, 2, 4, 8]],
    ['or=(word.eq. spaced ,word.eq."(x)",and(word.not.eq.null,id.lt.4))', [1, 3, 6]],
    ['not.or=(word.eq.null,id.gt.3)', [1, 3]],
    ['and=(word.neq.1.0,or(word.gt."1",word.eq.x),id.lt.4,data.not.is.null)', [1, 2]],
    ['id=gte.2&id=lt.4', [2, 3]],
    ['data=is.null&id=lt.5', [3, 4]],
  ])('%s finds %j', async (query, ids) => {
    const response = await api.request(`/words?select=id&order=id&${encodeURI(query)}`)
    expect(await response.json()).toEqual(ids.map((id) => ({ id })))
  })
})

it.each(['id=eq.9007199254740993', 'or=(id.eq.9007199254740993,id.lt.0)', 'and=(id.gt.9007199254740992)'])(
  'knows integers past 2^53 apart: %s',
  async (query) => {
    const response = await api.request(`/accounts?select=name&${query}`)
    expect(await response.json()).toEqual([{ name: 'odd' }])
  },
)

describe('how many rows', () => {
  it('come is limited by max_rows, for tables and functions, and counted past it', async () => {
    const client = api.gateway.client()
    const { data, count, status } = await client.from('numbers').select('id', { count: 'exact' })
    expect(data).toHaveLength(1000)
    expect({ count, status }).toEqual({ count: 1500, status: 206 })
    expect((await client.rpc('all_numbers')).data).toHaveLength(1000)
    expect((await client.from('numbers').select('id').limit(5000)).data).toHaveLength(1000)
  })

  it('can be asked for as a range', async () => {
    const { data } = await api.gateway.client().from('numbers').select('id').order('id').range(10, 12)
    expect(data).toEqual([{ id: 11 }, { id: 12 }, { id: 13 }])
    const response = await api.request('/numbers?select=id&order=id', {
      headers: { Range: '0-1', 'Range-Unit': 'items', Prefer: 'count=exact' },
    })
    expect(response.headers.get('content-range')).toBe('0-1/1500')
    expect(response.status).toBe(206)
  })

  it('past the end is 416', async () => {
    const response = await api.request('/numbers?offset=2000', { headers: { Prefer: 'count=exact' } })
    expect(response.status).toBe(416)
    expect(await response.json()).toMatchObject({
      code: 'PGRST103',
      details: 'An offset of 2000 was requested, but there are only 1500 rows.',
    })
  })

  it('can be asked for alone', async () => {
    const { count, data } = await api.gateway
      .client()
      .from('numbers')
      .select('*', { count: 'exact', head: true })
    expect({ count, data }).toEqual({ count: 1500, data: null })
  })

  it.each([
    ['id=eq.7', 200],
    ['id=lt.3', 406],
    ['id=lt.0', 406],
  ])('is one or an error where one is asked for: %s is %i', async (query, status) => {
    const response = await api.request(`/numbers?${query}`, {
      headers: { Accept: 'application/vnd.pgrst.object+json' },
    })
    expect(response.status).toBe(status)
    const body = await response.json()
    expect(body).toMatchObject(status === 200 ? { id: 7 } : { code: 'PGRST116' })
  })
})

it('writes csv', async () => {
  const { data } = await api.gateway
    .client()
    .from('tasks')
    .select('title, project_id')
    .eq('tenant', 'B')
    .order('id')
    .csv()
  expect(data).toBe('title,project_id\nforeign,1\nloose,')
})

it('refuses a format that it does not have', async () => {
  const response = await api.request('/numbers', { headers: { Accept: 'application/pdf' } })
  expect(response.status).toBe(406)
  expect(await response.json()).toMatchObject({ code: 'PGRST107' })
})
