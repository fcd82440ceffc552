/*
 * How many rows there are, exactly or about, and the forms in which they come.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataApi, startDataApi } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create table public.many (id int primary key, half int, note text);
    create table public.few (id int primary key, note text, amount numeric, at timestamptz, words text[], data json);
    grant select on public.many, public.few to anon;
    insert into many select n, n / 2, null from generate_series(1, 3000) as n;
    insert into few values (1, null, 1.50, '2026-01-02 03:04:05+00', '{a,"b c"}', '{"k":null}'), (2, 'a,"b"', null, null, null, null);
    analyze many;
    analyze few;
  `)
})
afterAll(() => api[Symbol.asyncDispose]())

const read = (path: string, headers: Record<string, string>, method = 'GET') =>
  api.request(path, { method, headers })

describe('a count', () => {
  it.each([
    ['exact', '/many', '0-999/3000', 206],
    ['exact', '/many?id=lte.10', '0-9/10', 200],
    ['exact', '/many?id=lt.0', '*/0', 200],
    ['exact', '/many?limit=10&offset=2995', '2995-2999/3000', 206],
    ['exact', '/many?limit=10&offset=3000', '*/3000', 206],
    ['exact', '/many?limit=0', '*/3000', 206],
    ['planned', '/many', '0-999/3000', 206],
    ['planned', '/few', '0-1/2', 200],
    ['estimated', '/many', '0-999/3000', 206],
    ['estimated', '/many?id=lte.10', '0-9/10', 200],
    // The planner never expects less than one.
    ['estimated', '/many?id=lt.0', '*/0', 200],
  ])('that is %s of %s is %s', async (kind, path, range, status) => {
    for (const method of ['GET', 'HEAD']) {
      const response = await read(path, { Prefer: `count=${kind}` }, method)
      expect([response.status, response.headers.get('content-range')]).toEqual([status, range])
      expect(response.headers.get('preference-applied')).toBe(`count=${kind}`)
    }
  })

  it('that nobody asks for is not made', async () => {
    const response = await read('/many?limit=5', {})
    expect([response.status, response.headers.get('content-range')]).toEqual([200, '0-4/*'])
  })
})

describe('a range', () => {
  it.each([
    ['0-4', '0-4/*', 5],
    ['10-', '10-1009/*', 1000],
    ['nonsense', '0-999/*', 1000],
  ])('of %s', async (range, shown, rows) => {
    const response = await read('/many?order=id', { Range: range })
    expect(response.headers.get('content-range')).toBe(shown)
    expect(await response.json()).toHaveLength(rows)
  })

  it.each([
    ['/many', { Range: '5-2' }],
    ['/many?limit=-1', {}],
    ['/many?offset=5000', { Prefer: 'count=exact' }],
  ])('outside is 416: %s %j', async (path, headers) => {
    const response = await read(path, headers as Record<string, string>)
    expect(response.status).toBe(416)
    expect(await response.json()).toMatchObject({ code: 'PGRST103' })
  })
})

describe('a form', () => {
  it('leaves out nulls, where one is asked for that does', async () => {
    const accept = 'application/vnd.pgrst.array+json;nulls=stripped'
    const response = await read('/few?select=id,note,amount&order=id', { Accept: accept })
    expect(await response.json()).toEqual([
      { id: 1, amount: 1.5 },
      { id: 2, note: 'a,"b"' },
    ])
    const one = await read('/few?id=eq.1&select=id,note', {
      Accept: 'application/vnd.pgrst.object+json;nulls=stripped',
    })
    expect(await one.json()).toEqual({ id: 1 })
    expect(one.headers.get('content-type')).toBe(
      'application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8',
    )
  })

  it('is csv as Postgres writes it', async () => {
    const response = await read('/few?order=id', { Accept: 'text/csv' })
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(await response.text()).toBe(
      'id,note,amount,at,words,data\n' +
        '1,,1.50,"2026-01-02 03:04:05+00","{a,""b c""}","{""k"":null}"\n' +
        '2,"a,""b""",,,,',
    )
  })

  it.each([
    ['text/html, application/json;q=0.5, text/csv;q=0.4', 'application/json; charset=utf-8'],
    ['text/csv;q=0.9, */*;q=0.1', 'text/csv; charset=utf-8'],
  ])('is the first that there is of %s', async (accept, type) => {
    expect((await read('/few', { Accept: accept })).headers.get('content-type')).toBe(type)
  })
})

it('answers times in the zone that is asked for', async () => {
  const response = await read('/few?id=eq.1&select=at', { Prefer: 'timezone=America/New_York' })
  expect(await response.json()).toEqual([{ at: '2026-01-01T22:04:05-05:00' }])
  expect(response.headers.get('preference-applied')).toBe('timezone=America/New_York')
})

it('says where what it answers is', async () => {
  const response = await read('/many?id=lt.3&select=id&order=id', {})
  expect(response.headers.get('content-location')).toBe('/many?id=lt.3&order=id&select=id')
})
