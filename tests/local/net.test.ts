import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Scheduler, startScheduler } from '../../local/scheduler/scheduler.ts'
import { openSession, type Session } from '../support/database/session.ts'
import { createDatabase, type TestDatabase } from '../support/stack/database.ts'

interface Received {
  method: string | undefined
  url: string | undefined
  headers: Record<string, unknown>
  body: string
}

let database: TestDatabase
let postgres: Session
let scheduler: Scheduler
let server: Server
let url: string
const received: Received[] = []

beforeAll(async () => {
  database = await createDatabase('platform')
  postgres = await openSession(database.url('postgres'))
  scheduler = await startScheduler({ databaseUrl: database.url, database: database.name })
  await postgres.query('create extension if not exists pg_net with schema extensions')
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    received.push({ method: request.method, url: request.url, headers: request.headers, body })
    if (request.url?.startsWith('/slow')) return
    if (request.url?.startsWith('/moved')) response.writeHead(302, { location: '/elsewhere' })
    else response.writeHead(201, { 'content-type': 'application/json', 'x-custom': 'yes' })
    response.end('{"done":true}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})

afterAll(async () => {
  await scheduler?.stop()
  server?.closeAllConnections()
  server?.close()
  await postgres?.[Symbol.asyncDispose]()
  await database?.drop()
})

const soon = { timeout: 8000, interval: 50 }

async function ask(sql: string, values: unknown[]): Promise<string> {
  const [row] = await postgres.query<{ id: string }>(`select ${sql} as id`, values)
  return row?.id ?? ''
}

async function answer(id: string) {
  return vi.waitFor(async () => {
    const [row] = await postgres.query(
      'select status_code, content_type, headers, content, timed_out, error_msg from net._http_response where id = $1',
      [id],
    )
    expect(row).toBeDefined()
    return row
  }, soon)
}

const lastTo = (path: string) => received.findLast((request) => request.url?.startsWith(path))

describe('net', () => {
  it('http_post sends JSON and keeps the answer', async () => {
    const id = await ask('net.http_post($1, $2, $3, $4)', [
      `${url}/post?a=1`,
      { hello: 'wörld' },
      { q: 'x & y' },
      { 'X-Key': 'k' },
    ])
    expect(await answer(id)).toEqual({
      status_code: 201,
      content_type: 'application/json',
      headers: expect.objectContaining({ 'x-custom': 'yes' }),
      content: '{"done":true}',
      timed_out: false,
      error_msg: null,
    })
    expect(lastTo('/post')).toMatchObject({
      method: 'POST',
      url: '/post?a=1&q=x%20%26%20y',
      headers: { 'content-type': 'application/json', 'x-key': 'k' },
      body: '{"hello": "wörld"}',
    })
    const [row] = await postgres.query('select (net.http_collect_response($1)).*', [id])
    expect(row).toMatchObject({ status: 'SUCCESS', message: 'ok' })
  })

  it('http_get and http_delete have no body', async () => {
    await answer(await ask('net.http_get($1)', [`${url}/get`]))
    await answer(await ask('net.http_delete($1)', [`${url}/delete`]))
    expect(lastTo('/get')).toMatchObject({ method: 'GET', body: '' })
    expect(lastTo('/delete')).toMatchObject({ method: 'DELETE', body: '' })
  })

  it('does not follow a redirect', async () => {
    expect(await answer(await ask('net.http_get($1)', [`${url}/moved`]))).toMatchObject({
      status_code: 302,
      headers: expect.objectContaining({ location: '/elsewhere' }),
    })
  })

  it('gives up after timeout_milliseconds', async () => {
    const id = await ask('net.http_get($1, timeout_milliseconds := 200)', [`${url}/slow`])
    expect(await answer(id)).toMatchObject({
      status_code: null,
      timed_out: true,
      error_msg: 'Timeout of 200 ms reached.',
    })
  })

  it.each([
    ['http://127.0.0.1:9999/', 'Could not connect to server'],
    ['not a url', 'URL using bad/illegal format or missing URL'],
  ])('records why %s has no answer', async (target, reason) => {
    const id = await ask('net.http_get($1)', [target])
    expect(await answer(id)).toMatchObject({ status_code: null, timed_out: false, error_msg: reason })
    const [row] = await postgres.query('select (net.http_collect_response($1)).*', [id])
    expect(row).toMatchObject({ status: 'ERROR', message: reason })
  })

  it('sends nothing before the commit, and nothing of a transaction that is rolled back', async () => {
    await postgres.query('begin')
    await ask('net.http_get($1)', [`${url}/rolled-back`])
    await new Promise((resolve) => setTimeout(resolve, 300))
    await postgres.query('rollback')
    await answer(await ask('net.http_get($1)', [`${url}/committed`]))
    expect(lastTo('/rolled-back')).toBeUndefined()
  })

  it('makes more requests than fit at once, each one time', async () => {
    await postgres.query(`select net.http_get('${url}/many?n=' || n) from generate_series(1, 130) n`)
    await vi.waitFor(
      () => expect(received.filter((request) => request.url?.startsWith('/many'))).toHaveLength(130),
      soon,
    )
    await vi.waitFor(
      async () => expect(await postgres.query('select from net.http_request_queue')).toEqual([]),
      soon,
    )
    expect(
      new Set(received.filter((request) => request.url?.startsWith('/many')).map((request) => request.url))
        .size,
    ).toBe(130)
  })

  it('http_post takes JSON only', async () => {
    expect(
      await postgres.refusal(`select net.http_post('${url}', headers := '{"content-type": "text/plain"}')`),
    ).toMatchObject({ message: 'Content-Type header must be "application/json"' })
  })
})
