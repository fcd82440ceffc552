/*
 * Requests that no client makes: too long, broken, or naming what JavaScript keeps for itself. Each is refused before
 * any work, and the next request finds everything as it was.
 */
import { importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { password, startAuth, type TestAuth } from '../../support/http/auth.ts'

let auth: TestAuth

beforeAll(async () => {
  auth = await startAuth()
})
afterAll(() => auth[Symbol.asyncDispose]())

const send = (path: string, body?: string | ReadableStream, init: RequestInit & { duplex?: 'half' } = {}) =>
  fetch(`${auth.gateway.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { apikey: auth.gateway.publishableKey },
    ...(body === undefined ? {} : { body }),
    redirect: 'manual',
    ...init,
  })

describe('size', () => {
  const tooLarge = { code: 413, error_code: 'request_entity_too_large' }
  const largest = 1024 * 1024

  it('of a body is bounded, whether it says its length or not', async () => {
    const body = JSON.stringify({ email: auth.newAddress(), password, data: { note: 'x'.repeat(largest) } })
    const told = await send('/auth/v1/signup', body)
    expect(told.status).toBe(413)
    expect(await told.json()).toMatchObject(tooLarge)
    const untold = await send('/auth/v1/signup', new Blob([body]).stream(), { duplex: 'half' })
    expect(untold.status).toBe(413)
    expect(await untold.json()).toMatchObject(tooLarge)
  })

  it('of a body may be large without a told length', async () => {
    const email = auth.newAddress()
    const body = JSON.stringify({ unread: 'ä'.repeat(100_000), email, password, data: { note: 'ä' } })
    const response = await send('/auth/v1/signup', new Blob([body]).stream(), { duplex: 'half' })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ user: { email, user_metadata: { note: 'ä' } } })
  })

  it('of codes and tokens is looked at first', async () => {
    const long = 'a'.repeat(500_000)
    for (const [path, body, status, code] of [
      ['/verify', { type: 'email', token_hash: long }, 403, 'otp_expired'],
      ['/verify', { type: 'email', email: 'a@example.com', token: long }, 403, 'otp_expired'],
      ['/token?grant_type=refresh_token', { refresh_token: long }, 400, 'validation_failed'],
      ['/token?grant_type=pkce', { auth_code: long, code_verifier: long }, 404, 'flow_state_not_found'],
      [
        '/otp',
        { email: 'a@example.com', code_challenge: long, code_challenge_method: 's256' },
        400,
        'validation_failed',
      ],
    ] as const) {
      const began = performance.now()
      const response = await send(`/auth/v1${path}`, JSON.stringify(body))
      expect(performance.now() - began, path).toBeLessThan(1000)
      expect(response.status, path).toBe(status)
      expect(await response.json(), path).toMatchObject({ error_code: code })
    }
  })

  it('of nesting is bounded', async () => {
    const deep = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`
    const response = await send('/auth/v1/signup', `{"email": "a@example.com", "data": ${deep}}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error_code: 'validation_failed' })
  })
})

describe('an address', () => {
  it.each([
    '/auth/v1/verify?type=signup&token=%00',
    '/auth/v1/verify?type=signup&token=%E0%A4%A',
    '/auth/v1/admin/users/%ZZ',
  ])('that is broken is refused: %s', async (path) => {
    const response = await send(path)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 400, error_code: 'validation_failed' })
  })
})

describe('names that every object inherits', () => {
  const addresses = [
    '/rest/v1/people?__proto__=eq.1',
    '/rest/v1/people?__proto__.polluted=eq.1',
    '/rest/v1/people?%5F%5Fproto%5F%5F=eq.1',
    '/rest/v1/people?constructor=eq.1',
    '/rest/v1/people?select=id,__proto__(polluted)',
    '/rest/v1/people?order=constructor.asc',
    '/rest/v1/people?or=(__proto__.eq.1,id.eq.1)',
    '/rest/v1/__proto__?select=id',
    '/rest/v1/rpc/constructor?a=1',
    '/auth/v1/verify?__proto__[polluted]=1&type=signup&token=x',
    '/auth/v1/admin/users?__proto__.polluted=1',
    '/auth/v1/verify?type=__proto__&token=x',
    '/auth/v1/token?grant_type=constructor',
    '/auth/v1/logout?scope=__proto__',
  ]
  const bodies = [
    '{"__proto__": {"polluted": true}}',
    '{"constructor": {"prototype": {"polluted": true}}}',
    '{"email": "a@example.com", "data": {"__proto__": {"polluted": true}}}',
    '{"email": "a@example.com", "data": {"a": [{"__proto__": {"polluted": true}}]}}',
    '{"\\u005f_proto__": {"polluted": true}}',
    '{"email": {"__proto__": []}}',
    '[{"__proto__": null}]',
  ]
  const paths = [
    '/signup',
    '/otp',
    '/recover',
    '/resend',
    '/verify',
    '/token?grant_type=password',
    '/admin/users',
  ]

  it('change nothing for the next request', async () => {
    const before = JSON.stringify(Object.getOwnPropertyNames(Object.prototype))
    const { session } = await auth.signUp()
    for (const path of addresses) {
      const response = await send(
        path,
        path.includes('/token') || path.includes('/logout') ? '{}' : undefined,
      )
      expect(response.status, path).toBeGreaterThanOrEqual(300)
      expect(response.status, path).toBeLessThan(500)
    }
    for (const body of bodies)
      for (const path of paths) {
        const headers = { apikey: auth.gateway[path === '/admin/users' ? 'secretKey' : 'publishableKey'] }
        const response = await send(`/auth/v1${path}`, body, { headers })
        expect(response.status, `${path} ${body}`).toBe(400)
        expect(await response.json(), `${path} ${body}`).toMatchObject({ error_code: 'validation_failed' })
      }
    for (const body of bodies) {
      const headers = {
        apikey: auth.gateway.publishableKey,
        authorization: `Bearer ${session.access_token}`,
      }
      expect((await send('/auth/v1/user', body, { method: 'PUT', headers })).status, body).toBe(400)
    }
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(before)
    expect({}).not.toHaveProperty('polluted')
    const { client } = await auth.signUp({ name: 'Ada' })
    expect((await client.auth.getUser()).data.user?.user_metadata).toMatchObject({ name: 'Ada' })
  })

  it('are data as texts, and but for one as keys inside metadata', async () => {
    const metadata = {
      car: 'constructor',
      note: '__proto__',
      constructor: { prototype: { polluted: true } },
      lists: [{ prototype: 1 }],
    }
    const { client, user } = await auth.signUp(metadata)
    expect(user.user_metadata).toMatchObject(metadata)
    const { data, error } = await client.auth.updateUser({ data: { constructor: { polluted: false } } })
    expect(error).toBeNull()
    expect(data.user?.user_metadata).toMatchObject({ ...metadata, constructor: { polluted: false } })
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('the end of an access token', () => {
  const signed = async (subject: string, end: number) =>
    new SignJWT({ role: 'authenticated', aud: 'authenticated', sub: subject })
      .setProtectedHeader({ alg: 'ES256' })
      .setExpirationTime(end)
      .sign(await importJWK(inject('keys').jwtSigningKey, 'ES256'))
  const bearer = (token: string) => ({
    headers: { apikey: auth.gateway.publishableKey, authorization: `Bearer ${token}` },
  })

  it('is kept to the second by Auth and Storage, also by a token that was seen before', async () => {
    const { user } = await auth.signUp()
    // It holds for three seconds at least, which a busy machine may need for the first two requests.
    const end = Math.floor(Date.now() / 1000) + 4
    const token = await signed(user.id, end)
    const paths = ['/auth/v1/user', '/storage/v1/bucket']
    for (const path of paths) expect((await send(path, undefined, bearer(token))).status, path).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, end * 1000 - Date.now() + 10))
    const late = await send('/auth/v1/user', undefined, bearer(token))
    expect(late.status).toBe(403)
    expect(await late.json()).toMatchObject({ error_code: 'bad_jwt' })
    expect((await send('/storage/v1/bucket', undefined, bearer(token))).status).toBe(400)
    // The Data API allows for clocks that differ: it looks for the table.
    expect((await send('/rest/v1/people', undefined, bearer(token))).status).toBe(404)
  })
})
