/*
 * Studio: what administrators do with it, and that no page but its own can drive it.
 */
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withClient } from '../../local/postgres/index.ts'
import { freePorts, stackLocation } from '../../local/stack/index.ts'
import { startStudio } from '../../local/studio/index.ts'
import { createDatabase, type TestDatabase } from '../support/stack/database.ts'

const directory = stackLocation(join(import.meta.dirname, '../..'), 0).installations

let database: TestDatabase
let studio: Awaited<ReturnType<typeof startStudio>>
let port: number
let origin: string

beforeAll(async () => {
  database = await createDatabase('platform')
  await withClient(database.url('postgres'), (client) =>
    client.query('create table public.things (id int primary key, name text)'),
  )
  ;[port = 0] = await freePorts(1)
  origin = `http://127.0.0.1:${port}`
  studio = await startStudio({ port, databaseUrl: database.url('postgres'), directory })
})

afterAll(async () => {
  await studio.stop()
  await database.drop()
})

/** A request with exactly these headers, as a browser on any page might send it. */
async function ask(path: string, headers: Record<string, string> = {}, body?: object) {
  const method = body ? 'POST' : 'GET'
  const sent = request({ host: '127.0.0.1', port, path, method, headers })
  sent.end(body && JSON.stringify(body))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** What the page gets for a statement. */
async function run(sql: string, parameters: unknown[] = []) {
  const { body } = await ask('/query', { origin }, { procedure: 'query', query: { sql, parameters } })
  return JSON.parse(body)
}

describe('an administrator', () => {
  it('gets the page, whose code comes from this address alone and asks nobody else', async () => {
    const page = await ask('/')
    expect(page.status).toBe(200)
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'self';.*frame-ancestors 'none'$/)
    for (const path of ['/page.js', '/page.css']) {
      expect(page.body).toContain(`"${path}"`)
      expect((await ask(path)).status).toBe(200)
    }
    expect((await ask('/page.js')).body).toMatch(/^globalThis\.process=.{0,20}CHECKPOINT_DISABLE:.1/)
  })

  it('reads the rows of every schema and changes them, with the rights of postgres', async () => {
    expect(await run('select current_user')).toEqual([null, [{ current_user: 'postgres' }]])
    expect(await run('select count(*) from auth.users')).toEqual([null, [{ count: '0' }]])
    expect(await run('insert into things values ($1, $2) returning name', [1, 'a'])).toEqual([
      null,
      [{ name: 'a' }],
    ])
    expect(await run('alter system set work_mem = 1')).toMatchObject([
      { message: expect.stringContaining('permission denied') },
    ])
  })

  it('changes several rows together or none', async () => {
    const queries = ['insert into things values (2)', 'insert into things values (2)'].map((sql) => ({
      sql,
      parameters: [],
    }))
    const { body } = await ask('/query', { origin }, { procedure: 'transaction', queries })
    expect(JSON.parse(body)).toMatchObject([{ message: expect.stringContaining('duplicate key') }])
    expect(await run('select from things where id = 2')).toEqual([null, []])
  })

  it('is told what is wrong, and what would be right', async () => {
    const [{ message }] = await run('select nmae from things')
    expect(message).toMatch(/^column "nmae" does not exist\nPerhaps you meant .*name/)
    const lint = await ask('/query', { origin }, { procedure: 'sql-lint', sql: 'select nmae from things' })
    expect(JSON.parse(lint.body)).toMatchObject([null, { diagnostics: [{ severity: 'error' }] }])
  })

  it('gets no more rows than a browser can show', async () => {
    expect((await run('select generate_series(1, 1000)'))[1]).toHaveLength(1000)
    expect(await run('select generate_series(1, 1001)')).toEqual([
      { name: 'Error', message: 'The result has 1001 rows: add "limit 1000", or a condition.' },
    ])
  })

  it('is told of what Studio does not have', async () => {
    const { body } = await ask('/query', { origin }, { procedure: 'query-insights' })
    expect(JSON.parse(body)).toMatchObject([{ message: 'Studio does not serve "query-insights".' }])
  })
})

describe('a page of somebody else', () => {
  const insert = { procedure: 'query', query: { sql: 'insert into things values (99)', parameters: [] } }

  it.each([
    ['another origin', { origin: 'https://example.com' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:3000' }],
    ['an origin that is hidden', { origin: 'null' }],
    ['no origin', {}],
  ])('runs no statement: %s', async (_case, headers) => {
    const { status, body } = await ask('/query', headers as Record<string, string>, insert)
    expect([status, body]).toEqual([403, 'Studio answers its own page alone.'])
    expect(await run('select from things where id = 99')).toEqual([null, []])
  })

  it('runs none under a name of its own that leads here', async () => {
    const host = `rebound.example.com:${port}`
    const { status, body } = await ask('/query', { host, origin: `http://${host}` }, insert)
    expect(status).toBe(403)
    expect(body).toContain(`http://127.0.0.1:${port}`)
    expect((await ask('/', { host })).status).toBe(403)
    expect(await run('select from things where id = 99')).toEqual([null, []])
  })

  it('reads nothing, while localhost is a name of this machine', async () => {
    expect((await ask('/', { origin: 'https://example.com' })).status).toBe(403)
    const host = `localhost:${port}`
    const own = { procedure: 'query', query: { sql: 'select 1 as one', parameters: [] } }
    const { body } = await ask('/query', { host, origin: `http://${host}` }, own)
    expect(JSON.parse(body)).toEqual([null, [{ one: 1 }]])
  })
})

it('says that its port is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const taken = typeof address === 'object' && address ? address.port : 0
  try {
    await expect(
      startStudio({ port: taken, databaseUrl: database.url('postgres'), directory }),
    ).rejects.toThrow(/^Studio did not start: .*EADDRINUSE/)
  } finally {
    other.close()
  }
})
