/*
 * What a request says beside its parameters: target, method, schema, ranges, preferences and media types.
 */
import { describe, expect, it } from 'vitest'
import { canonicalQuery } from '../../../../local/services/data-api/request/index.ts'
import { read, refusal } from './read.ts'

describe('target and method', () => {
  it.each([
    ['/projects', { kind: 'relation', name: 'projects' }],
    ['/Order%20Items', { kind: 'relation', name: 'Order Items' }],
    ['/%D9%85', { kind: 'relation', name: 'م' }],
    ['/a+b;c', { kind: 'relation', name: 'a+b;c' }],
    ['/rpc', { kind: 'relation', name: 'rpc' }],
    ['/rpc/order', { kind: 'function', name: 'order' }],
    ['/rpc/fullName?', { kind: 'function', name: 'fullName' }],
    ['/', { kind: 'root' }],
    ['', { kind: 'root' }],
    ['/?apikey=x', { kind: 'root' }],
  ])('%s', async (path, target) => {
    expect(await read(path)).toMatchObject({ query: [] })
    expect((await read(path)).target).toEqual(target)
  })

  it.each(['/a/b', '/a/', '/rpc/a/b', '//'])('%s is no path', async (path) => {
    expect(await refusal(path)).toMatchObject({
      status: 404,
      code: 'PGRST125',
      message: 'Invalid path specified in request URL',
    })
  })

  it.each([
    ['/rpc/f', 'DELETE', 'PGRST101', 'Cannot use the DELETE method on RPC'],
    ['/rpc/f', 'PATCH', 'PGRST101', 'Cannot use the PATCH method on RPC'],
    ['/t', 'PROPFIND', 'PGRST117', 'Unsupported HTTP method: PROPFIND'],
    ['/', 'POST', 'PGRST117', 'Unsupported HTTP method: POST'],
  ])('%s does not know %s', async (path, method, code, message) => {
    expect(await refusal(path, { method })).toMatchObject({ status: 405, code, message })
  })

  it.each(['/%FF', '/t?a=eq.%FF', '/t?a=eq.%C0%80', '/t?a%00=eq.1', '/%00', '/t?a=eq.%ED%A0%80'])(
    '%s is no text',
    async (path) => {
      expect(await refusal(path)).toMatchObject({ status: 400, code: 'PGRST100' })
    },
  )

  it('a query may have a mebibyte, and ends with the fragment', async () => {
    const longest = `a=eq.${'x'.repeat(2 ** 20 - 5)}`
    expect((await read(`/t?${longest}`)).query).toHaveLength(1)
    expect(await refusal(`/t?${longest}x`)).toMatchObject({ status: 400, code: 'PGRST100' })
    expect(await read('/t#a?b=eq.1')).toMatchObject({ target: { kind: 'relation', name: 't' }, query: [] })
  })

  it('a semicolon separates parameters as an ampersand does, and what is no separator does not', async () => {
    expect((await read('/t?a=eq.1;b=eq.2;&c=eq.3:4<5%3B6')).query).toEqual([
      ['a', 'eq.1'],
      ['b', 'eq.2'],
      ['c', 'eq.3:4<5;6'],
    ])
  })

  it('what is percent-encoded wrongly stands for itself', async () => {
    const { query } = await read('/t?a=eq.100%&b+c=like.%zz%41;d&e=eq.é&&f')
    expect(query).toEqual([
      ['a', 'eq.100%'],
      ['b c', 'like.%zzA'],
      ['d', undefined],
      ['e', 'eq.é'],
      ['f', undefined],
    ])
    expect(
      canonicalQuery([
        ['b', '1'],
        ['a', 'x y'],
        ['b', '(2)'],
        ['c', undefined],
      ]),
    ).toBe('a=x%20y&b=1,%282%29&c=')
  })
})

describe('schema', () => {
  it.each([
    ['GET', 'accept-profile'],
    ['HEAD', 'accept-profile'],
    ['POST', 'content-profile'],
    ['PATCH', 'content-profile'],
    ['PUT', 'content-profile'],
    ['DELETE', 'content-profile'],
  ])('of %s is asked for by %s', async (method, header) => {
    const body = ['POST', 'PATCH', 'PUT'].includes(method) ? '{}' : null
    const init = { method, body, headers: { 'content-type': 'application/json' } }
    expect(await read('/t', init)).toMatchObject({ schema: 'public', isProfiled: true })
    const headers = { ...init.headers, [header]: 'private' }
    expect(await read('/t', { ...init, headers })).toMatchObject({ schema: 'private', isProfiled: true })
    expect(await refusal('/t', { ...init, headers: { ...headers, [header]: 'secret' } })).toMatchObject({
      status: 406,
      code: 'PGRST106',
      message: 'Invalid schema: secret',
      hint: 'Only the following schemas are exposed: public, private',
    })
  })
})

describe('ranges', () => {
  const top = (offset: number, limit: number | null) => [{ path: [], value: { offset, limit } }]

  it.each([
    ['/t', undefined, []],
    ['/t?limit=5', undefined, top(0, 5)],
    ['/t?offset=5', undefined, top(5, null)],
    ['/t?limit=5&offset=10', undefined, top(10, 5)],
    ['/t?limit=0', undefined, top(0, 0)],
    ['/t?limit=0', '5-9', top(0, 0)],
    ['/t?offset=-4', undefined, []],
    ['/t?limit=5&offset=-2', undefined, top(0, 3)],
    ['/t?limit=x&offset=1e3', undefined, []],
    ['/t?limit=1&limit=2', undefined, top(0, 2)],
    ['/t', '0-9', top(0, 10)],
    ['/t', '10-', top(10, null)],
    ['/t', 'items=0-9', []],
    ['/t', '-9', []],
    ['/t', '0-x', []],
    ['/t?limit=5&offset=2', '4-20', top(4, 3)],
    ['/t?limit=5&offset=2', '2-3', top(2, 2)],
    ['/t?limit=90', undefined, top(0, 90)],
    ['/t?limit=1:', undefined, []],
    ['/t?limit=1/', undefined, []],
    [`/t?limit=${'1'.repeat(20)}`, undefined, top(0, Number('1'.repeat(20)))],
    [`/t?limit=${'1'.repeat(21)}`, undefined, []],
    ['/t', '0-0', top(0, 1)],
    ['/t', '5-5', top(5, 1)],
    ['/t', '0-', []],
    ['/t', '12', []],
    ['/t?a.limit=3', undefined, [{ path: ['a'], value: { offset: 0, limit: 3 } }]],
    ['/t?a.limit=x', undefined, []],
    ['/t?a.limit=x&a.offset=2', undefined, [{ path: ['a'], value: { offset: 2, limit: null } }]],
    [
      '/t?a.limit=3&a.offset=1&b.c.offset=2',
      undefined,
      [
        { path: ['a'], value: { offset: 1, limit: 3 } },
        { path: ['b', 'c'], value: { offset: 2, limit: null } },
      ],
    ],
  ])('%s with Range %s', async (path, range, expected) => {
    expect((await read(path, { headers: range ? { range } : {} })).ranges).toEqual(expected)
  })

  const limitDetails = 'Limit should be greater than or equal to zero.'
  it.each([
    ['/t?limit=-1', undefined, limitDetails],
    ['/t?limit=0&offset=10', undefined, limitDetails],
    ['/t?limit=5', '10-20', limitDetails],
    [
      '/t',
      '9-0',
      'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
    ],
  ])('%s with Range %s cannot be satisfied', async (path, range, details) => {
    expect(await refusal(path, { headers: range ? { range } : {} })).toMatchObject({
      status: 416,
      code: 'PGRST103',
      message: 'Requested range not satisfiable',
      details,
    })
  })

  it('Range counts with GET alone, and PUT has neither limit nor offset', async () => {
    expect((await read('/t', { method: 'HEAD', headers: { range: '0-9' } })).ranges).toEqual([])
    const put = { method: 'PUT', body: '{"id":1}', headers: { 'content-type': 'application/json' } }
    expect(await refusal('/t?id=eq.1&limit=1', put)).toMatchObject({ status: 400, code: 'PGRST114' })
    expect((await read('/t?id=eq.1', put)).ranges).toEqual([])
  })
})

describe('preferences', () => {
  it.each([
    [undefined, { invalid: [] }],
    ['count=exact', { count: 'exact', invalid: [] }],
    [
      'resolution=ignore-duplicates, count=exact, timezone=America/Los_Angeles, max-affected=100',
      {
        resolution: 'ignore-duplicates',
        count: 'exact',
        timezone: 'America/Los_Angeles',
        maxAffected: 100,
        invalid: [],
      },
    ],
    [
      'count=exact,    tx=commit   ,return=representation , missing=default, handling=strict, anything',
      {
        count: 'exact',
        transaction: 'commit',
        representation: 'representation',
        missing: 'default',
        handling: 'strict',
        invalid: ['anything'],
      },
    ],
    ['tx=commit, tx=rollback', { transaction: 'commit', invalid: [] }],
    ['return=minimal,return=headers-only', { representation: 'minimal', invalid: [] }],
    ['max-affected=many,missing=null', { missing: 'null', invalid: [] }],
    ['count=Exact, __proto__=1', { invalid: ['count=Exact', '__proto__=1'] }],
  ])('%s', async (prefer, expected) => {
    expect((await read('/t', { headers: prefer ? { prefer } : {} })).preferences).toEqual(expected)
  })
})

describe('media types', () => {
  it.each([
    [undefined, [['*/*', {}]]],
    ['application/json', [['application/json', {}]]],
    [
      'Application/VND.pgrst.object+json; Nulls=stripped',
      [['application/vnd.pgrst.object+json', { nulls: 'stripped' }]],
    ],
    [
      'text/csv;q=0.5, application/json, */*;q=0.1',
      [
        ['application/json', {}],
        ['text/csv', {}],
        ['*/*', {}],
      ],
    ],
    [
      '*/*, text/*, text/csv, text/csv;header=present',
      [
        ['text/csv', { header: 'present' }],
        ['text/csv', {}],
        ['text/*', {}],
        ['*/*', {}],
      ],
    ],
    [
      'application/vnd.pgrst.plan+json; for="text/csv;x"; options=analyze|verbose',
      [['application/vnd.pgrst.plan+json', { for: 'text/csv;x', options: 'analyze|verbose' }]],
    ],
    ['nonsense', [['nonsense', {}]]],
    ['a/b;x="', [['a/b', { x: '"' }]]],
    ['a/b;x=""', [['a/b', { x: '' }]]],
    ['a/b;x="1', [['a/b', { x: '"1' }]]],
    ['a/b;x=1"', [['a/b', { x: '1"' }]]],
    ['a/b;=1', [['a/b', { '': '1' }]]],
    ['a/b;x', [['a/b', {}]]],
  ])('Accept: %s', async (accept, expected) => {
    const { accept: types } = await read('/t', { headers: accept ? { accept } : {} })
    expect(types.map(({ name, parameters }) => [name, Object.fromEntries(parameters)])).toEqual(expected)
  })
})
