/*
 * What Auth proves by e-mail: links and codes are read from mails that a real SMTP server received.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { type MailCatcher, startMailCatcher } from '../support/mail-catcher.ts'

let database: TestDatabase
let mails: MailCatcher
/** Addresses count at once, and both addresses agree to a change. */
let gateway: TestGateway
/** Addresses are confirmed first, one address agrees to a change, and an old session proves itself again. */
let strict: TestGateway
let sql: pg.Client
let people = 0

const password = 'correct-horse-1'
const site = 'http://127.0.0.1:3000'

beforeAll(async () => {
  database = await createDatabase('platform')
  mails = await startMailCatcher()
  gateway = await startTestGateway(database, { smtpPort: mails.port })
  strict = await startTestGateway(database, {
    smtpPort: mails.port,
    configure: ({ auth }) => {
      auth.email.enable_confirmations = true
      auth.email.double_confirm_changes = false
      auth.email.secure_password_change = true
    },
  })
  sql = new pg.Client({ connectionString: database.url('postgres') })
  await sql.connect()
})
afterAll(async () => {
  await sql.end()
  await gateway.close()
  await strict.close()
  await mails.close()
  await database.drop()
})

const newAddress = () => `person${++people}@example.com`

async function signUp() {
  const email = newAddress()
  const client = gateway.client()
  const { data, error } = await client.auth.signUp({ email, password })
  if (error || !data.user) throw error ?? new Error('no user')
  return { client, email, user: data.user }
}

/** Where a link leads, with what its fragment says. */
async function follow(link: string) {
  const response = await fetch(link, { redirect: 'manual' })
  const location = new URL(response.headers.get('location') ?? '')
  return {
    status: response.status,
    location,
    fragment: Object.fromEntries(new URLSearchParams(location.hash.slice(1))),
  }
}

describe('confirmation of a sign-up', () => {
  it('signs in by the link only', async () => {
    const email = newAddress()
    const client = strict.client()
    const { data, error } = await client.auth.signUp({
      email,
      password,
      options: { emailRedirectTo: `${site}/welcome` },
    })
    expect(error).toBeNull()
    expect(data.session).toBeNull()
    const early = await client.auth.signInWithPassword({ email, password })
    expect(early.error).toMatchObject({ status: 400, code: 'email_not_confirmed' })

    const { link, subject } = await mails.lastMailTo(email)
    expect(subject).toBe('Confirm your email address')
    expect(link.startsWith(`${strict.url}/auth/v1/verify?token=`)).toBe(true)
    await fetch(link, { method: 'HEAD' })
    const { status, location, fragment } = await follow(link)
    expect(status).toBe(303)
    expect(location.href.startsWith(`${site}/welcome#`)).toBe(true)
    expect(fragment).toMatchObject({ type: 'signup', token_type: 'bearer' })
    const { data: person } = await client.auth.getUser(fragment.access_token)
    expect(person.user).toMatchObject({ email, user_metadata: { email_verified: true } })
    expect((await client.auth.signInWithPassword({ email, password })).error).toBeNull()
  })

  it('counts a link once', async () => {
    const email = newAddress()
    await strict.client().auth.signUp({ email, password })
    const { link } = await mails.lastMailTo(email)
    await follow(link)
    const { fragment, location } = await follow(link)
    expect(fragment).toEqual({
      error: 'access_denied',
      error_code: 'otp_expired',
      error_description: 'Email link is invalid or has expired',
    })
    expect(location.origin).toBe(site)
  })

  it('tells nobody who has an account', async () => {
    const email = newAddress()
    const client = strict.client()
    await client.auth.signUp({ email, password })
    await follow((await mails.lastMailTo(email)).link)
    const { data, error } = await client.auth.signUp({ email, password })
    expect(error).toBeNull()
    expect(data.user?.identities).toEqual([])
    expect(await mails.mailsTo(email)).toHaveLength(1)
  })

  it('is sent again when asked for, but not at once', async () => {
    const email = newAddress()
    const client = strict.client()
    await client.auth.signUp({ email, password })
    const soon = await client.auth.resend({ type: 'signup', email })
    expect(soon.error).toMatchObject({ status: 429, code: 'over_email_send_rate_limit' })
    await sql.query(`update auth.users set confirmation_sent_at = now() - interval '2 s' where email = $1`, [
      email,
    ])
    expect((await client.auth.resend({ type: 'signup', email })).error).toBeNull()
    const [first, second] = await mails.mailsTo(email)
    expect((await follow(first?.link ?? '')).fragment.error_code).toBe('otp_expired')
    expect((await follow(second?.link ?? '')).fragment.type).toBe('signup')
  })
})

describe('magic link', () => {
  it('signs in by the code', async () => {
    const { client, email } = await signUp()
    expect((await client.auth.signInWithOtp({ email })).error).toBeNull()
    const { code } = await mails.lastMailTo(email)
    expect(code).toMatch(/^\d{6}$/)
    const { data, error } = await client.auth.verifyOtp({ email, token: code, type: 'email' })
    expect(error).toBeNull()
    expect(data.user?.email).toBe(email)
    const again = await client.auth.verifyOtp({ email, token: code, type: 'email' })
    expect(again.error).toMatchObject({ status: 403, code: 'otp_expired' })
  })

  it('signs in by the hash of the link', async () => {
    const { client, email } = await signUp()
    await client.auth.signInWithOtp({ email })
    const token_hash = new URL((await mails.lastMailTo(email)).link).searchParams.get('token') ?? ''
    const { data, error } = await client.auth.verifyOtp({ token_hash, type: 'magiclink' })
    expect(error).toBeNull()
    expect(data.session?.user.email).toBe(email)
  })

  it('makes an account with the metadata, unless it shall not', async () => {
    const email = newAddress()
    const client = gateway.client()
    const refused = await client.auth.signInWithOtp({ email, options: { shouldCreateUser: false } })
    expect(refused.error).toMatchObject({ status: 422, code: 'otp_disabled' })
    await client.auth.signInWithOtp({ email, options: { data: { name: 'Ada' } } })
    const { code } = await mails.lastMailTo(email)
    const { data } = await client.auth.verifyOtp({ email, token: code, type: 'email' })
    expect(data.user?.user_metadata.name).toBe('Ada')
  })

  it('leaves a first-time address unconfirmed until it is followed', async () => {
    const email = newAddress()
    await strict.client().auth.signInWithOtp({ email })
    const read = () => sql.query('select email_confirmed_at from auth.users where email = $1', [email])
    expect((await read()).rows).toEqual([{ email_confirmed_at: null }])
    await follow((await mails.lastMailTo(email)).link)
    expect((await read()).rows[0].email_confirmed_at).toBeInstanceOf(Date)
  })

  it('leads to the site where the address asked for is not allowed', async () => {
    const { client, email } = await signUp()
    await client.auth.signInWithOtp({ email, options: { emailRedirectTo: 'https://evil.example/steal' } })
    const { link } = await mails.lastMailTo(email)
    const url = new URL(link)
    url.searchParams.set('redirect_to', 'https://evil.example/steal')
    expect((await follow(url.href)).location.origin).toBe(site)
  })

  it('is too old after its time', async () => {
    const { client, email } = await signUp()
    await client.auth.signInWithOtp({ email })
    await sql.query(`update auth.users set recovery_sent_at = now() - interval '2 hours' where email = $1`, [
      email,
    ])
    const { code } = await mails.lastMailTo(email)
    const { error } = await client.auth.verifyOtp({ email, token: code, type: 'email' })
    expect(error).toMatchObject({ status: 403, code: 'otp_expired' })
  })

  it('is exchanged for a session by the client that asked for it (PKCE)', async () => {
    const { email } = await signUp()
    const memory = new Map<string, string>()
    const client = createClient(gateway.url, gateway.publishableKey, {
      auth: {
        flowType: 'pkce',
        autoRefreshToken: false,
        detectSessionInUrl: false,
        storage: {
          getItem: (key) => memory.get(key) ?? null,
          setItem: (key, value) => void memory.set(key, value),
          removeItem: (key) => void memory.delete(key),
        },
      },
    })
    await client.auth.signInWithOtp({ email })
    const { location } = await follow((await mails.lastMailTo(email)).link)
    const code = location.searchParams.get('code') ?? ''
    expect(location.hash).toBe('')
    const stolen = await fetch(`${gateway.url}/auth/v1/token?grant_type=pkce`, {
      method: 'POST',
      body: JSON.stringify({ auth_code: code, code_verifier: 'a guess' }),
      headers: { apikey: gateway.publishableKey },
    })
    expect(await stolen.json()).toMatchObject({ error_code: 'bad_code_verifier' })
    const { data, error } = await client.auth.exchangeCodeForSession(code)
    expect(error).toBeNull()
    expect(data.user?.email).toBe(email)
  })
})

describe('recovery', () => {
  it('lets somebody choose another password', async () => {
    const { email } = await signUp()
    const client = gateway.client()
    expect((await client.auth.resetPasswordForEmail(email, { redirectTo: `${site}/reset` })).error).toBeNull()
    const { fragment, location } = await follow((await mails.lastMailTo(email)).link)
    expect(location.pathname).toBe('/reset')
    expect(fragment.type).toBe('recovery')
    const { access_token = '', refresh_token = '' } = fragment
    await client.auth.setSession({ access_token, refresh_token })
    expect((await client.auth.updateUser({ password: 'battery-staple-2' })).error).toBeNull()
    const signIn = (attempt: string) => gateway.client().auth.signInWithPassword({ email, password: attempt })
    expect((await signIn('battery-staple-2')).error).toBeNull()
    expect((await signIn(password)).error?.code).toBe('invalid_credentials')
  })

  it('says nothing about somebody unknown', async () => {
    const email = newAddress()
    expect((await gateway.client().auth.resetPasswordForEmail(email)).error).toBeNull()
    expect(await mails.mailsTo(email)).toEqual([])
  })
})

describe('change of address', () => {
  it.each(['the old', 'the new'])('counts when both have agreed, %s address first', async (order) => {
    const { client, email, user } = await signUp()
    const next = newAddress()
    const { data, error } = await client.auth.updateUser({ email: next })
    expect(error).toBeNull()
    expect(data.user).toMatchObject({ email, new_email: next })
    const toOld = (await mails.lastMailTo(email)).link
    const toNew = (await mails.lastMailTo(next)).link
    const [first, second] = order === 'the old' ? [toOld, toNew] : [toNew, toOld]

    const half = await follow(first)
    expect(half.fragment.message).toContain('Please proceed to confirm link sent to the other email')
    const repeated = await follow(first)
    expect(repeated.fragment.error_code).toBe('otp_expired')
    expect((await client.auth.getUser()).data.user?.email).toBe(email)

    const whole = await follow(second)
    expect(whole.fragment.type).toBe('email_change')
    const after = (await client.auth.getUser()).data.user
    expect(after).toMatchObject({ id: user.id, email: next })
    expect(after?.new_email).toBeUndefined()
    expect(after?.identities?.[0]?.identity_data).toMatchObject({ email: next, email_verified: true })
    expect((await gateway.client().auth.signInWithPassword({ email: next, password })).error).toBeNull()
  })

  it('works with the codes as well', async () => {
    const { client, email } = await signUp()
    const next = newAddress()
    await client.auth.updateUser({ email: next })
    for (const address of [email, next]) {
      const { code } = await mails.lastMailTo(address)
      const { error } = await client.auth.verifyOtp({ email: address, token: code, type: 'email_change' })
      expect(error).toBeNull()
    }
    expect((await client.auth.getUser()).data.user?.email).toBe(next)
  })

  it('needs the new address alone where the project says so', async () => {
    const { email } = await signUp()
    const client = strict.client()
    await client.auth.signInWithPassword({ email, password })
    const next = newAddress()
    await client.auth.updateUser({ email: next })
    expect(await mails.mailsTo(email)).toEqual([])
    await follow((await mails.lastMailTo(next)).link)
    expect((await client.auth.getUser()).data.user?.email).toBe(next)
  })

  it('refuses an address that is taken, at once and at the end', async () => {
    const { client, email } = await signUp()
    const other = await signUp()
    const taken = await client.auth.updateUser({ email: other.email })
    expect(taken.error).toMatchObject({ status: 422, code: 'email_exists' })
    const wanted = newAddress()
    await client.auth.updateUser({ email: wanted })
    await follow((await mails.lastMailTo(email)).link)
    const { link } = await mails.lastMailTo(wanted)
    await gateway.client().auth.signUp({ email: wanted, password })
    expect((await follow(link)).fragment.error_code).toBe('email_exists')
  })
})

describe('reauthentication', () => {
  it('is asked of an old session before it changes the password', async () => {
    const { email } = await signUp()
    const client = strict.client()
    await client.auth.signInWithPassword({ email, password })
    await sql.query(`update auth.sessions set created_at = now() - interval '2 days'`)
    const change = (nonce?: string) => client.auth.updateUser({ password: 'battery-staple-2', nonce })
    expect((await change()).error).toMatchObject({ status: 400, code: 'reauthentication_needed' })
    expect((await client.auth.reauthenticate()).error).toBeNull()
    expect((await change('000')).error).toMatchObject({ status: 422, code: 'reauthentication_not_valid' })
    expect((await change((await mails.lastMailTo(email)).code)).error).toBeNull()
  })
})

it('leaves no account behind when the mail cannot be sent', async () => {
  const mute = await startTestGateway(database, {
    configure: ({ auth }) => {
      auth.email.enable_confirmations = true
    },
  })
  const email = newAddress()
  const { error } = await mute.client().auth.signUp({ email, password })
  expect(error?.message).toBe('Error sending confirmation email')
  expect((await sql.query('select from auth.users where email = $1', [email])).rows).toEqual([])
  await mute.close()
})

it("uses the project's own template, where what a person says of themselves stays text", async () => {
  const directory = mkdtempSync(join(tmpdir(), 'templates-'))
  const content_path = join(directory, 'invite.html')
  writeFileSync(content_path, '<p title="{{ .Data.name }}">{{ .Email }} {{ .Token }} {{ .Data.missing }}</p>')
  const own = await startTestGateway(database, {
    smtpPort: mails.port,
    configure: ({ auth }) => {
      auth.email.template.magic_link = { subject: 'Hello {{ .Data.name }}', content_path }
    },
  })
  const email = newAddress()
  await own
    .client()
    .auth.signInWithOtp({ email, options: { data: { name: '"><b>Ada\r\nBcc: x@example.com' } } })
  const { subject, html } = await mails.lastMailTo(email)
  expect(subject).toBe('Hello "><b>Ada Bcc: x@example.com')
  expect(html).toMatch(
    /^<p title="&#34;&gt;&lt;b&gt;Ada\s+Bcc: x@example.com">person\d+@example.com \d{6} <\/p>/,
  )
  expect(await mails.mailsTo('x@example.com')).toEqual([])
  await own.close()
  rmSync(directory, { recursive: true })
})
