/*
 * Which addresses are taken: those that Supabase takes, and none that is looked at longer than it may be.
 */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readProject } from '../../../local/config/index.ts'
import { checkEmail, checkPhone } from '../../../local/services/auth/input.ts'
import { assertStrongPassword, hashPassword, isPassword } from '../../../local/services/auth/passwords.ts'
import { isAllowedRedirect, redirectTarget } from '../../../local/services/auth/redirects.ts'
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

it('an address may have 255 bytes, a number 15 digits, and what is read for one 64 characters', async () => {
  const longest = `${'a'.repeat(243)}@example.com`
  expect(checkEmail(longest)).toBe(longest)
  expect(() => checkEmail(`a${longest}`)).toThrow('too long')
  expect(() => checkEmail('')).toThrow('required')
  await auth.createUser({ email: longest })
  expect((await auth.signIn(longest)).error).toBeNull()
  expect(checkPhone(`+49 ${'1'.repeat(13)}`)).toBe(`49${'1'.repeat(13)}`)
  expect(checkPhone(`49${' '.repeat(62)}`)).toBe('49')
  for (const phone of ['1'.repeat(16), `49${' '.repeat(63)}`, '0151', '4', ''])
    expect(() => checkPhone(phone), phone).toThrow('Invalid phone number')
})

it('a password may have the 72 bytes that bcrypt reads, and none of more is one', async () => {
  const settings = readProject(join(import.meta.dirname, '../../..')).auth
  const longest = `${'ä'.repeat(34)}Aa1!`
  expect(() => assertStrongPassword(longest, settings)).not.toThrow()
  expect(() => assertStrongPassword(`${longest}x`, settings)).toThrow('cannot be longer than 72')
  const hash = await hashPassword(longest)
  expect([await isPassword(longest, hash), await isPassword(`${longest}x`, hash)]).toEqual([true, false])
})

it('a password is hashed in as many rounds as on Supabase', async () => {
  // Tests have set fewer in the module that they share.
  vi.resetModules()
  const own = await import('../../../local/services/auth/passwords.ts')
  expect(await own.hashPassword(password)).toMatch(/^\$2[aby]\$10\$/)
})

describe('a link', () => {
  const settings = {
    ...readProject(join(import.meta.dirname, '../../..')).auth,
    site_url: 'https://site.example',
    additional_redirect_urls: ['https://*.app.example/**', 'https://one.example/a?c', 'https://x.example/*'],
  }

  it.each([
    ['https://site.example/anything?at=all', true],
    ['http://site.example/', false],
    ['https://site.example.evil.example/', false],
    ['https://a.app.example/b/c', true],
    ['https://a.b.app.example/', false],
    ['https://a/app.example/', false],
    ['https://one.example/abc#there', true],
    ['https://one.example/a/c', false],
    ['https://one.example/abbc', false],
    ['https://x.example/a', true],
    ['https://x.example/a/b', false],
    ['https://xyexample/a', false],
    ['/relative', false],
    [`https://site.example/${'a'.repeat(2048 - 21)}`, true],
    [`https://site.example/${'a'.repeat(2048 - 20)}`, false],
  ])('may lead to %s: %s', (address, isAllowed) => {
    expect(isAllowedRedirect(address, settings)).toBe(isAllowed)
  })

  it('leads to the first of what is asked for that is allowed, and the log says what is not', () => {
    const said = vi.spyOn(console, 'warn').mockReturnValue()
    const [allowed, other] = ['https://a.app.example/', 'https://x.example/b']
    const refused = 'https://evil.example/'
    const target = (asked: string, named?: string, referer = '') =>
      redirectTarget(
        { settings },
        new Request(`http://localhost/?redirect_to=${encodeURIComponent(asked)}`, { headers: { referer } }),
        named,
      )
    try {
      expect(target(allowed)).toBe(allowed)
      expect(target(allowed, other)).toBe(other)
      expect(target('', undefined, other)).toBe(other)
      expect(target('', undefined, refused)).toBe('https://site.example')
      expect(said).not.toHaveBeenCalled()
      expect(target(allowed, refused)).toBe(allowed)
      expect(said).toHaveBeenLastCalledWith(expect.stringContaining('add "https://evil.example/**"'))
      expect(target('/relative')).toBe('https://site.example')
      expect(said).toHaveBeenLastCalledWith(expect.stringContaining('is no absolute URL of up to 2048'))
      expect(target(`${refused}${'a'.repeat(2048 - 21)}`)).toBe('https://site.example')
      expect(said).toHaveBeenLastCalledWith(expect.stringContaining('add "https://evil.example/**"'))
      expect(target(`${refused}${'a'.repeat(2048 - 20)}`)).toBe('https://site.example')
      expect(said).toHaveBeenLastCalledWith(expect.stringContaining('is no absolute URL of up to 2048'))
    } finally {
      said.mockRestore()
    }
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
