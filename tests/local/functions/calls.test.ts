/*
 * Calls of a function in its own process of Deno: what it is given, and how its answers come back.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { verificationKeys } from '../../../local/config/index.ts'
import { type ServedFunctions, serveFunctionsOf } from '../../support/stack/functions.ts'

const echo = `
import * as z from 'zod'
import { word } from './word.ts'
const isMain = import.meta.main
console.log('echo starts')
if (import.meta.main) Deno.serve(async (request: Request, { remoteAddr }: Deno.ServeHandlerInfo) =>
  Response.json({
    isMain,
    word: z.string().parse(word),
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
    remoteAddr,
    variables: Deno.env.toObject(),
    runtime: Object.keys(EdgeRuntime),
    arguments: Deno.args,
    version: Deno.version.deno,
  }, { headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['x-own', 'yes']] }))
`

const answers = `
Deno.serve({ onError: (error) => new Response(String(error), { status: 418 }) }, async (request) => {
  const { searchParams } = new URL(request.url)
  const type = searchParams.get('type')
  if (searchParams.has('throw')) throw new Error('thrown')
  if (type) return new Response('<p>hello</p>', { headers: { 'content-type': type } })
  return new Response(null, { status: Number(searchParams.get('status')), headers: { location: '/elsewhere' } })
})
`

const streams = `
let cancelled = 0
let aborted = 0
let waiting = 0
Deno.serve((request) => {
  const { pathname } = new URL(request.url)
  if (pathname === '/streams/count') return Response.json({ cancelled, aborted, waiting })
  if (pathname === '/streams/echo') return new Response(request.body)
  request.signal.addEventListener('abort', () => aborted++)
  if (pathname === '/streams/never') waiting++
  if (pathname === '/streams/never') return new Promise(() => undefined)
  let number = 0
  const body = new ReadableStream({
    async pull(controller) {
      if (number > 0) await new Promise((resolve) => setTimeout(resolve, 50))
      controller.enqueue(new TextEncoder().encode(\`data: \${number++}\\n\\n\`))
    },
    cancel: () => { cancelled++ },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
})
`

const refuses = `
Deno.serve(async (request) => {
  if (new URL(request.url).pathname === '/refuses/halfway')
    for await (const _ of request.body ?? []) break
  return Response.json({ error: 'too large' }, { status: 413 })
})
`

const forms = `
let refused = ''
let listening: unknown
try { Deno.serve({} as never) } catch (error) { refused = String(error) }
Deno.serve({ handler: () => new Response('the other'), onListen: (address) => { listening = address } } as never,
  () => Response.json({ refused, listening }))
`

type Variables = { variables: Record<string, string> }
type Count = Record<'cancelled' | 'aborted' | 'waiting', number>

let served: ServedFunctions

beforeAll(async () => {
  served = await serveFunctionsOf(
    { echo, answers, refuses, streams, forms },
    {
      files: {
        'functions/echo/word.ts': "export const word: string = 'hello'",
        'functions/.env.example': `EXAMPLE=kept\nOWN=no\nCONFIGURED=no\nORIGINS=\${PAGE_URL},https://a.test\${NOT_THERE},$PAGE_URL\n`,
        'functions/.env': 'OWN="two words"\nSUPABASE_URL=https://elsewhere.test\n',
        'import_map.json': JSON.stringify({ imports: { zod: 'npm:zod@4.6.7' } }),
      },
      settings: '[functions.echo]\nimport_map = "import_map.json"\n',
      configure: (config) => {
        config.edge_runtime.secrets = { CONFIGURED: 'yes', OWN: 'no', ABSENT: 'env(STACK_TEST_ABSENT)' }
      },
    },
  )
})

afterAll(() => served[Symbol.asyncDispose]())

describe('a function', () => {
  it('is the main module, finds its imports, and sees the request as it was sent', async () => {
    const response = await served.call('echo/some/path?a=1', {
      method: 'POST',
      body: 'the body',
      headers: { 'x-client': 'test', authorization: 'Bearer token', 'content-length': '8' },
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('x-own')).toBe('yes')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await response.json()).toMatchObject({
      isMain: true,
      word: 'hello',
      method: 'POST',
      url: 'http://127.0.0.1:54321/echo/some/path?a=1',
      headers: {
        'x-client': 'test',
        authorization: 'Bearer token',
        host: '127.0.0.1:54321',
        'content-length': '8',
      },
      body: 'the body',
      remoteAddr: { transport: 'tcp', hostname: '0.0.0.0', port: 0 },
      runtime: ['waitUntil'],
      arguments: [],
    })
  })

  it('is told where it would listen there, and serves with the handler that is given beside options', async () => {
    expect(await served.read('forms')).toEqual({
      refused: expect.stringContaining('Deno.serve needs a handler'),
      listening: { transport: 'tcp', hostname: '0.0.0.0', port: 8000 },
    })
  })

  it('runs on the Deno of the platform', async () => {
    const { version } = await served.read<{ version: string }>('echo')
    expect(version).toBe('2.1.4')
  })

  it("has the platform's variables and those of the project, and nothing else", async () => {
    const { variables } = await served.read<Variables>('echo')
    const { publishableKey, secretKey, anonKey, serviceRoleKey, functionsSigningKey } = inject('keys')
    expect(variables).toEqual({
      SUPABASE_URL: 'http://127.0.0.1:54321',
      SUPABASE_DB_URL: 'postgresql://127.0.0.1/postgres',
      SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: publishableKey }),
      SUPABASE_SECRET_KEYS: JSON.stringify({ default: secretKey }),
      SUPABASE_JWKS: JSON.stringify({ keys: verificationKeys(inject('keys')) }),
      SUPABASE_ANON_KEY: anonKey,
      SUPABASE_SERVICE_ROLE_KEY: serviceRoleKey,
      SB_REGION: 'local',
      SB_EXECUTION_ID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      FUNCTIONS_SIGNING_KEY: JSON.stringify(functionsSigningKey),
      OWN: 'two words',
      CONFIGURED: 'yes',
      EXAMPLE: 'kept',
      ORIGINS: 'http://127.0.0.1:54330,https://a.test,$PAGE_URL',
    })
    expect(served.functions.problems).toEqual([
      '[edge_runtime.secrets]: ABSENT is left out: set the variable STACK_TEST_ABSENT where the stack is started.',
      expect.stringMatching(/^supabase\/functions\/\.env: SUPABASE_URL is left out: names that begin with/),
    ])
  })

  it('prints under its name', async () => {
    await served.call('echo')
    expect(served.lines).toContain('echo: echo starts')
  })

  it('keeps its process from call to call', async () => {
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await served.read<Variables>('echo')).variables.SB_EXECUTION_ID),
    )
    expect(new Set(ids).size).toBe(1)
  })
})

describe('an answer', () => {
  it('of HTML to a GET comes as text, to a POST as it is', async () => {
    const read = await served.call('answers?type=text/html;charset=utf-8')
    expect(read.headers.get('content-type')).toBe('text/plain')
    expect(await read.text()).toBe('<p>hello</p>')
    const posted = await served.call('answers?type=text/html', { method: 'POST' })
    expect(posted.headers.get('content-type')).toBe('text/html')
    expect((await served.call('answers?type=application/json')).headers.get('content-type')).toBe(
      'application/json',
    )
  })

  it.each([204, 302, 304, 404])('with the status %i is passed on', async (status) => {
    const response = await served.call(`answers?status=${status}`)
    expect([response.status, response.headers.get('location')]).toEqual([status, '/elsewhere'])
    expect(await response.text()).toBe('')
  })

  it('to HEAD has no body', async () => {
    const response = await served.call('answers?type=text/plain', { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('to an error is what the function says', async () => {
    const response = await served.call('answers?throw')
    expect([response.status, await response.text()]).toEqual([418, 'Error: thrown'])
  })
})

describe('a body', () => {
  it('flows to the function and back as it comes', async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    const calling = served.call('streams/echo', { method: 'POST', body: readable, duplex: 'half' })
    void writer.write(new TextEncoder().encode('one'))
    const reader = (await calling).body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('one')
    void writer.write(new TextEncoder().encode('two'))
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('two')
    await writer.close()
    expect((await reader?.read())?.done).toBe(true)
  })

  it('of ten megabytes comes back whole', async () => {
    const bytes = new Uint8Array(1e7).map((_, place) => place % 251)
    const response = await served.call('streams/echo', { method: 'POST', body: bytes })
    expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), Buffer.from(bytes))).toBe(0)
  })

  it.each(['refuses', 'refuses/halfway'])('that refuses a large body is passed on: %s', async (path) => {
    const megabytes = 4
    const chunk = new Uint8Array(2 ** 16)
    const streamed = () => {
      let left = megabytes * 16
      return new ReadableStream<Uint8Array>({
        pull: (controller) => (left-- > 0 ? controller.enqueue(chunk) : controller.close()),
      })
    }
    const whole = () => new Uint8Array(megabytes * 2 ** 20)
    for (const body of [whole, streamed]) {
      const calls = Array.from({ length: 20 }, () =>
        served.call(path, { method: 'POST', body: body(), duplex: 'half' }),
      )
      const told = (await Promise.all(calls)).map(async (each) => [each.status, await each.text()])
      expect(new Set((await Promise.all(told)).map(String))).toEqual(new Set(['413,{"error":"too large"}']))
    }
  })

  it('of events comes event by event, and ends where the client goes', async () => {
    const leaving = new AbortController()
    const response = await served.call('streams/events', { signal: leaving.signal })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const reader = response.body?.getReader()
    for (const number of [0, 1, 2])
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(`data: ${number}\n\n`)
    await reader?.cancel()
    await expect.poll(async () => (await served.read<Count>('streams/count')).cancelled).toBe(1)
  })

  it('that nobody waits for any more is heard of by the function', async () => {
    const before = (await served.read<Count>('streams/count')).aborted
    const leaving = new AbortController()
    const calling = served.call('streams/never', { signal: leaving.signal })
    await expect.poll(async () => (await served.read<Count>('streams/count')).waiting).toBe(1)
    leaving.abort()
    await calling
    await expect.poll(async () => (await served.read<Count>('streams/count')).aborted).toBeGreaterThan(before)
  })
})
