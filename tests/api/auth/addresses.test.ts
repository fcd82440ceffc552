/*
 * Which addresses are taken: those that Supabase takes, and none that is looked at longer than it may be.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { password, startAuth, type TestAuth } from '../../support/http/auth.ts'

let auth: TestAuth

beforeAll(async () => {
  auth = await startAuth()
})
afterAll(() => auth[Symbol.asyncDispose]())

const post = (path: string, body: unknown) =>
  fetch(`${auth.gateway.url}/auth/v1${path}`, {
    method: 'POST',
    headers: { apikey: auth.gateway.publishableKey, 'x-supabase-api-version': '2024-01-01' },
    body: JSON.stringify(body),
  })

describe('a sign-up', () => {
  it.each(['x@localhost', "o'brien+news@example.com", 'UPPER@Example.COM'])('takes %s', async (email) => {
    const { data, error } = await auth.gateway.client().auth.signUp({ email, password })
    expect(error).toBeNull()
    expect(data.user?.email).toBe(email.toLowerCase())
  })

  it.each([
    ['a local part beyond ASCII', 'ü@example.com'],
    ['a domain beyond ASCII', 'u@exämple.com'],
    ['characters that need quoting', 'xx:;x@x.x'],
    ['a line break', 'a@example.com\nBcc: b@example.com'],
    ['no host', 'somebody@'],
    ['two at signs', 'a@b@example.com'],
  ])('refuses %s', async (_case, email) => {
    const response = await post('/signup', { email, password })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      code: 'validation_failed',
      message: 'Unable to validate email address: invalid format',
    })
  })

  it('refuses a U+0000 wherever it stands', async () => {
    for (const body of [
      { email: 'a\0@example.com', password },
      { email: auth.newAddress(), password: 'correct\0horse' },
      { email: auth.newAddress(), password, data: { name: 'A\0da' } },
    ]) {
      const response = await post('/signup', body)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ code: 'validation_failed' })
    }
  })

  it('measures an address before it looks at it', async () => {
    const long = `${'a'.repeat(60_000)}@example.com`
    for (const path of ['/signup', '/otp', '/recover']) {
      const began = performance.now()
      const response = await post(path, { email: long, password })
      expect(performance.now() - began, path).toBeLessThan(1000)
      expect(response.status, path).toBe(400)
      expect(await response.json(), path).toEqual({
        code: 'validation_failed',
        message: 'An email address is too long',
      })
    }
    const signIn = await auth.gateway.client().auth.signInWithPassword({ email: long, password })
    expect(signIn.error).toMatchObject({ code: 'invalid_credentials' })
  })
})

it('an address and a phone number together are refused, and leave no account', async () => {
  const email = auth.newAddress()
  const response = await post('/signup', { email, phone: '4915112345678', password })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code: 'validation_failed' })
  expect((await auth.sql.query('select from auth.users where email = $1', [email])).rowCount).toBe(0)
})

it('half of a surrogate pair in a name becomes the replacement character', async () => {
  const response = await fetch(`${auth.gateway.url}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: auth.gateway.publishableKey },
    body: `{"email": "${auth.newAddress()}", "password": "${password}", "data": {"name": "\\ud800"}}`,
  })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ user: { user_metadata: { name: '\ufffd' } } })
})
