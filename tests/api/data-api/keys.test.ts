/*
 * Who may call: the project's keys, also in their legacy form, and access tokens that the project signed and that still hold.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type DataApi, signToken, startDataApi } from '../../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi("create function public.who() returns text language sql as 'select current_user'")
})
afterAll(() => api[Symbol.asyncDispose]())

/** Asks who the caller is, with these headers alone. */
async function who(headers: Record<string, string>, query = '') {
  const response = await fetch(`${api.gateway.url}/rest/v1/rpc/who${query}`, { headers })
  return { response, body: await response.json() }
}

const now = () => Math.floor(Date.now() / 1000)

describe('an API key', () => {
  it('may come as a header, a parameter or a bearer token', async () => {
    const { publishableKey, secretKey } = api.gateway
    expect((await who({ apikey: publishableKey })).body).toBe('anon')
    expect((await who({}, `?apikey=${publishableKey}`)).body).toBe('anon')
    expect((await who({ authorization: `Bearer ${publishableKey}` })).body).toBe('anon')
    expect((await who({ apikey: secretKey })).body).toBe('service_role')
    expect((await who({ authorization: `Bearer ${secretKey}` })).body).toBe('service_role')
    expect((await who({ apikey: secretKey, authorization: `Bearer ${secretKey}` })).body).toBe('service_role')
  })

  it('may have the form of a token: as a key it is what it is, as a token it decides', async () => {
    const { anonKey, serviceRoleKey } = inject('keys')
    const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
    for (const [key, role] of [
      [anonKey, 'anon'],
      [serviceRoleKey, 'service_role'],
    ] as const) {
      expect((await who({ apikey: key })).body).toBe(role)
      expect((await who({}, `?apikey=${key}`)).body).toBe(role)
      expect((await who(bearer(key))).body).toBe(role)
      expect((await who({ apikey: key, ...bearer(key) })).body).toBe(role)
      expect((await who({ apikey: key, ...bearer(await signToken()) })).body).toBe('authenticated')
    }
    expect((await who({ apikey: serviceRoleKey, ...bearer(anonKey) })).body).toBe('anon')
  })

  it('is no other token of the project, whatever its role', async () => {
    const { response, body } = await who({ apikey: await signToken({ role: 'service_role' }) })
    expect(response.status).toBe(401)
    expect(body).toMatchObject({ message: 'Invalid API key' })
  })

  it('is required', async () => {
    const { response, body } = await who({})
    expect(response.status).toBe(401)
    expect(body).toMatchObject({ message: 'No API key found in request' })
  })

  it.each(['sb_publishable_wrong', 'sb_secret_wrong', 'wrong'])(
    'must be one of the project: %s',
    async (apikey) => {
      const { response, body } = await who({ apikey })
      expect(response.status).toBe(401)
      expect(body).toMatchObject({ message: 'Invalid API key' })
    },
  )

  it('that is secret has no place in a browser', async () => {
    const { response } = await who({ apikey: api.gateway.secretKey, 'user-agent': 'Mozilla/5.0 (X11)' })
    expect(response.status).toBe(401)
  })

  it('stands behind a token: the token decides', async () => {
    const authorization = `Bearer ${await signToken()}`
    expect((await who({ apikey: api.gateway.publishableKey, authorization })).body).toBe('authenticated')
    expect((await who({ apikey: api.gateway.secretKey, authorization })).body).toBe('authenticated')
    expect((await who({ authorization })).response.status).toBe(401)
  })
})

describe('an access token', () => {
  const call = async (token: string) =>
    who({ apikey: api.gateway.publishableKey, authorization: `Bearer ${token}` })

  it('that has expired is PGRST303', async () => {
    const { response, body } = await call(await signToken({ exp: now() - 60 }))
    expect(response.status).toBe(401)
    expect(body).toMatchObject({ code: 'PGRST303', message: 'JWT expired' })
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer error="invalid_token", error_description="JWT expired"',
    )
  })

  it('that was seen before goes on ageing, to the end of the leeway of 30 seconds', async () => {
    const exp = now() - 26
    const token = await signToken({ exp })
    expect((await call(token)).body).toBe('authenticated')
    await sleep((exp + 30) * 1000 - Date.now())
    expect((await call(token)).body).toMatchObject({ code: 'PGRST303', message: 'JWT expired' })
  })

  it('that is not valid yet, or from the future, is PGRST303', async () => {
    expect((await call(await signToken({ nbf: now() + 60 }))).body).toMatchObject({
      message: 'JWT not yet valid',
    })
    expect((await call(await signToken({ iat: now() + 60 }))).body).toMatchObject({
      message: 'JWT issued at future',
    })
  })

  it.each([
    [{ exp: 'soon' }, "The JWT 'exp' claim must be a number"],
    [{ nbf: 'soon' }, "The JWT 'nbf' claim must be a number"],
    [{ iat: true }, "The JWT 'iat' claim must be a number"],
    [{ aud: { for: 'all' } }, "The JWT 'aud' claim must be a string or an array of strings"],
    [{ aud: ['all', 1] }, "The JWT 'aud' claim must be a string or an array of strings"],
    [{ exp: 'soon', aud: 1 }, "The JWT 'exp' claim must be a number"],
  ])('of %j is PGRST303, and says what is wrong', async (claims, message) => {
    const { response, body } = await call(await signToken(claims))
    expect(response.status).toBe(401)
    expect(body).toMatchObject({ code: 'PGRST303', message })
  })

  it('of another key is PGRST301', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const forged = await new SignJWT({ role: 'service_role' })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey)
    const { response, body } = await call(forged)
    expect(response.status).toBe(401)
    expect(body).toMatchObject({ code: 'PGRST301', message: 'No suitable key or wrong key type' })
  })

  it('that is unsigned, symmetric or tampered with is PGRST301', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = encode({ role: 'service_role' })
    const symmetric = await new SignJWT({ role: 'service_role' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode('a secret of thirty-two characters'))
    const [header, , signature] = (await signToken()).split('.')
    for (const token of [
      `${encode({ alg: 'none' })}.${claims}.`,
      symmetric,
      `${header}.${claims}.${signature}`,
    ])
      expect((await call(token)).body).toMatchObject({ code: 'PGRST301' })
  })

  it('that is none is PGRST301', async () => {
    expect((await call('hello')).body).toMatchObject({
      code: 'PGRST301',
      message: 'Expected 3 parts in JWT; got 1',
    })
  })

  it('without a role is anonymous; with a role that does not exist, or may not be taken, it is refused', async () => {
    expect((await call(await signToken({ role: undefined }))).body).toBe('anon')
    expect((await call(await signToken({ role: 'nobody_here' }))).response.status).toBe(401)
    expect((await call(await signToken({ role: 'postgres' }))).response.status).toBe(403)
  })
})
