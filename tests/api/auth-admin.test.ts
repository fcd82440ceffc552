/*
 * What a server does with accounts through supabase.auth.admin, and that nobody else can.
 */
import { importJWK, SignJWT } from 'jose'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { type MailCatcher, startMailCatcher } from '../support/mail-catcher.ts'

let database: TestDatabase
let gateway: TestGateway
let mails: MailCatcher
let sql: pg.Client
let people = 0

const password = 'correct-horse-1'

beforeAll(async () => {
  database = await createDatabase('platform')
  mails = await startMailCatcher()
  gateway = await startTestGateway(database, { smtpPort: mails.port })
  sql = new pg.Client({ connectionString: database.url('postgres') })
  await sql.connect()
})
afterAll(async () => {
  await sql.end()
  await gateway.close()
  await mails.close()
  await database.drop()
})

const newAddress = () => `member${++people}@example.com`
const accounts = () => gateway.adminClient().auth.admin

async function createUser(attributes: Parameters<ReturnType<typeof accounts>['createUser']>[0] = {}) {
  const email = newAddress()
  const { data, error } = await accounts().createUser({ email, password, email_confirm: true, ...attributes })
  if (error) throw error
  return { ...data.user, email }
}

const signIn = (email: string, attempt = password) =>
  gateway.client().auth.signInWithPassword({ email, password: attempt })

describe('who may', () => {
  const list = (headers: Record<string, string>) => fetch(`${gateway.url}/auth/v1/admin/users`, { headers })
  const bearer = (token: string) => ({ apikey: gateway.publishableKey, authorization: `Bearer ${token}` })
  const sign = async (role: string) =>
    new SignJWT({ role })
      .setProtectedHeader({ alg: 'ES256' })
      .setExpirationTime('1m')
      .sign(await importJWK(inject('keys').jwtSigningKey, 'ES256'))

  it('takes the secret key, with or without a bearer token', async () => {
    const headers = { apikey: gateway.secretKey }
    expect((await list(headers)).status).toBe(200)
    expect((await list({ ...headers, authorization: `Bearer ${gateway.secretKey}` })).status).toBe(200)
  })

  it('takes a token that the project signed for service_role', async () => {
    expect((await list(bearer(await sign('service_role')))).status).toBe(200)
  })

  it('refuses everybody else', async () => {
    const { email } = await createUser()
    const token = (await signIn(email)).data.session?.access_token ?? ''
    const refusals = [
      [{ apikey: gateway.publishableKey }, 401, 'no_authorization'],
      [bearer(gateway.publishableKey), 403, 'not_admin'],
      [bearer(token), 403, 'not_admin'],
      [bearer(await sign('authenticated')), 403, 'not_admin'],
      [{ ...bearer(token), apikey: gateway.secretKey }, 403, 'not_admin'],
      [bearer('a.b.c'), 403, 'bad_jwt'],
    ] as const
    for (const [headers, status, code] of refusals) {
      const response = await list(headers)
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({ error_code: code })
    }
    expect((await list({})).status).toBe(401)
    const invited = await fetch(`${gateway.url}/auth/v1/invite`, {
      method: 'POST',
      headers: bearer(token),
      body: JSON.stringify({ email: newAddress() }),
    })
    expect(invited.status).toBe(403)
  })
})

describe('createUser', () => {
  it('makes an account that can sign in', async () => {
    const id = crypto.randomUUID()
    const user = await createUser({ id, user_metadata: { name: 'Ada' }, app_metadata: { plan: 'gold' } })
    expect(user).toMatchObject({
      id,
      app_metadata: { provider: 'email', providers: ['email'], plan: 'gold' },
      user_metadata: { name: 'Ada' },
    })
    expect((await signIn(user.email)).data.user?.id).toBe(id)
  })

  it('leaves an address unconfirmed unless told otherwise', async () => {
    const { email } = await createUser({ email_confirm: false })
    expect((await signIn(email)).error?.code).toBe('email_not_confirmed')
  })

  it('takes a phone number', async () => {
    const { data } = await accounts().createUser({ phone: '+4915112345678', phone_confirm: true })
    expect(data.user).toMatchObject({ phone: '4915112345678', app_metadata: { providers: ['phone'] } })
    const again = await accounts().createUser({ phone: '4915112345678' })
    expect(again.error).toMatchObject({ status: 422, code: 'phone_exists' })
  })

  it('refuses what cannot be an account', async () => {
    const { email } = await createUser()
    const attempts = [
      [{ email, password }, 422, 'email_exists'],
      [{ password }, 400, 'validation_failed'],
      [{ email: 'not an address' }, 400, 'validation_failed'],
      [{ email: newAddress(), id: 'not a uuid' }, 400, 'validation_failed'],
      [{ email: newAddress(), ban_duration: 'for ever' }, 400, 'validation_failed'],
    ] as const
    for (const [attributes, status, code] of attempts)
      expect((await accounts().createUser(attributes)).error).toMatchObject({ status, code })
  })
})

describe('listUsers and getUserById', () => {
  it('pages through all accounts', async () => {
    const made = await Promise.all([createUser(), createUser(), createUser()])
    const first = await accounts().listUsers({ page: 1, perPage: 2 })
    expect(first.error).toBeNull()
    const { rows } = await sql.query('select count(*)::integer as count from auth.users')
    expect(first.data).toMatchObject({ total: rows[0].count, nextPage: 2 })
    expect(first.data.users).toHaveLength(2)
    const { data } = await accounts().listUsers({ page: 1, perPage: 1000 })
    expect(data.users.map(({ id }) => id)).toEqual(expect.arrayContaining(made.map(({ id }) => id)))
    expect(data.users[0]?.identities).toHaveLength(1)
  })

  it('finds one, or says that there is none', async () => {
    const { id, email } = await createUser()
    expect((await accounts().getUserById(id)).data.user?.email).toBe(email)
    const { error } = await accounts().getUserById(crypto.randomUUID())
    expect(error).toMatchObject({ status: 404, code: 'user_not_found' })
  })
})

describe('updateUserById', () => {
  it('changes the address at once, and the identity with it', async () => {
    const { id } = await createUser()
    const email = newAddress()
    const { data, error } = await accounts().updateUserById(id, { email, email_confirm: true })
    expect(error).toBeNull()
    expect(data.user?.identities?.[0]?.identity_data?.email).toBe(email)
    expect((await signIn(email)).error).toBeNull()
    const other = await createUser()
    expect((await accounts().updateUserById(id, { email: other.email })).error?.code).toBe('email_exists')
  })

  it('merges metadata, and removes what is null', async () => {
    const { id } = await createUser({ user_metadata: { a: 1, b: 2 }, app_metadata: { c: 3 } })
    const { data } = await accounts().updateUserById(id, {
      user_metadata: { a: null, d: 4 },
      app_metadata: { c: 5 },
    })
    expect(data.user?.user_metadata).toEqual({ b: 2, d: 4, email_verified: true })
    expect(data.user?.app_metadata).toEqual({ provider: 'email', providers: ['email'], c: 5 })
  })

  it('sets a password, which ends every session', async () => {
    const { id, email } = await createUser()
    const { data } = await signIn(email)
    expect((await accounts().updateUserById(id, { password: 'short' })).error).toMatchObject({
      status: 422,
      code: 'weak_password',
    })
    expect((await accounts().updateUserById(id, { password: 'battery-staple-2' })).error).toBeNull()
    expect((await gateway.client().auth.getUser(data.session?.access_token)).error?.name).toBe(
      'AuthSessionMissingError',
    )
    expect((await signIn(email, 'battery-staple-2')).error).toBeNull()
  })

  it('bans somebody from signing in and refreshing, and lets them in again', async () => {
    const { id, email } = await createUser()
    const { data } = await signIn(email)
    const refresh = () =>
      gateway.client().auth.refreshSession({ refresh_token: data.session?.refresh_token ?? '' })
    expect((await accounts().updateUserById(id, { ban_duration: '1h30m' })).error).toBeNull()
    expect((await signIn(email)).error).toMatchObject({ status: 400, code: 'user_banned' })
    expect((await refresh()).error).toMatchObject({ status: 400, code: 'user_banned' })
    await gateway.client().auth.signInWithOtp({ email })
    const { code } = await mails.lastMailTo(email)
    const verified = await gateway.client().auth.verifyOtp({ email, token: code, type: 'email' })
    expect(verified.error).toMatchObject({ status: 403, code: 'user_banned' })
    await accounts().updateUserById(id, { ban_duration: 'none' })
    expect((await refresh()).error).toBeNull()
  })

  it('says that there is nobody', async () => {
    const { error } = await accounts().updateUserById(crypto.randomUUID(), { role: 'x' })
    expect(error).toMatchObject({ status: 404, code: 'user_not_found' })
  })
})

describe('deleteUser', () => {
  it('removes the account and ends its sessions', async () => {
    const { id, email } = await createUser()
    const { data } = await signIn(email)
    expect((await accounts().deleteUser(id)).error).toBeNull()
    const { error } = await gateway.client().auth.getUser(data.session?.access_token)
    expect(error).toMatchObject({ status: 403, code: 'user_not_found' })
    expect((await sql.query('select from auth.sessions where user_id = $1', [id])).rows).toEqual([])
    expect((await accounts().deleteUser(id)).error).toMatchObject({ status: 404, code: 'user_not_found' })
  })

  it('keeps an unrecognizable row when asked to, and frees the address', async () => {
    const { id, email } = await createUser({ user_metadata: { name: 'Ada' } })
    expect((await accounts().deleteUser(id, true)).error).toBeNull()
    const { rows } = await sql.query('select * from auth.users where id = $1', [id])
    expect(rows[0].deleted_at).toBeInstanceOf(Date)
    expect(JSON.stringify(rows[0])).not.toMatch(new RegExp(`${email}|Ada`))
    expect((await signIn(email)).error?.code).toBe('invalid_credentials')
    expect((await accounts().createUser({ email })).error).toBeNull()
  })

  it('says that the database refused when a row still needs the account', async () => {
    const { id } = await createUser()
    await sql.query('create table public.kept (owner uuid references auth.users (id))')
    await sql.query('insert into public.kept values ($1)', [id])
    const response = await fetch(`${gateway.url}/auth/v1/admin/users/${id}`, {
      method: 'DELETE',
      headers: { apikey: gateway.secretKey },
    })
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ msg: 'Database error deleting user' })
  })
})

describe('inviteUserByEmail', () => {
  it('mails a link that confirms the address and signs in', async () => {
    const email = newAddress()
    const { data, error } = await accounts().inviteUserByEmail(email, {
      data: { name: 'Ada' },
      redirectTo: 'http://127.0.0.1:3000/join',
    })
    expect(error).toBeNull()
    expect(data.user).toMatchObject({ email, user_metadata: { name: 'Ada' } })
    const { link, subject } = await mails.lastMailTo(email)
    expect(subject).toBe('You have been invited')
    const response = await fetch(link, { redirect: 'manual' })
    const location = response.headers.get('location') ?? ''
    expect(location).toMatch(/^http:\/\/127\.0\.0\.1:3000\/join#.*type=invite/)
    const again = await accounts().inviteUserByEmail(email)
    expect(again.error).toMatchObject({ status: 422, code: 'email_exists' })
  })
})

it('does not give an invited account to whoever signs up with its address', async () => {
  const email = newAddress()
  await accounts().inviteUserByEmail(email)
  const { error } = await gateway.client().auth.signUp({ email, password })
  expect(error).toMatchObject({ status: 422, code: 'user_already_exists' })
})

describe('generateLink', () => {
  const verify = (hash: string, type: 'signup' | 'invite' | 'magiclink' | 'recovery' | 'email_change') =>
    gateway.client().auth.verifyOtp({ token_hash: hash, type })

  it.each(['magiclink', 'recovery'] as const)(
    'makes a %s for an account, and mails nothing',
    async (type) => {
      const { email, id } = await createUser()
      const { data, error } = await accounts().generateLink({ type, email })
      expect(error).toBeNull()
      expect(data.properties).toMatchObject({ verification_type: type, redirect_to: 'http://127.0.0.1:3000' })
      expect(data.properties?.action_link).toContain(`token=${data.properties?.hashed_token}&type=${type}`)
      expect(await mails.mailsTo(email)).toEqual([])
      expect((await verify(data.properties?.hashed_token ?? '', type)).data.user?.id).toBe(id)
    },
  )

  it('gives a code that can be typed', async () => {
    const { email, id } = await createUser()
    const { data } = await accounts().generateLink({ type: 'magiclink', email })
    const token = data.properties?.email_otp ?? ''
    const verified = await gateway.client().auth.verifyOtp({ email, token, type: 'email' })
    expect(verified.data.user?.id).toBe(id)
  })

  it('makes the account of a sign-up, an invitation, and a magic link for nobody', async () => {
    const signup = { type: 'signup', email: newAddress(), password } as const
    const invite = { type: 'invite', email: newAddress() } as const
    const magiclink = { type: 'magiclink', email: newAddress() } as const
    for (const [request, type] of [
      [signup, 'signup'],
      [invite, 'invite'],
      [magiclink, 'signup'],
    ] as const) {
      const { data, error } = await accounts().generateLink(request)
      expect(error).toBeNull()
      expect(data.properties?.verification_type).toBe(type)
      const verified = await verify(data.properties?.hashed_token ?? '', type)
      expect(verified.data.user?.email).toBe(request.email)
    }
    expect((await signIn(signup.email)).error).toBeNull()
  })

  it('makes the two links of a change of address', async () => {
    const { email, id } = await createUser()
    const newEmail = newAddress()
    const links: string[] = []
    for (const type of ['email_change_current', 'email_change_new'] as const) {
      const { data, error } = await accounts().generateLink({ type, email, newEmail })
      expect(error).toBeNull()
      expect(data.properties?.verification_type).toBe(type)
      links.push(data.properties?.action_link ?? '')
    }
    const addresses: (string | undefined)[] = []
    for (const link of links) {
      await fetch(link, { redirect: 'manual' })
      addresses.push((await accounts().getUserById(id)).data.user?.email)
    }
    expect(addresses).toEqual([email, newEmail])
  })

  it('refuses what makes no sense', async () => {
    const { email } = await createUser()
    const recovery = await accounts().generateLink({ type: 'recovery', email: newAddress() })
    expect(recovery.error).toMatchObject({ status: 404, code: 'user_not_found' })
    const signup = await accounts().generateLink({ type: 'signup', email, password })
    expect(signup.error).toMatchObject({ status: 422, code: 'email_exists' })
  })
})

it('signs somebody out by their token', async () => {
  const { email } = await createUser()
  const token = (await signIn(email)).data.session?.access_token ?? ''
  expect((await accounts().signOut(token, 'global')).error).toBeNull()
  expect((await gateway.client().auth.getUser(token)).error?.name).toBe('AuthSessionMissingError')
})
