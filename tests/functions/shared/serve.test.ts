import { connect } from 'node:net'
import { join } from 'node:path'
import { corsHeaders } from '@supabase/supabase-js/cors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SentryServer, startSentryServer } from '../../support/functions/sentry-server.ts'
import { type FunctionUnderTest, serveFunction } from '../../support/functions/serve-function.ts'
import { signToken } from '../../support/http/data-api.ts'
import { borrowFrontEnd, type FrontEnd } from '../../support/http/front-end.ts'

// What every function does, seen on one that does a little of everything, on the Deno of hosted Supabase.

const entrypoint = join(import.meta.dirname, '../../support/functions/example/index.ts')
const origin = 'https://app.example.com'

let frontEnd: FrontEnd
let example: FunctionUnderTest
let sentry: SentryServer

beforeAll(async () => {
  frontEnd = await borrowFrontEnd()
  sentry = await startSentryServer()
  example = await serveFunction(frontEnd.gateway, entrypoint, {
    ALLOWED_ORIGINS: `${origin}, http://localhost:5173`,
    SENTRY_DSN: sentry.dsn('42'),
  })
})
afterAll(async () => {
  await example[Symbol.asyncDispose]()
  await sentry[Symbol.asyncDispose]()
  await frontEnd[Symbol.asyncDispose]()
})

/** Somebody signed in, with a workspace of their own. */
async function somebody() {
  const account = await frontEnd.signUp('Ada')
  const { data } = await account.supabase.auth.getSession()
  return {
    ...account,
    token: data.session?.access_token ?? '',
    workspace: await frontEnd.createWorkspace(account),
  }
}

async function errorOf(response: Response) {
  const { error, ...rest } = (await response.json()) as { error: Record<string, unknown> }
  expect(rest).toEqual({})
  return { status: response.status, ...error }
}

const teamOf = async (workspace: string) =>
  (
    await frontEnd.server.query("select settings ->> 'team' as team from public.workspaces where id = $1", [
      workspace,
    ])
  ).rows[0]?.team

describe('who calls', () => {
  it('is somebody signed in, who acts as themselves', async () => {
    const { token, workspace } = await somebody()
    const response = await example.post({ workspace_id: workspace, name: 'Atelier' }, token)
    expect(await response.json()).toMatchObject({ team: 'Atelier' })
    expect(await teamOf(workspace)).toBe('Atelier')
  })

  it('is found in the audit log by the trace that they sent', async () => {
    const { token, workspace } = await somebody()
    const traceId = crypto.randomUUID().replaceAll('-', '')
    await example.request('/', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      },
      body: JSON.stringify({ workspace_id: workspace, name: 'Traced' }),
    })
    const { rows } = await frontEnd.server.query(
      `select trace_id, changes -> 'settings' -> 'new' ->> 'team' as team
       from public.audit_log where workspace_id = $1 and trace_id is not null`,
      [workspace],
    )
    expect(rows).toEqual([{ trace_id: traceId, team: 'Traced' }])
  })

  it('changes nothing of a workspace that is not theirs', async () => {
    const [ada, mallory] = [await somebody(), await somebody()]
    const response = await example.post({ workspace_id: ada.workspace, name: 'Taken' }, mallory.token)
    expect(await errorOf(response)).toMatchObject({ status: 404, code: 'not_found' })
    expect(await teamOf(ada.workspace)).toBeNull()
  })

  it.each([
    ['nobody', async () => undefined],
    [
      'a token that somebody else signed',
      async () => `${(await signToken({ sub: crypto.randomUUID() })).slice(0, -6)}AAAAAA`,
    ],
    ['a token that has expired', async () => signToken({ sub: crypto.randomUUID(), exp: 1 })],
    ['a token of no account', async () => signToken()],
    ['a token of another role', async () => signToken({ sub: crypto.randomUUID(), role: 'service_role' })],
    ['the secret key in place of a token', async () => frontEnd.gateway.secretKey],
  ])('is not %s', async (_, token) => {
    const response = await example.post({ workspace_id: 'WK-000000000', name: 'x' }, await token())
    expect(await errorOf(response)).toMatchObject({ status: 401, code: 'not_signed_in' })
  })

  it('is a server only with a secret key', async () => {
    const call = (headers: Record<string, string>) => example.request('/server', { method: 'POST', headers })
    expect(await (await call({ apikey: frontEnd.gateway.secretKey })).json()).toEqual({ kind: 'secret' })
    const { token } = await somebody()
    const refused: Record<string, string>[] = [
      { apikey: frontEnd.gateway.publishableKey, authorization: `Bearer ${token}` },
      { apikey: `${frontEnd.gateway.secretKey.slice(0, -1)}!` },
      { apikey: '' },
    ]
    for (const headers of refused)
      expect(await errorOf(await call(headers))).toMatchObject({ status: 401, code: 'not_signed_in' })
  })

  it('is anybody where the function takes that, by the first kind that holds', async () => {
    const { token } = await somebody()
    expect(await (await example.request('/open')).json()).toEqual({ kind: 'anyone' })
    const signedIn = await example.request('/open', { headers: { authorization: `Bearer ${token}` } })
    expect(await signedIn.json()).toEqual({ kind: 'user' })
  })
})

describe('what is sent', () => {
  const send = async (body: string | ReadableStream, headers: Record<string, string> = {}, path = '/') => {
    const { token } = await somebody()
    return errorOf(
      await example.request(path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        body,
        duplex: 'half',
      } as RequestInit),
    )
  }
  const valid = JSON.stringify({ workspace_id: 'WK-000000000', name: 'x' })

  it.each([
    ['no JSON', '{', {}, '/', 'body'],
    ['another type', valid, { 'content-type': 'text/plain' }, '/', 'content-type'],
    ['a value that breaks a rule', '{"workspace_id":"WK-000000000","name":""}', {}, '/', 'name'],
    ['two of them', '{"workspace_id":7,"name":""}', {}, '/', 'workspace_id, name'],
    ['a list', '[]', {}, '/', 'body'],
    ['a wrong query', valid, {}, '/?dry=perhaps', 'dry'],
  ] as const)('is refused as %s', async (_, body, headers, path, details) => {
    expect(await send(body, headers, path)).toMatchObject({ status: 400, code: 'invalid_input', details })
  })

  it('is refused as too large, whether its length is told or not', async () => {
    const large = 'x'.repeat(1001)
    expect(await send(large)).toMatchObject({ status: 413, code: 'payload_too_large' })
    const stream = new Blob([large]).stream()
    expect(await send(stream)).toMatchObject({ status: 413, code: 'payload_too_large' })
  })

  it('goes to a path and a method that are there', async () => {
    expect(await errorOf(await example.request('/nothing'))).toMatchObject({ status: 404, code: 'not_found' })
    const response = await example.request('/', { method: 'DELETE' })
    expect(response.headers.get('allow')).toBe('POST, OPTIONS')
    expect(await errorOf(response)).toMatchObject({ status: 405, code: 'method_not_allowed' })
  })
})

describe('an error', () => {
  it('of the database is told as the Data API tells it', async () => {
    const { token } = await somebody()
    const response = await example.post({ workspace_id: 'WK-000000000' }, token, '/refused')
    expect(await errorOf(response)).toMatchObject({ status: 404, code: 'not_found' })
  })

  it('of any other kind is told by its trace alone, in the answer and in the log', async () => {
    const { token } = await somebody()
    const traceId = crypto.randomUUID().replaceAll('-', '')
    const response = await example.request('/broken', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    })
    expect(response.headers.get('traceparent')).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`))
    expect(await errorOf(response)).toEqual({
      status: 500,
      code: 'internal_error',
      message: 'Something went wrong on our side.',
      details: traceId,
      hint: null,
    })
    await expect.poll(() => example.log().filter((line) => line.trace_id === traceId)).toHaveLength(2)
    const [failure, line] = example.log().filter((each) => each.trace_id === traceId)
    expect(failure).toMatchObject({ function: 'example', error: 'Error' })
    expect(JSON.stringify(failure)).toContain('handler.ts')
    expect(line).toEqual({
      function: 'example',
      method: 'POST',
      status: 500,
      duration_ms: expect.any(Number),
      trace_id: traceId,
      code: 'internal_error',
    })
  })

  it('of any other kind is reported, for which the answer does not wait, and without what it was about', async () => {
    const { token, email, id } = await somebody()
    const traceId = crypto.randomUUID().replaceAll('-', '')
    const release = sentry.hold()
    const response = await example.request('/broken?of=Confidential', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
      body: 'Confidential',
    })
    expect(await errorOf(response)).toMatchObject({ status: 500, details: traceId })
    const reports = () => sentry.envelopes.filter(({ text }) => text.includes(traceId))
    await expect.poll(reports).toHaveLength(1)
    release()
    const [report] = reports()
    expect(report?.items).toMatchObject([
      {
        header: { type: 'event' },
        payload: { logger: 'example', exception: { values: [{ type: 'Error' }] } },
      },
    ])
    const told = JSON.stringify(report)
    expect(told).toContain('handler.ts')
    for (const secret of [token, email, id, 'Confidential', 'hunter2', frontEnd.gateway.secretKey])
      expect(told).not.toContain(secret)
  })

  it('that is told by its code is reported to nobody', async () => {
    const { token } = await somebody()
    const traceOf = (response: Response) => response.headers.get('traceparent')?.split('-')[1] ?? ''
    const refused = traceOf(await example.post({ workspace_id: 'WK-000000000' }, token, '/refused'))
    const broken = traceOf(await example.post({}, token, '/broken'))
    const isReported = (trace: string) => sentry.envelopes.some(({ text }) => text.includes(trace))
    await expect.poll(() => isReported(broken)).toBe(true)
    expect(isReported(refused)).toBe(false)
  })

  it('and everything else leaves no secret, token, address or body in the log', async () => {
    const { token, email, id } = await somebody()
    await example.post({ workspace_id: 'WK-000000000', name: 'Confidential' }, token)
    await example.post({}, token, '/broken')
    for (const secret of [token, email, id, 'Confidential', 'hunter2', frontEnd.gateway.secretKey])
      expect(example.output()).not.toContain(secret)
  })
})

it('who leaves in the middle of a body is no fault of the function', async () => {
  const { token } = await somebody()
  const reports = sentry.envelopes.length
  const traceId = crypto.randomUUID().replaceAll('-', '')
  const linesOf = () => example.log().filter(({ trace_id }) => trace_id === traceId)
  const { hostname, port, pathname } = new URL(example.urls[0] ?? '')
  const socket = connect(Number(port), hostname)
  socket.write(
    `POST ${pathname}/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n` +
      `Authorization: Bearer ${token}\r\ntraceparent: 00-${traceId}-00f067aa0ba902b7-01\r\n\r\n{"name":`,
  )
  await new Promise((resolve) => setTimeout(resolve, 300))
  socket.destroy()
  await expect.poll(linesOf).toMatchObject([{ status: 400, code: 'invalid_input' }])
  expect(sentry.envelopes).toHaveLength(reports)
})

describe('a browser', () => {
  const preflight = (from: string, path = '/') =>
    example.request(path, {
      method: 'OPTIONS',
      headers: { origin: from, 'access-control-request-method': 'POST' },
    })

  it('of a listed origin may call, and read the headers that it needs', async () => {
    const response = await preflight(origin)
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    expect(response.headers.get('access-control-allow-methods')).toBe('POST, OPTIONS')
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
    const sent = corsHeaders['Access-Control-Allow-Headers']?.split(', ') ?? []
    const allowed = response.headers.get('access-control-allow-headers')?.split(', ')
    expect(allowed).toEqual(expect.arrayContaining([...sent, 'authorization', 'x-region']))
    const answer = await example.request('/open', { headers: { origin } })
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
    expect(answer.headers.get('vary')).toContain('Origin')
    for (const name of ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'traceparent'])
      expect(answer.headers.get('access-control-expose-headers')).toContain(name)
  })

  it.each(['https://app.example.com.evil.example', 'null', 'http://app.example.com', '*'])(
    'of the origin %s may not',
    async (from) => {
      expect((await preflight(from)).headers.get('access-control-allow-origin')).toBeNull()
      const answer = await example.request('/open', { headers: { origin: from } })
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
      expect(answer.headers.get('vary')).toContain('Origin')
    },
  )
})

describe('a limit', () => {
  it('holds for one person in all processes, and says when to come again', async () => {
    const [ada, ben] = [await somebody(), await somebody()]
    const call = (token: string) =>
      example.request('/rare', { headers: { authorization: `Bearer ${token}` } })
    const answers = [await call(ada.token), await call(ada.token), await call(ada.token)]
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204])
    expect(answers.map(({ headers }) => headers.get('ratelimit-policy'))[0]).toBe('"person";q=3;w=3600')
    expect(answers.map(({ headers }) => headers.get('ratelimit')?.split(';')[1])).toEqual([
      'r=2',
      'r=1',
      'r=0',
    ])

    const refused = await call(ada.token)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1100)
    expect(refused.headers.get('ratelimit')).toBe(`"person";r=0;t=${refused.headers.get('retry-after')}`)
    expect(await errorOf(refused)).toMatchObject({ status: 429, code: 'rate_limited', details: 'person' })
    expect((await call(ben.token)).status).toBe(204)
  })
})
