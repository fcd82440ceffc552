/*
 * What is answered to what a statement has given: status, headers and refusals. No database is asked.
 */
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../../local/services/data-api/plan/index.ts'
import { readRequest } from '../../../local/services/data-api/request/index.ts'
import { allowedMethodsResponse } from '../../../local/services/data-api/response/allowed-methods.ts'
import { contentRange, rangeStatus } from '../../../local/services/data-api/response/content-range.ts'
import { requireAskedRows, respond } from '../../../local/services/data-api/response/index.ts'
import { raisedResponse } from '../../../local/services/data-api/response/raised-response.ts'
import { applyResponseSettings } from '../../../local/services/data-api/response/response-settings.ts'
import { statusOfSqlState } from '../../../local/services/data-api/response/sqlstate.ts'
import type { StatementRow } from '../../../local/services/data-api/statement/index.ts'
import { cinema, planOf } from './plan/cinema.ts'

const none = {
  body: '[]',
  rows: '0',
  total: null,
  location: null,
  inserted: null,
  status: null,
  headers: null,
}

const initOf = (method: string, prefer = '', accept = 'application/json'): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json', prefer, accept },
  ...(['POST', 'PATCH', 'PUT'].includes(method) && { body: '{"id":1}' }),
})

/** The answer to a request of which the statement gave this row. */
async function answerTo(
  init: RequestInit,
  path: string,
  row: Partial<StatementRow> & { rows: string },
  chosenEnd?: 'commit' | 'rollback',
) {
  const request = await readRequest(new Request(`http://localhost/rest/v1${path}`, init), {
    prefix: '/rest/v1',
    schemas: ['public'],
  })
  const plan = await planOf(path, init)
  const total = row.total == null ? null : Number(row.total)
  return respond(plan, request, { ...none, ...row }, { rows: Number(row.rows), total, chosenEnd })
}

describe('a write', () => {
  const [merge, shown] = ['resolution=merge-duplicates', 'return=representation']
  it.each<[string, string, string, Partial<StatementRow> & { rows: string }, number, string | null]>([
    ['POST', '/films', '', { rows: '2' }, 201, '*/*'],
    ['POST', '/films', 'count=exact', { rows: '2' }, 201, '*/2'],
    ['POST', '/films', 'count=estimated', { rows: '2' }, 201, '*/2'],
    ['POST', '/films', 'count=planned', { rows: '2' }, 201, '*/*'],
    ['POST', '/films', 'resolution=ignore-duplicates', { rows: '0' }, 201, '*/*'],
    ['POST', '/films', merge, { rows: '1', inserted: '1' }, 201, '*/*'],
    ['POST', '/films', merge, { rows: '1', inserted: '0' }, 200, '*/*'],
    ['POST', '/films', merge, { rows: '1' }, 200, '*/*'],
    ['PUT', '/films?id=eq.1', shown, { rows: '1', inserted: '1' }, 201, null],
    ['PUT', '/films?id=eq.1', shown, { rows: '1', inserted: '0' }, 200, null],
    ['PUT', '/films?id=eq.1', shown, { rows: '1' }, 200, null],
    ['PUT', '/films?id=eq.1', '', { rows: '1', inserted: '1' }, 204, null],
    ['PATCH', '/films?id=eq.1', '', { rows: '2' }, 204, '0-1/*'],
    ['PATCH', '/films?id=eq.1', `${shown},count=exact`, { rows: '2' }, 200, '0-1/2'],
    ['PATCH', '/films?id=eq.1', 'count=exact', { rows: '0' }, 204, '*/0'],
    ['DELETE', '/films?id=eq.1', '', { rows: '2' }, 204, '*/*'],
    ['DELETE', '/films?id=eq.1', `${shown},count=exact`, { rows: '2' }, 200, '*/2'],
  ])(
    '%s %s with %j that gave %j is answered with %i and %s',
    async (method, path, prefer, row, status, range) => {
      const answer = await answerTo(initOf(method, prefer), path, row)
      expect([answer.status, answer.headers.get('content-range')]).toEqual([status, range])
      const isShown = prefer.includes(shown)
      expect([await answer.text(), answer.headers.get('content-type')]).toEqual(
        isShown ? ['[]', 'application/json; charset=utf-8'] : ['', null],
      )
      expect(answer.headers.get('location')).toBeNull()
    },
  )

  it('of one row tells where it is', async () => {
    const init = initOf('POST', 'return=headers-only')
    const at = async (path: string, location: string) =>
      (await answerTo(init, path, { rows: '1', location })).headers.get('location')
    expect(await at('/films', '["1"]')).toBe('/films?id=eq.1')
    expect(await at('/films', '["a (b)"]')).toBe('/films?id=eq.a%20%28b%29')
    expect(await at('/films', '[null]')).toBe('/films?id=is.null')
  })

  it.each([
    [
      'POST',
      '/films',
      'resolution=merge-duplicates, missing=default',
      'resolution=merge-duplicates, missing=default',
    ],
    ['POST', '/films?on_conflict=title', 'resolution=ignore-duplicates', 'resolution=ignore-duplicates'],
    ['POST', '/films', 'return=minimal, count=exact', 'return=minimal, count=exact'],
    ['POST', '/films', 'handling=strict, max-affected=3', 'handling=strict'],
    ['PATCH', '/films?id=eq.1', 'missing=default, resolution=merge-duplicates', 'missing=default'],
    ['PATCH', '/films?id=eq.1', 'handling=strict, max-affected=3', 'handling=strict, max-affected=3'],
    ['DELETE', '/films?id=eq.1', 'missing=default, max-affected=3', null],
    ['GET', '/films', 'return=minimal, missing=default', null],
    ['GET', '/films', 'count=exact, timezone=UTC', 'count=exact, timezone=UTC'],
  ])('%s %s with %j says what counted: %s', async (method, path, prefer, applied) => {
    const answer = await answerTo(initOf(method, prefer), path, { rows: '0' })
    expect(answer.headers.get('preference-applied')).toBe(applied)
  })

  it('that ends otherwise than it would says so', async () => {
    const answer = await answerTo(initOf('POST', 'tx=rollback'), '/films', { rows: '1' }, 'rollback')
    expect(answer.headers.get('preference-applied')).toBe('tx=rollback')
  })
})

describe('a read', () => {
  it('tells which rows, and has no body for HEAD', async () => {
    const row = { body: '[1]', rows: '1', total: '3' }
    const got = await answerTo(initOf('GET', 'count=exact'), '/films?limit=1&id=gt.0', row)
    expect([got.status, got.headers.get('content-range'), await got.text()]).toEqual([206, '0-0/3', '[1]'])
    expect(got.headers.get('content-location')).toBe('/films?id=gt.0&limit=1')
    const plain = await answerTo(initOf('HEAD'), '/films', { body: '[1]', rows: '1' })
    expect([plain.status, plain.headers.get('content-range'), await plain.text()]).toEqual([200, '0-0/*', ''])
    expect(plain.headers.get('content-location')).toBe('/films')
    const bytes = await answerTo(initOf('GET'), '/films', { body: Buffer.from([1, 2]), rows: '1' })
    expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([1, 2])
    expect(await (await answerTo(initOf('GET'), '/films', { body: null, rows: '1' })).text()).toBe('')
  })

  it('leaves out where what it answers is, and what is deprecated, where a client may not take such a header', async () => {
    const headerOf = async (name: string, path: string) =>
      (await answerTo(initOf('GET'), path, { body: '[]', rows: '0' })).headers.get(name)
    const location = (length: number) => headerOf('content-location', `/films?id=eq.${'1'.repeat(length)}`)
    const prefix = '/films?id=eq.'.length
    expect(await location(4096 - prefix)).toHaveLength(4096)
    expect(await location(4097 - prefix)).toBeNull()
    const warning = (length: number) => {
      const alias = 'a'.repeat(length)
      return headerOf('warning', `/films?select=${alias}:actors(name)&actors.name=eq.x`)
    }
    expect(await warning(10)).toContain('aaaaaaaaaa')
    expect(await warning(4096)).toBeNull()
  })

  it.each([
    [0, 0, null, '*/*', 200],
    [0, 1, null, '0-0/*', 200],
    [9, 1, null, '9-9/*', 200],
    [0, 0, 5, '*/5', 206],
    [5, 2, 10, '5-6/10', 206],
    [0, 5, 5, '0-4/5', 200],
    [5, 0, 5, '*/5', 206],
    [0, 0, 0, '*/0', 200],
    [0, 1, 0, '*/0', 200],
  ])('from %i on of %i rows of %s is %s and %i', (offset, rows, total, range, status) => {
    expect([contentRange(offset, rows, total), rangeStatus(offset, rows, total)]).toEqual([range, status])
  })

  it('past the end is none', () => {
    expect(() => rangeStatus(6, 0, 5)).toThrow(expect.objectContaining({ status: 416, code: 'PGRST103' }))
  })
})

it.each([
  ['/', 'OPTIONS,GET,HEAD'],
  ['/films', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'],
  ['/roles', 'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE'],
  // One row is put where its key says.
  ['/notes', 'OPTIONS,GET,HEAD,POST,PATCH,DELETE'],
  ['/inbox', 'OPTIONS,GET,HEAD,POST'],
  ['/rpc/find?words=x', 'OPTIONS,GET,HEAD,POST'],
  ['/rpc/add?a=1&b=2', 'OPTIONS,POST'],
])('OPTIONS %s says what may be asked: %s', async (path, allowed) => {
  const request = await readRequest(new Request(`http://localhost/rest/v1${path}`, { method: 'OPTIONS' }), {
    prefix: '/rest/v1',
    schemas: ['public'],
  })
  const answer = allowedMethodsResponse({ cache: cinema, maxRows: null, aggregates: true }, request)
  expect([answer.status, answer.headers.get('allow')]).toEqual([200, allowed])
})

describe('a number of rows', () => {
  const outcome = async (init: RequestInit, path: string, rows: number) => {
    const plan: Plan = await planOf(path, init)
    try {
      requireAskedRows(plan, rows)
      return 'fine'
    } catch (error) {
      const { status, code } = error as { status: number; code: string }
      return `${status} ${code}`
    }
  }
  const one = 'application/vnd.pgrst.object+json'

  it.each([
    [initOf('GET', '', one), '/films', ['406 PGRST116', 'fine', '406 PGRST116']],
    [initOf('GET'), '/films', ['fine', 'fine', 'fine']],
    [initOf('PUT', '', one), '/films?id=eq.1', ['400 PGRST115', 'fine', '400 PGRST115']],
    [initOf('DELETE', 'handling=strict, max-affected=1'), '/films?id=eq.1', ['fine', 'fine', '400 PGRST124']],
    [initOf('DELETE', 'max-affected=1'), '/films?id=eq.1', ['fine', 'fine', 'fine']],
    [initOf('GET', 'handling=strict, max-affected=1'), '/films', ['fine', 'fine', 'fine']],
  ])('of %j at %s: none, one and two', async (init, path, expected) => {
    expect(await Promise.all([0, 1, 2].map((rows) => outcome(init, path, rows)))).toEqual(expected)
  })
})

describe('what SQL asks of the answer', () => {
  it('is a status that there is, and headers', () => {
    const apply = (status: string | null, headers: string | null = null) => {
      const given = new Headers({ vary: 'a', etag: 'old' })
      try {
        return [applyResponseSettings(200, given, { status, headers }), Object.fromEntries(given)]
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    const kept = { vary: 'a', etag: 'old' }
    for (const status of ['199', '600', '200.5', 'x', '-1']) expect(apply(status), status).toBe('PGRST112')
    for (const status of ['200', '599', '404']) expect(apply(status)).toEqual([Number(status), kept])
    expect(apply(null, '[{"Vary":"b"},{"vary":"c"},{"x":"1"}]')).toEqual([
      200,
      { vary: 'b, c', etag: 'old', x: '1' },
    ])
    for (const headers of ['{}', '[{"a":"1","b":"2"}]', '[{"a":1}]', '[{"ä b":"1"}]', 'x'])
      expect(apply(null, headers), headers).toBe('PGRST111')
  })

  it('may be all of it', async () => {
    const message = '{"code":"a","message":"b","details":"c","hint":"d"}'
    const raised = async (text: string, detail: string | null) => {
      const answer = raisedResponse(text, detail)
      return [answer.status, await answer.json()]
    }
    expect(await raised(message, '{"status":402,"headers":{"x":"1"}}')).toEqual([402, JSON.parse(message)])
    for (const status of [200, 599]) {
      const answer = raisedResponse(message, `{"status":${status},"headers":{"x":"1"}}`)
      expect([answer.status, answer.headers.get('x')]).toEqual([status, '1'])
    }
    for (const [text, detail, details] of [
      ['x', '{"status":200,"headers":{}}', "Invalid JSON value for MESSAGE: 'x'"],
      [message, null, 'DETAIL is missing in the RAISE statement'],
      [message, 'x', "Invalid JSON value for DETAIL: 'x'"],
      ...[
        '{"status":199,"headers":{}}',
        '{"status":600,"headers":{}}',
        '{"status":200,"headers":{"ä b":"1"}}',
      ].map((text) => [message, text, `Invalid JSON value for DETAIL: '${text}'`] as const),
    ] as const)
      expect(await raised(text, detail)).toMatchObject([500, { code: 'PGRST121', details }])
  })

  it.each([
    ['PT200', 200],
    ['PT199', 500],
    ['PT599', 599],
    ['PT600', 500],
    ['PTabc', 500],
    ['F0000', 500],
    ['HV000', 500],
    ['P0000', 500],
    ['P0001', 400],
    ['XX000', 500],
    ['08006', 503],
    ['28000', 403],
    ['53400', 500],
    ['23505', 409],
    ['23514', 400],
    ['42P01', 404],
  ])('of a failure %s is %i', (code, status) => {
    expect(statusOfSqlState(code, '', false)).toBe(status)
  })

  it('of what a role may not do differs by whether it has signed in', () => {
    expect([true, false].map((isAnonymous) => statusOfSqlState('42501', '', isAnonymous))).toEqual([401, 403])
    expect(
      ['DELETE requires a WHERE clause', 'x'].map((text) => statusOfSqlState('21000', text, false)),
    ).toEqual([400, 500])
  })
})
