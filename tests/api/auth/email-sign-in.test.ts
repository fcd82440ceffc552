/*
 * Signing in by e-mail: links and codes are read from mails that a real SMTP server received.
 */
import { setTimeout } from 'node:timers/promises'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { follow, password, site, startAuth, type TestAuth } from '../../support/http/auth.ts'
import type { TestGateway } from '../../support/http/gateway.ts'

let auth: TestAuth
/** Addresses are confirmed first. */
let strict: TestGateway

beforeAll(async () => {
  auth = await startAuth()
  strict = await auth.gatewayWith((config) => {
    config.auth.email.enable_confirmations = true
  })
})
afterAll(() => auth[Symbol.asyncDispose]())

describe('confirmation of a sign-up', () => {
  it('signs in by the link only', async () => {
    const email = auth.newAddress()
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

    const { link, subject } = await auth.mails.lastMailTo(email)
    expect(subject).toBe('Confirm your email address')
    expect(link.startsWith(`${strict.url}/auth/v1/verify?token=`)).toBe(true)
    expect((await fetch(link, { method: 'HEAD' })).status).toBe(200)
    const { status, location, fragment } = await follow(link)
    expect(status).toBe(303)
    expect(location.href.startsWith(`${site}/welcome#`)).toBe(true)
    expect(fragment).toMatchObject({ type: 'signup', token_type: 'bearer' })
    const { data: person } = await client.auth.getUser(fragment.access_token)
    expect(person.user).toMatchObject({ email, user_metadata: { email_verified: true } })
    expect((await client.auth.signInWithPassword({ email, password })).error).toBeNull()
  })

  it('counts a link once', async () => {
    const email = auth.newAddress()
    await strict.client().auth.signUp({ email, password })
    const { link } = await auth.mails.lastMailTo(email)
    await follow(link)
    const { fragment, location } = await follow(link)
    expect(fragment).toEqual({
      error: 'access_denied',
      error_code: 'otp_expired',
      error_description: 'Email link is invalid or has expired',
      sb: '',
    })
    expect(location.origin).toBe(site)
  })

  it('tells nobody who has an account', async () => {
    const email = auth.newAddress()
    const client = strict.client()
    await client.auth.signUp({ email, password })
    await follow((await auth.mails.lastMailTo(email)).link)
    const { data, error } = await client.auth.signUp({ email, password })
    expect(error).toBeNull()
    expect(data.user?.identities).toEqual([])
    expect(await auth.mails.mailsTo(email)).toHaveLength(1)
  })

  it('is sent again when asked for, but not at once', async () => {
    const email = auth.newAddress()
    const client = strict.client()
    await client.auth.signUp({ email, password })
    const soon = await client.auth.resend({ type: 'signup', email })
    expect(soon.error).toMatchObject({ status: 429, code: 'over_email_send_rate_limit' })
    await setTimeout(1100)
    expect((await client.auth.resend({ type: 'signup', email })).error).toBeNull()
    const [first, second] = await auth.mails.mailsTo(email)
    expect((await follow(first?.link ?? '')).fragment.error_code).toBe('otp_expired')
    expect((await follow(second?.link ?? '')).fragment.type).toBe('signup')
  })

  it('is not sent again to somebody who was mailed lately, by whichever process, or is confirmed', async () => {
    const waiting = await auth.createUser({ email_confirm: false })
    await auth.sql.query(
      `update auth.users set confirmation_sent_at = now() + interval '1 h' where id = $1`,
      [waiting.id],
    )
    const confirmed = await auth.createUser()
    for (const { email } of [waiting, confirmed]) {
      expect((await strict.client().auth.resend({ type: 'signup', email })).error).toBeNull()
      expect(await auth.mails.mailsTo(email)).toEqual([])
    }
  })

  it('is mailed to somebody who signs in unconfirmed only where addresses are confirmed', async () => {
    for (const [gateway, type] of [
      [strict, 'signup'],
      [auth.gateway, 'magiclink'],
    ] as const) {
      const { email } = await auth.createUser({ email_confirm: false })
      await gateway.client().auth.signInWithOtp({ email })
      expect(new URL((await auth.mails.lastMailTo(email)).link).searchParams.get('type')).toBe(type)
    }
  })
})

describe('magic link', () => {
  it('signs in by the code', async () => {
    const { client, email } = await auth.signUp()
    expect((await client.auth.signInWithOtp({ email })).error).toBeNull()
    const { code } = await auth.mails.lastMailTo(email)
    expect(code).toMatch(/^\d{6}$/)
    const { data, error } = await client.auth.verifyOtp({ email, token: code, type: 'email' })
    expect(error).toBeNull()
    expect(data.user?.email).toBe(email)
    const again = await client.auth.verifyOtp({ email, token: code, type: 'email' })
    expect(again.error).toMatchObject({ status: 403, code: 'otp_expired' })
  })

  it('signs in by the hash of the link', async () => {
    const { client, email } = await auth.signUp()
    await client.auth.signInWithOtp({ email })
    const token_hash = new URL((await auth.mails.lastMailTo(email)).link).searchParams.get('token') ?? ''
    const { data, error } = await client.auth.verifyOtp({ token_hash, type: 'magiclink' })
    expect(error).toBeNull()
    expect(data.session?.user.email).toBe(email)
  })

  it('makes an account with the metadata, unless it shall not', async () => {
    const email = auth.newAddress()
    const client = auth.gateway.client()
    const refused = await client.auth.signInWithOtp({
      email: auth.newAddress(),
      options: { shouldCreateUser: false },
    })
    expect(refused.error).toMatchObject({ status: 422, code: 'otp_disabled' })
    await client.auth.signInWithOtp({ email, options: { data: { name: 'Ada' } } })
    const { code } = await auth.mails.lastMailTo(email)
    const { data } = await client.auth.verifyOtp({ email, token: code, type: 'email' })
    expect(data.user?.user_metadata.name).toBe('Ada')
  })

  it('leaves a first-time address unconfirmed until it is followed', async () => {
    const email = auth.newAddress()
    await strict.client().auth.signInWithOtp({ email })
    const read = () => auth.sql.query('select email_confirmed_at from auth.users where email = $1', [email])
    expect((await read()).rows).toEqual([{ email_confirmed_at: null }])
    await follow((await auth.mails.lastMailTo(email)).link)
    expect((await read()).rows[0].email_confirmed_at).toBeInstanceOf(Date)
  })

  it('leads to the site where the address asked for is not allowed', async () => {
    const { client, email } = await auth.signUp()
    await client.auth.signInWithOtp({ email, options: { emailRedirectTo: 'https://evil.example/steal' } })
    const { link } = await auth.mails.lastMailTo(email)
    const url = new URL(link)
    url.searchParams.set('redirect_to', 'https://evil.example/steal')
    expect((await follow(url.href)).location.origin).toBe(site)
  })

  it('is too old after its time', async () => {
    const { client, email } = await auth.signUp()
    await client.auth.signInWithOtp({ email })
    await auth.sql.query(
      `update auth.users set recovery_sent_at = now() - interval '2 hours' where email = $1`,
      [email],
    )
    const { code } = await auth.mails.lastMailTo(email)
    const { error } = await client.auth.verifyOtp({ email, token: code, type: 'email' })
    expect(error).toMatchObject({ status: 403, code: 'otp_expired' })
  })

  it('is exchanged for a session by the client that asked for it (PKCE)', async () => {
    const { email } = await auth.signUp()
    const memory = new Map<string, string>()
    const client = createClient(auth.gateway.url, auth.gateway.publishableKey, {
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
    const { location } = await follow((await auth.mails.lastMailTo(email)).link)
    const code = location.searchParams.get('code') ?? ''
    expect(location.hash).toBe('')
    const stolen = await fetch(`${auth.gateway.url}/auth/v1/token?grant_type=pkce`, {
      method: 'POST',
      body: JSON.stringify({ auth_code: code, code_verifier: 'a guess' }),
      headers: { apikey: auth.gateway.publishableKey },
    })
    expect(await stolen.json()).toMatchObject({ error_code: 'bad_code_verifier' })
    const { data, error } = await client.auth.exchangeCodeForSession(code)
    expect(error).toBeNull()
    expect(data.user?.email).toBe(email)
  })
})
