/*
 * What the gateway lets through to a service: bodies of a size, well-formed URLs, tokens of a length, and no name
 * that leads to what all objects of JavaScript share. Each refusal is in the shape of its service.
 */
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import fc from 'fast-check'
import { importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { z } from 'zod'
import { limitBody } from '../../../local/gateway/body-limit.ts'
import { setClientAddress } from '../../../local/gateway/client-address.ts'
import { createCallers, createTokenVerifier, readBody } from '../../../local/services/shared/index.ts'
import { type DataApi, signToken, startDataApi } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(`
    create table public.things (id int primary key, name text, data jsonb);
    grant select, insert, update on public.things to anon;
    create function public.echo(value jsonb) returns jsonb language sql as 'select value';
    create function public.seen() returns json language sql stable as $$
      select json_build_object('connecting', h ->> 'cf-connecting-ip', 'forwarded', h ->> 'x-forwarded-for')
      from (select current_setting('request.headers')::json) as t (h) $$;
    grant execute on function public.echo(jsonb), public.seen() to anon`)
})
afterAll(() => api[Symbol.asyncDispose]())

const services = ['/rest/v1/things', '/auth/v1/token?grant_type=password', '/storage/v1/object/list/papers']
const shapes = {
  rest: (code: string) => ({ code, details: null, hint: null, message: expect.any(String) }),
  auth: (error_code: string) => ({ code: expect.any(Number), error_code, msg: expect.any(String) }),
  storage: (code: string) => ({ statusCode: expect.any(String), code, message: expect.any(String) }),
}
type ServiceName = keyof typeof shapes
const shapeOf = (path: string) => shapes[(path.split('/')[1] ?? 'rest') as ServiceName]

async function send(path: string, init: RequestInit = {}) {
  const response = await fetch(`${api.gateway.url}${path}`, {
    ...init,
    headers: { apikey: api.gateway.publishableKey, 'content-type': 'application/json', ...init.headers },
  })
  return { status: response.status, body: (await response.json().catch(() => null)) as unknown }
}

/** Sends a body whose length is not announced, until the other side has heard enough. */
function sendChunked(path: string, bytes: number): Promise<{ status: number; sent: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const headers = { apikey: api.gateway.publishableKey, 'content-type': 'application/json' }
    const request = httpRequest(`${api.gateway.url}${path}`, { method: 'POST', headers })
    let sent = 0
    let answered = false
    request.on('error', (error) => answered || reject(error))
    request.on('response', async (response) => {
      answered = true
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, sent, body: JSON.parse(text) })
      request.destroy()
    })
    const chunk = Buffer.alloc(64 * 1024, ' ')
    const more = () => {
      if (answered) return
      if (sent >= bytes) request.end()
      else {
        sent += chunk.byteLength
        request.write(chunk, () => setImmediate(more))
      }
    }
    more()
  })
}

describe('a body', () => {
  const limits: [path: string, limit: number, code: string][] = [
    ['/rest/v1/things', 10 * 2 ** 20, 'payload_too_large'],
    ['/auth/v1/token?grant_type=password', 2 ** 20, 'request_entity_too_large'],
    ['/storage/v1/object/list/papers', 2 ** 20, 'EntityTooLarge'],
  ]

  it.each(limits)('for %s may have %i bytes', async (path, limit, code) => {
    const full = await send(path, { method: 'POST', body: ' '.repeat(limit) })
    expect(full.status).not.toBe(413)
    const refused = await send(path, { method: 'POST', body: ' '.repeat(limit + 1) })
    expect(refused).toMatchObject({ status: 413, body: shapeOf(path)(code) })
  })

  it.each(limits)('for %s is counted where its length is not announced', async (path, limit, code) => {
    const { status, body, sent } = await sendChunked(path, 8 * limit)
    expect({ status, body }).toMatchObject({ status: 413, body: shapeOf(path)(code) })
    expect(sent).toBeLessThan(8 * limit)
  })

  it('whose length is not announced may have as many bytes, and may be none', async () => {
    const headers = { 'transfer-encoding': 'chunked' }
    const chunked = (bytes: number): RequestInit & { duplex: 'half' } => ({
      method: 'POST',
      body: new Blob(['x'.repeat(bytes)]).stream(),
      duplex: 'half',
      headers,
    })
    const limited = (init: RequestInit) => limitBody(new Request('http://localhost/', init), 10)
    expect(await (await limited(chunked(10)))?.text()).toBe('x'.repeat(10))
    expect(await limited(chunked(11))).toBeNull()
    expect(await (await limited({ headers }))?.text()).toBe('')
  })

  it('may be 1000 deep', async () => {
    const read = (depth: number) => {
      const body = `${'['.repeat(depth)}${']'.repeat(depth)}`
      return readBody(new Request('http://localhost/', { method: 'POST', body }), z.unknown())
    }
    expect(await read(1000)).toBeInstanceOf(Array)
    await expect(read(1001)).rejects.toMatchObject({ reason: 'refused' })
  })

  it.each([
    ['{"a\\u0000": 1}', undefined],
    ['{"a": [{"\\ud800": 1}]}', undefined],
    ['{"a": [{"b": "\\u0000"}]}', undefined],
    ['{"a": [{"b": "x\\ud800"}, null]}', { a: [{ b: 'x\ufffd' }, null] }],
    ['null', null],
    ['[null, [1]]', [null, [1]]],
  ])('of %s holds nothing that Postgres does not take', async (body, expected) => {
    const reading = readBody(new Request('http://localhost/', { method: 'POST', body }), z.unknown())
    if (expected === undefined) await expect(reading).rejects.toMatchObject({ reason: 'refused' })
    else expect(await reading).toEqual(expected)
  })

  it.each([...services, '/auth/v1/signup', '/rest/v1/rpc/echo', '/storage/v1/bucket'])(
    'of nulls is no failure of %s',
    async (path) => {
      for (const body of ['null', '[null]', '[[null]]', '{"a": null}', '[{"a": [null]}, null]']) {
        const { status } = await send(path, { method: 'POST', body })
        expect([path, body, status < 500]).toEqual([path, body, true])
      }
    },
  )

  it('that is longer than it says is cut off, and nothing of the rest is served', async () => {
    const head = [
      'POST /rest/v1/things HTTP/1.1',
      'Host: 127.0.0.1',
      `apikey: ${api.gateway.publishableKey}`,
      'Content-Type: application/json',
      'Content-Length: 10',
      '',
      '',
    ].join('\r\n')
    const { port } = new URL(api.gateway.url)
    const statuses = await new Promise<string[]>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(`${head}${'x'.repeat(1000)}`))
      let text = ''
      socket.on('data', (chunk) => (text += chunk))
      socket.on('close', () =>
        resolve([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status)),
      )
      socket.on('error', reject)
    })
    expect(new Set(statuses)).toEqual(new Set(['400']))
  })

  it('of an upload is the bucket’s to limit', async () => {
    const answer = await send('/storage/v1/object/nowhere/a.txt', {
      method: 'POST',
      body: 'x'.repeat(2 ** 21),
    })
    expect(answer.body).toMatchObject({ code: 'NoSuchBucket' })
  })
})

describe('a URL', () => {
  const broken = ['%00', '%zz', '%', '%2', '%ff', '%ed%a0%80', 'a%00b']

  it.each(services)('of %s is encoded well', async (service) => {
    const [path = '', query = ''] = service.split('?')
    for (const piece of broken)
      for (const url of [`${path}/${piece}`, `${path}?${query}&x=${piece}`, `${path}?${piece}=eq.1`]) {
        const answer = await send(url, { method: 'POST', body: '{}' })
        expect([url, answer.status, answer.body]).toMatchObject([url, 400, shapeOf(path)(expect.any(String))])
      }
  })

  it('may hold whatever is written as it should be', async () => {
    const name = 'Grüße 100% "+" 😀'
    await send('/rest/v1/things', { method: 'POST', body: JSON.stringify({ id: 100, name }) })
    const { body } = await send(`/rest/v1/things?select=id&name=eq.${encodeURIComponent(name)}`)
    expect(body).toEqual([{ id: 100 }])
  })
})

describe('a token', () => {
  it('may have 8192 characters', async () => {
    const sent = (length: number) => send('/rest/v1/things', { headers: { apikey: 'a'.repeat(length) } })
    expect(await sent(8192)).toMatchObject({ body: { message: 'Invalid API key' } })
    expect(await sent(8193)).toMatchObject({
      body: { message: 'The header apikey may have 8192 characters.' },
    })
    const verify = createTokenVerifier(inject('keys'), 0)
    await expect(verify('a'.repeat(8192))).rejects.toThrow('Expected 3 parts')
    await expect(verify('a'.repeat(8193))).rejects.toThrow('The JWT is too long')
  })

  it('holds for 30 seconds beyond its times, and where a service says so without a key', async () => {
    const now = Math.floor(Date.now() / 1000)
    const callers = createCallers(inject('keys'))
    const identify = (token: string) =>
      callers.identify(new Request('http://localhost/', { headers: { authorization: `Bearer ${token}` } }), {
        keyNeeded: false,
      })
    vi.useFakeTimers({ toFake: ['Date'], now: now * 1000 })
    try {
      for (const [claims, isGood] of [
        [{ exp: now - 29 }, true],
        [{ exp: now - 30 }, false],
        [{ nbf: now + 30 }, true],
        [{ nbf: now + 31 }, false],
        [{ iat: now + 30 }, true],
        [{ iat: now + 31 }, false],
      ] as const) {
        const identifying = identify(await signToken({ ...claims, sub: 'p' }))
        if (isGood) expect(await identifying, JSON.stringify(claims)).toMatchObject({ claims: { sub: 'p' } })
        else await expect(identifying, JSON.stringify(claims)).rejects.toMatchObject({ code: 'PGRST303' })
      }
    } finally {
      vi.useRealTimers()
    }
  })

  it('need not name the key that signed it', async () => {
    const verify = createTokenVerifier(inject('keys'), 0)
    const key = await importJWK(inject('keys').jwtSigningKey, 'ES256')
    const token = await new SignJWT({ sub: 'p' }).setProtectedHeader({ alg: 'ES256' }).sign(key)
    expect(await verify(token)).toMatchObject({ claims: { sub: 'p' } })
  })

  it.each(services)('for %s has a length', async (path) => {
    for (const headers of [{ authorization: `Bearer ${'a'.repeat(9000)}` }, { apikey: 'a'.repeat(9000) }])
      expect(await send(path, { method: 'POST', body: '{}', headers })).toMatchObject({
        status: 401,
        body: shapeOf(path)(expect.any(String)),
      })
  })
})

describe('names of JavaScript', () => {
  const names = ['__proto__', 'constructor', 'prototype']
  const spellings = names.flatMap((name) => [name, name.replaceAll('o', '%6f'), name.replaceAll('_', '%5F')])

  /** The next plain request works, and no object has got anything. */
  const untouched = async () => {
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(pristine)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect((await send('/rest/v1/things?select=id&limit=1')).status).toBe(200)
  }
  const pristine = Object.getOwnPropertyNames(Object.prototype).sort()

  it('are refused as names in a query', async () => {
    for (const name of spellings)
      for (const query of [
        `${name}=eq.1`,
        `${name}->polluted=eq.1`,
        `data->${name}->polluted=eq.1`,
        `things.${name}=eq.1`,
        `select=${name}`,
        `select=id,x:${name}(polluted)`,
        `order=${name}.desc`,
        `columns=${name}`,
        `on_conflict=${name}`,
        `or=(${name}.eq.1,id.eq.1)`,
        `not.and=(id.eq.1,or(${name}->polluted.eq.1))`,
      ]) {
        const answer = await send(`/rest/v1/things?${query}`)
        expect([query, answer.status, answer.body]).toMatchObject([query, 400, shapes.rest('PGRST100')])
      }
    expect(await send('/storage/v1/bucket?constructor=1')).toMatchObject({
      status: 400,
      body: shapes.storage('InvalidRequest'),
    })
    expect(await send('/auth/v1/verify?__proto__[polluted]=1&type=signup&token=x')).toMatchObject({
      status: 400,
      body: shapes.auth('validation_failed'),
    })
    await untouched()
  })

  it('are refused as keys of a body, however they are written', async () => {
    for (const name of ['__proto__', 'constructor', 'prototype', '\\u005f_proto__']) {
      const json = `{"${name}": {"polluted": 1}}`
      for (const [path, body, type = 'application/json'] of [
        ['/rest/v1/things', json],
        ['/rest/v1/things', `[{"id": 1}, ${json}]`],
        ['/rest/v1/rpc/echo', json],
        ['/rest/v1/things', `id,${name.replace('\\u005f', '_')}\n1,2`, 'text/csv'],
        ['/storage/v1/object/list/papers', json],
        ['/storage/v1/bucket', `[${json}]`],
      ]) {
        const answer = await send(path ?? '', {
          method: 'POST',
          body: body ?? '',
          headers: { 'content-type': type },
        })
        // A function without such an argument is not found; a table without such a column is the wrong one.
        const status = path === '/rest/v1/rpc/echo' ? 404 : 400
        expect([path, body, answer.status]).toEqual([path, body, status])
      }
    }
    // Inside of a document it is for the database to say: it comes there and back as it was.
    const nested = await send('/rest/v1/rpc/echo', {
      method: 'POST',
      body: '{"value": {"a": [{"__proto__": 1}]}}',
    })
    expect(nested.status).toBe(200)
    expect(JSON.stringify(nested.body)).toBe('{"a":[{"__proto__":1}]}')
    await untouched()
  })

  it('are values like any other', async () => {
    const row = { id: 200, name: 'constructor', data: { constructor: { team: 'prototype' } } }
    expect((await send('/rest/v1/things', { method: 'POST', body: JSON.stringify(row) })).status).toBe(201)
    for (const query of ['name=eq.constructor', 'or=(name.eq.constructor,id.eq.-1)'])
      expect((await send(`/rest/v1/things?${query}`)).body).toEqual([row])
  })

  it('change nothing wherever they stand', async () => {
    const name = fc.constantFrom(...names, 'polluted', 'toString', 'hasOwnProperty', 'valueOf')
    const path = fc.array(name, { minLength: 1, maxLength: 4 })
    const separator = fc.constantFrom('.', '->', '->>', '[', '(', ',', ':', '/', '!')
    const text = fc.tuple(path, separator).map(([parts, between]) => parts.join(between))
    const parameter = fc.tuple(
      fc.constantFrom('', 'select', 'order', 'or', 'columns', 'and', 'on_conflict'),
      text,
    )
    await fc.assert(
      fc.asyncProperty(parameter, text, fc.boolean(), async ([key, value], inPath, writes) => {
        const query = key ? `${key}=${encodeURIComponent(value)}` : `${encodeURIComponent(value)}=eq.1`
        const body = JSON.stringify({ [value]: { polluted: 1 }, id: 1 })
        const init = writes ? { method: 'POST', body } : {}
        const [first = ''] = inPath.split('/')
        for (const url of [
          `/rest/v1/things?${query}`,
          `/rest/v1/${encodeURIComponent(first)}`,
          `/rest/v1/rpc/${encodeURIComponent(first)}`,
          `/storage/v1/bucket/${encodeURIComponent(first)}`,
        ])
          expect([url, (await send(url, init)).status]).toEqual([url, expect.any(Number)])
        await untouched()
      }),
      { numRuns: 40 },
    )
  })
})

describe('where a request comes from', () => {
  const seen = async (headers: Record<string, string>) => (await send('/rest/v1/rpc/seen', { headers })).body

  it('is what the gateway saw, and what the client claims stands before it', async () => {
    expect(await seen({})).toEqual({ connecting: '127.0.0.1', forwarded: '127.0.0.1' })
    expect(
      await seen({ 'cf-connecting-ip': '203.0.113.9', 'x-forwarded-for': '203.0.113.7, 10.0.0.1' }),
    ).toEqual({
      connecting: '127.0.0.1',
      forwarded: '203.0.113.7, 10.0.0.1, 127.0.0.1',
    })
  })

  it('is nobody’s claim where the gateway saw nothing', () => {
    const headers = new Headers({ 'cf-connecting-ip': '203.0.113.9', 'x-forwarded-for': '203.0.113.7' })
    setClientAddress(headers, null)
    expect([...headers]).toEqual([['x-forwarded-for', '203.0.113.7']])
  })

  it('is told of a person as well', async () => {
    const authorization = `Bearer ${await signToken({ role: 'anon', sub: 'p' })}`
    expect(await seen({ authorization })).toMatchObject({ connecting: '127.0.0.1' })
  })
})
