/*
 * What the gateway answers where no request can be read: in the form of every other error, and then it hangs up.
 */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerClientErrors } from '../../../local/gateway/client-errors.ts'
import { type DataApi, startDataApi } from '../../support/http/data-api.ts'

/** What comes back on a connection until the other side hangs up; what follows is written after the first answer. */
function exchange(port: number, text: string, following = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.once('data', () => following && socket.write(following))
    socket.on('data', (chunk) => (answer += chunk))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

const error = (code: string) => ({ code, details: null, hint: null, message: expect.any(String) })

describe('through the gateway', () => {
  let api: DataApi

  beforeAll(async () => {
    api = await startDataApi(
      'create table public.things (id int primary key); grant select on public.things to anon',
    )
  })
  afterAll(() => api[Symbol.asyncDispose]())

  const answerTo = (path: string) =>
    fetch(`${api.gateway.url}${path}`, { headers: { apikey: api.gateway.publishableKey } })

  it('a URL that is too long is told so, and one that is answered can be read', async () => {
    const listing = (length: number) => `/rest/v1/things?id=in.(${'1,'.repeat(length / 2)}1)`
    const answered = await answerTo(listing(12_000))
    expect(answered.status).toBe(200)
    expect(answered.headers.get('content-location')).toBeNull()
    const refused = await answerTo(listing(18_000))
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([431, '*'])
    expect(await refused.json()).toEqual({
      ...error('headers_too_large'),
      hint: expect.stringContaining('16 KiB'),
    })
  })

  it('what is no HTTP is told so', async () => {
    const { port } = new URL(api.gateway.url)
    const [head = '', body = ''] = (await exchange(Number(port), 'HELLO\r\n\r\n')).split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(head).toMatch(/^content-type: application\/json/m)
    expect(JSON.parse(body)).toEqual(error('bad_request'))
  })
})

describe('on a connection', () => {
  const whole = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

  /** What comes back for a request, and for what is no HTTP once there is a first word of an answer. */
  async function answersTo(
    handle: RequestListener,
    text = whole,
    following = 'HELLO\r\n\r\n',
  ): Promise<string> {
    const server = createServer(handle)
    answerClientErrors(server)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    try {
      const { port } = server.address() as AddressInfo
      return await exchange(port, text, following)
    } finally {
      server.close()
    }
  }
  const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)

  it('what does not arrive in time is told so', async () => {
    const server = createServer({ headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 20 })
    answerClientErrors(server)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    try {
      const { port } = server.address() as AddressInfo
      const [head = '', body = ''] = (await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\n')).split('\r\n\r\n')
      expect(head).toMatch(/^HTTP\/1\.1 408 /)
      expect(JSON.parse(body)).toEqual(error('request_timeout'))
    } finally {
      server.close()
    }
  })

  it('nothing is written into a response that has begun', async () => {
    const text = await answersTo((_, response) => response.write('begun'))
    expect(text).toContain('begun')
    expect(statuses(text)).toEqual(['200'])
  })

  it('it follows the answer to a request that came with it', async () => {
    const handle: RequestListener = (_, response) => setTimeout(() => response.end('worked on'), 100)
    const text = await answersTo(handle, `${whole}HELLO\r\n\r\n`, '')
    expect(text).toContain('worked on')
    expect(statuses(text)).toEqual(['200', '400'])
  })

  it('it follows a response that has ended', async () => {
    const text = await answersTo((_, response) => response.end('ended'))
    expect(text).toContain('ended')
    expect(statuses(text)).toEqual(['200', '400'])
  })
})
