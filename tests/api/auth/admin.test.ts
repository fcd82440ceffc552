/*
 * What a server does with accounts through supabase.auth.admin, and that nobody else can.
 */
import type { AdminUserAttributes } from '@supabase/supabase-js'
import { importJWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { z } from 'zod'
import { checkUserInput } from '../../../local/services/auth/admin/user-input.ts'
import { hashPassword } from '../../../local/services/auth/passwords.ts'
import { updateUser } from '../../../local/services/auth/users.ts'
import { password, startAuth, type TestAuth } from '../../support/http/auth.ts'

let auth: TestAuth

beforeAll(async () => {
  auth = await startAuth()
})
afterAll(() => auth[Symbol.asyncDispose]())

describe('who may', () => {
  const list = (headers: Record<string, string>) =>
    fetch(`${auth.gateway.url}/auth/v1/admin/users`, { headers })
  const bearer = (token: string) => ({
    apikey: auth.gateway.publishableKey,
    authorization: `Bearer ${token}`,
  })
  const sign = async (role: string) =>
    new SignJWT({ role })
      .setProtectedHeader({ alg: 'ES256' })
      .setExpirationTime('1m')
      .sign(await importJWK(inject('keys').jwtSigningKey, 'ES256'))

  it('takes the secret key, with or without a bearer token', async () => {
    const headers = { apikey: auth.gateway.secretKey }
    expect((await list(headers)).status).toBe(200)
    expect((await list({ ...headers, authorization: `Bearer ${auth.gateway.secretKey}` })).status).toBe(200)
  })

  it('takes the legacy key of service_role, and not the one of anon', async () => {
    const { anonKey, serviceRoleKey } = inject('keys')
    const both = (key: string) => ({ apikey: key, authorization: `Bearer ${key}` })
    expect((await list({ apikey: serviceRoleKey })).status).toBe(200)
    expect((await list(both(serviceRoleKey))).status).toBe(200)
    expect((await list({ apikey: anonKey })).status).toBe(401)
    expect((await list(both(anonKey))).status).toBe(403)
  })

  it('takes a token that the project signed for service_role', async () => {
    expect((await list(bearer(await sign('service_role')))).status).toBe(200)
  })

  it('refuses everybody else', async () => {
    const { email } = await auth.createUser()
    const token = (await auth.signIn(email)).data.session?.access_token ?? ''
    const refusals = [
      [{ apikey: auth.gateway.publishableKey }, 401, 'no_authorization'],
      [bearer(auth.gateway.publishableKey), 403, 'not_admin'],
      [bearer(token), 403, 'not_admin'],
      [bearer(await sign('authenticated')), 403, 'not_admin'],
      [{ ...bearer(token), apikey: auth.gateway.secretKey }, 403, 'not_admin'],
      [bearer('a.b.c'), 403, 'bad_jwt'],
    ] as const
    for (const [headers, status, code] of refusals) {
      const response = await list(headers)
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({ error_code: code })
    }
    expect((await list({})).status).toBe(401)
    const invited = await fetch(`${auth.gateway.url}/auth/v1/invite`, {
      method: 'POST',
      headers: bearer(token),
      body: JSON.stringify({ email: auth.newAddress() }),
    })
    expect(invited.status).toBe(403)
  })
})

describe('createUser', () => {
  it('makes an account that can sign in', async () => {
    const id = crypto.randomUUID()
    const user = await auth.createUser({ id, user_metadata: { name: 'Ada' }, app_metadata: { plan: 'gold' } })
    expect(user).toMatchObject({
      id,
      app_metadata: { provider: 'email', providers: ['email'], plan: 'gold' },
      user_metadata: { name: 'Ada' },
    })
    expect((await auth.signIn(user.email)).data.user?.id).toBe(id)
  })

  it('leaves an address unconfirmed unless told otherwise', async () => {
    const { email } = await auth.createUser({ email_confirm: false })
    expect((await auth.signIn(email)).error?.code).toBe('email_not_confirmed')
  })

  it('takes a phone number', async () => {
    const { data } = await auth.accounts().createUser({ phone: '+4915112345678', phone_confirm: true })
    expect(data.user).toMatchObject({ phone: '4915112345678', app_metadata: { providers: ['phone'] } })
    const again = await auth.accounts().createUser({ phone: '4915112345678' })
    expect(again.error).toMatchObject({ status: 422, code: 'phone_exists' })
  })

  it('refuses what cannot be an account', async () => {
    const { email } = await auth.createUser()
    const attempts = [
      [{ email, password }, 422, 'email_exists'],
      [{ password }, 400, 'validation_failed'],
      [{ email: 'not an address' }, 400, 'validation_failed'],
      [{ email: auth.newAddress(), id: 'not a uuid' }, 400, 'validation_failed'],
      [{ email: auth.newAddress(), ban_duration: 'for ever' }, 400, 'validation_failed'],
      [{ email: auth.newAddress(), password, password_hash: 'x' }, 400, 'validation_failed'],
      [{ email: auth.newAddress(), password_hash: 'x' }, 500, undefined],
      [{ email: auth.newAddress(), password: 'x'.repeat(73) }, 400, 'validation_failed'],
      [{ email: auth.newAddress(), role: 'x'.repeat(256) }, 400, 'validation_failed'],
    ] as const
    for (const [attributes, status, code] of attempts)
      expect((await auth.accounts().createUser(attributes)).error).toMatchObject({ status, code })
    const largest = { email: auth.newAddress(), password: 'x'.repeat(72), role: 'x'.repeat(255) }
    expect((await auth.accounts().createUser(largest)).error).toBeNull()
  })

  it('takes the hash of a password in its place, and a number as confirmed', async () => {
    const email = auth.newAddress()
    const password_hash = await hashPassword('battery-staple-2')
    const phone = { phone: '4915112345679', phone_confirm: true }
    const made = await auth
      .accounts()
      .createUser({ email, password_hash, email_confirm: true, ...phone } as AdminUserAttributes)
    expect(made.data.user?.phone_confirmed_at).toEqual(expect.any(String))
    expect((await auth.signIn(email, 'battery-staple-2')).error).toBeNull()
  })
})

describe('listUsers and getUserById', () => {
  it('pages through all accounts', async () => {
    const made = await Promise.all([auth.createUser(), auth.createUser(), auth.createUser()])
    const first = await auth.accounts().listUsers({ page: 1, perPage: 2 })
    expect(first.error).toBeNull()
    const { rows } = await auth.sql.query('select count(*)::integer as count from auth.users')
    expect(first.data).toMatchObject({ total: rows[0].count, nextPage: 2 })
    expect(first.data.users).toHaveLength(2)
    const { data } = await auth.accounts().listUsers({ page: 1, perPage: 1000 })
    expect(data.users.map(({ id }) => id)).toEqual(expect.arrayContaining(made.map(({ id }) => id)))
    expect(data.users[0]?.identities).toBeNull()
  })

  it('gives pages of fifty, and no page of more than a thousand', async () => {
    const get = (query: string) =>
      fetch(`${auth.gateway.url}/auth/v1/admin/users?${query}`, {
        headers: { apikey: auth.gateway.secretKey },
      })
    for (const [query, size] of [
      ['', 50],
      ['per_page=', 50],
      ['page=1&per_page=1000', 1000],
      ['per_page=1001', 1000],
    ] as const)
      expect((await get(query)).headers.get('link')).toBe(
        `</admin/users?page=1&per_page=${size}>; rel="last"`,
      )
    for (const query of ['page=0', 'page=x', 'per_page=0', 'per_page=1.5', 'page=9007199254740992']) {
      const response = await get(query)
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { error_code: 'validation_failed' },
      ])
    }
    const unknown = await fetch(`${auth.gateway.url}/auth/v1/admin/users/x`, {
      headers: { apikey: auth.gateway.secretKey },
    })
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error_code: 'validation_failed' }])
  })

  it('finds one, or says that there is none', async () => {
    const { id, email } = await auth.createUser()
    expect((await auth.accounts().getUserById(id)).data.user?.email).toBe(email)
    const { error } = await auth.accounts().getUserById(crypto.randomUUID())
    expect(error).toMatchObject({ status: 404, code: 'user_not_found' })
  })
})

describe('updateUserById', () => {
  it('changes the address at once, and the identity with it', async () => {
    const { id } = await auth.createUser()
    const email = auth.newAddress()
    const { data, error } = await auth.accounts().updateUserById(id, { email, email_confirm: true })
    expect(error).toBeNull()
    expect(data.user?.identities?.[0]?.identity_data?.email).toBe(email)
    expect((await auth.signIn(email)).error).toBeNull()
    // Their own address is nobody else's.
    expect((await auth.accounts().updateUserById(id, { email })).error).toBeNull()
    const other = await auth.createUser()
    expect((await auth.accounts().updateUserById(id, { email: other.email })).error).toMatchObject({
      status: 500,
      message: 'Error updating user',
    })
    expect((await auth.accounts().getUserById(id)).data.user?.email).toBe(email)
  })

  it('merges metadata, and removes what is null', async () => {
    const { id } = await auth.createUser({ user_metadata: { a: 1, b: 2 }, app_metadata: { c: 3 } })
    const { data } = await auth.accounts().updateUserById(id, {
      user_metadata: { a: null, d: 4 },
      app_metadata: { c: 5 },
    })
    expect(data.user?.user_metadata).toEqual({ b: 2, d: 4, email_verified: true })
    expect(data.user?.app_metadata).toEqual({ provider: 'email', providers: ['email'], c: 5 })
  })

  it('sets a password, which ends every session', async () => {
    const { id, email } = await auth.createUser()
    const { data } = await auth.signIn(email)
    expect((await auth.accounts().updateUserById(id, { password: 'short' })).error).toMatchObject({
      status: 422,
      code: 'weak_password',
    })
    expect((await auth.accounts().updateUserById(id, { password: 'battery-staple-2' })).error).toBeNull()
    expect((await auth.gateway.client().auth.getUser(data.session?.access_token)).error?.name).toBe(
      'AuthSessionMissingError',
    )
    expect((await auth.signIn(email, 'battery-staple-2')).error).toBeNull()
  })

  it('bans somebody from signing in and refreshing, and lets them in again', async () => {
    const { id, email } = await auth.createUser()
    const { data } = await auth.signIn(email)
    const refresh = () =>
      auth.gateway.client().auth.refreshSession({ refresh_token: data.session?.refresh_token ?? '' })
    expect((await auth.accounts().updateUserById(id, { ban_duration: '1h30m' })).error).toBeNull()
    expect((await auth.signIn(email)).error).toMatchObject({ status: 400, code: 'user_banned' })
    expect((await refresh()).error).toMatchObject({ status: 400, code: 'user_banned' })
    await auth.gateway.client().auth.signInWithOtp({ email })
    const { code } = await auth.mails.lastMailTo(email)
    const verified = await auth.gateway.client().auth.verifyOtp({ email, token: code, type: 'email' })
    expect(verified.error).toMatchObject({ status: 403, code: 'user_banned' })
    await auth.accounts().updateUserById(id, { ban_duration: 'none' })
    expect((await refresh()).error).toBeNull()
  })

  it.each([
    ['10000m', 10_000 * 60],
    ['100h', 360_000],
    ['1h30m', 5_400],
    ['90000s', 90_000],
  ])('bans for %s, which are %i seconds', async (ban_duration, seconds) => {
    const { id } = await auth.createUser()
    const { data } = await auth.accounts().updateUserById(id, { ban_duration })
    const until = Date.parse(z.object({ banned_until: z.string() }).parse(data.user).banned_until)
    expect(Math.abs(until - Date.now() - 1000 * seconds)).toBeLessThan(5_000)
  })

  it('reads a ban to the millisecond, of as many characters as it looks at', () => {
    const nothing = {}
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    try {
      for (const [ban_duration, milliseconds] of [
        ['1000ms', 1000],
        ['1s', 1000],
        ['1.5m', 90_000],
        ['1h', 3_600_000],
        [`${'0'.repeat(62)}1s`, 1000],
      ] as const)
        expect(checkUserInput({ ...nothing, ban_duration }).bannedUntil?.getTime()).toBe(milliseconds)
    } finally {
      vi.useRealTimers()
    }
    for (const ban_duration of [`${'0'.repeat(63)}1s`, '99999999999999999h', '1d', 'h'])
      expect(() => checkUserInput({ ...nothing, ban_duration })).toThrow('invalid format for ban duration')
    expect(checkUserInput({ ...nothing, ban_duration: 'none' }).bannedUntil).toBeNull()
    expect(checkUserInput(nothing).bannedUntil).toBeUndefined()
  })

  it('makes somebody anonymous permanent with what counts as confirmed, and an identity where there is none', async () => {
    for (const [attributes, isAnonymous] of [
      [{ email: auth.newAddress() }, true],
      [{ email: auth.newAddress(), email_confirm: true }, false],
      [{ phone: '4915112345670' }, true],
      [{ phone: '4915112345671', phone_confirm: true }, false],
    ] as const) {
      const { id } = await auth.createUser()
      await auth.sql.query('update auth.users set is_anonymous = true where id = $1', [id])
      await auth.sql.query('delete from auth.identities where user_id = $1', [id])
      const { data } = await auth.accounts().updateUserById(id, attributes)
      expect(data.user?.is_anonymous, JSON.stringify(attributes)).toBe(isAnonymous)
      expect(data.user?.identities).toHaveLength(1)
    }
    const { id } = await auth.createUser()
    const { data } = await auth.accounts().updateUserById(id, { email: auth.newAddress() })
    expect(data.user?.is_anonymous).toBe(false)
  })

  it('says that there is nobody', async () => {
    const { error } = await auth.accounts().updateUserById(crypto.randomUUID(), { role: 'x' })
    expect(error).toMatchObject({ status: 404, code: 'user_not_found' })
    // Also of somebody who is gone when the row is written.
    const sql = { rows: async () => [] } as unknown as Parameters<typeof updateUser>[0]
    await expect(updateUser(sql, crypto.randomUUID(), { role: 'x' })).rejects.toMatchObject({
      status: 404,
      code: 'user_not_found',
    })
  })
})

describe('deleteUser', () => {
  it('removes the account and ends its sessions', async () => {
    const { id, email } = await auth.createUser()
    const { data } = await auth.signIn(email)
    expect((await auth.accounts().deleteUser(id)).error).toBeNull()
    const { error } = await auth.gateway.client().auth.getUser(data.session?.access_token)
    expect(error).toMatchObject({ status: 403, code: 'user_not_found' })
    expect((await auth.sql.query('select from auth.sessions where user_id = $1', [id])).rows).toEqual([])
    expect((await auth.accounts().deleteUser(id)).error).toMatchObject({
      status: 404,
      code: 'user_not_found',
    })
  })

  it('keeps an unrecognizable row when asked to, and frees the address', async () => {
    const { id, email } = await auth.createUser({ user_metadata: { name: 'Ada' } })
    expect((await auth.accounts().deleteUser(id, true)).error).toBeNull()
    const { rows } = await auth.sql.query('select * from auth.users where id = $1', [id])
    expect(rows[0].deleted_at).toBeInstanceOf(Date)
    expect(JSON.stringify(rows[0])).not.toMatch(new RegExp(`${email}|Ada`))
    expect((await auth.signIn(email)).error?.code).toBe('invalid_credentials')
    expect((await auth.accounts().createUser({ email })).error).toBeNull()
    // Again it changes nothing.
    expect((await auth.accounts().deleteUser(id, true)).error).toBeNull()
    expect((await auth.sql.query('select * from auth.users where id = $1', [id])).rows).toEqual(rows)
  })

  it('says that the database refused when a row still needs the account', async () => {
    const { id } = await auth.createUser()
    await auth.sql.query('create table public.kept (owner uuid references auth.users (id))')
    await auth.sql.query('insert into public.kept values ($1)', [id])
    const response = await fetch(`${auth.gateway.url}/auth/v1/admin/users/${id}`, {
      method: 'DELETE',
      headers: { apikey: auth.gateway.secretKey },
    })
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ msg: 'Database error deleting user' })
  })
})

it('signs somebody out by their token', async () => {
  const { email } = await auth.createUser()
  const token = (await auth.signIn(email)).data.session?.access_token ?? ''
  expect((await auth.accounts().signOut(token, 'global')).error).toBeNull()
  expect((await auth.gateway.client().auth.getUser(token)).error?.name).toBe('AuthSessionMissingError')
})
