/*
 * Signing up, in and out as a front end does it: supabase-js over HTTP, addresses not confirmed.
 */
import { decodeProtectedHeader } from 'jose'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'

let database: TestDatabase
let gateway: TestGateway
let admin: pg.Client
let people = 0

const password = 'correct-horse-1'

beforeAll(async () => {
  database = await createDatabase('platform')
  gateway = await startTestGateway(database)
  admin = new pg.Client({ connectionString: database.url('postgres') })
  await admin.connect()
})
afterAll(async () => {
  await admin.end()
  await gateway.close()
  await database.drop()
})

/** A client of somebody who has just signed up. */
async function signUp(data: Record<string, unknown> = {}) {
  const client = gateway.client()
  const email = `person${++people}@example.com`
  const { data: answer, error } = await client.auth.signUp({ email, password, options: { data } })
  if (error || !answer.session || !answer.user) throw error ?? new Error('no session')
  return { client, email, session: answer.session, user: answer.user }
}

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${gateway.url}/auth/v1${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { apikey: gateway.publishableKey, 'content-type': 'application/json', ...headers },
  })
}

describe('sign-up', () => {
  it('signs in at once and keeps the metadata', async () => {
    const { user, email, session } = await signUp({ name: 'Ada' })
    expect(user).toMatchObject({
      email,
      role: 'authenticated',
      app_metadata: { provider: 'email', providers: ['email'] },
      user_metadata: { name: 'Ada', email_verified: true, sub: user.id },
    })
    expect(user.identities?.[0]).toMatchObject({ provider: 'email', id: user.id })
    expect(session).toMatchObject({ token_type: 'bearer', expires_in: 3600 })
  })

  it('refuses an address that is taken', async () => {
    const { email } = await signUp()
    const { error } = await gateway.client().auth.signUp({ email: email.toUpperCase(), password })
    expect(error).toMatchObject({ status: 422, code: 'user_already_exists' })
  })

  it('lets one of two sign-ups at once win', async () => {
    const email = 'race@example.com'
    const answers = await Promise.all([1, 2].map(() => gateway.client().auth.signUp({ email, password })))
    expect(answers.map(({ error }) => error?.code ?? 'won').sort()).toEqual(['user_already_exists', 'won'])
  })

  it('refuses a weak password with its reasons', async () => {
    const { error } = await gateway.client().auth.signUp({ email: 'weak@example.com', password: 'short' })
    expect(error).toMatchObject({ status: 422, code: 'weak_password', reasons: ['length'] })
  })

  it('refuses malformed input in the older and the current shape', async () => {
    const older = await post('/signup', { email: 'not an address', password })
    expect(older.status).toBe(400)
    expect(await older.json()).toMatchObject({ code: 400, error_code: 'validation_failed' })
    const current = await post('/signup', { password: 1 }, { 'x-supabase-api-version': '2024-01-01' })
    expect(await current.json()).toMatchObject({ code: 'validation_failed' })
    const broken = await fetch(`${gateway.url}/auth/v1/signup`, {
      method: 'POST',
      body: '{',
      headers: { apikey: gateway.publishableKey },
    })
    expect(await broken.json()).toMatchObject({ error_code: 'bad_json' })
  })

  it('refuses anonymous people and phones, which are not turned on', async () => {
    const client = gateway.client()
    expect((await client.auth.signInAnonymously()).error?.code).toBe('anonymous_provider_disabled')
    const phone = await client.auth.signUp({ phone: '4912345678', password })
    expect(phone.error?.code).toBe('phone_provider_disabled')
  })

  it('says that the database refused, and leaves nothing behind, when a trigger fails', async () => {
    await admin.query(`
      create function public.refuse() returns trigger language plpgsql security definer set search_path = ''
        as $$ begin if new.email = 'refused@example.com' then raise 'refused'; end if; return new; end $$;
      create trigger refuse after insert on auth.users for each row execute function public.refuse()`)
    const response = await post('/signup', { email: 'refused@example.com', password })
    expect(response.status).toBe(500)
    expect(await response.json()).toEqual({
      code: 500,
      error_code: 'unexpected_failure',
      msg: 'Database error saving new user',
    })
    const { rows } = await admin.query(`select from auth.users where email = 'refused@example.com'`)
    expect(rows).toHaveLength(0)
  })

  it('runs triggers as the role of Auth, which has no rights in public', async () => {
    await admin.query(`
      create table public.signed_up (id uuid);
      create function public.note() returns trigger language plpgsql
        as $$ begin
          if new.email = 'noted@example.com' then insert into public.signed_up values (new.id); end if;
          return new;
        end $$;
      create trigger note after insert on auth.users for each row execute function public.note()`)
    const { error } = await gateway.client().auth.signUp({ email: 'noted@example.com', password })
    expect(error).toMatchObject({ status: 500, message: 'Database error saving new user' })
  })

  it('asks for a key', async () => {
    const response = await fetch(`${gateway.url}/auth/v1/signup`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(401)
  })
})

describe('password sign-in', () => {
  it('knows the password of a user that SQL made with pgcrypto', async () => {
    await admin.query(`
      insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at)
      values (gen_random_uuid(), 'authenticated', 'authenticated', 'seeded@example.com',
        extensions.crypt('${password}', extensions.gen_salt('bf')), now())`)
    const { data, error } = await gateway
      .client()
      .auth.signInWithPassword({ email: 'Seeded@example.com', password })
    expect(error).toBeNull()
    expect(data.user?.email).toBe('seeded@example.com')
  })

  it('says the same of a wrong password and of nobody', async () => {
    const { email } = await signUp()
    for (const credentials of [
      { email, password: 'wrong-password' },
      { email: 'nobody@example.com', password },
    ]) {
      const { error } = await gateway.client().auth.signInWithPassword(credentials)
      expect(error).toMatchObject({
        status: 400,
        code: 'invalid_credentials',
        message: 'Invalid login credentials',
      })
    }
  })

  it('makes a token that says who, and that the public key checks', async () => {
    const { client, session, user, email } = await signUp()
    expect(decodeProtectedHeader(session.access_token)).toMatchObject({ alg: 'ES256' })
    const { data, error } = await client.auth.getClaims()
    expect(error).toBeNull()
    expect(data?.claims).toMatchObject({
      iss: `${gateway.url}/auth/v1`,
      sub: user.id,
      aud: 'authenticated',
      role: 'authenticated',
      email,
      aal: 'aal1',
      amr: [{ method: 'password' }],
      is_anonymous: false,
    })
    const keys = await fetch(`${gateway.url}/auth/v1/.well-known/jwks.json`)
    const text = await keys.text()
    expect(JSON.parse(text)).toMatchObject({ keys: [{ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' }] })
    expect(text).not.toContain('"d"')
  })
})

describe('refresh', () => {
  const refresh = (token: string) => gateway.client().auth.refreshSession({ refresh_token: token })

  it('gives another token each time', async () => {
    const { session, user } = await signUp()
    const { data, error } = await refresh(session.refresh_token)
    expect(error).toBeNull()
    expect(data.session?.refresh_token).not.toBe(session.refresh_token)
    expect(data.user?.id).toBe(user.id)
  })

  it('answers a repeated refresh with the successor, so that a lost response costs nothing', async () => {
    const { session } = await signUp()
    const [first, second] = await Promise.all([
      refresh(session.refresh_token),
      refresh(session.refresh_token),
    ])
    expect(first.data.session?.refresh_token).toBe(second.data.session?.refresh_token)
  })

  it('takes an older token within the interval', async () => {
    const { session } = await signUp()
    const first = await refresh(session.refresh_token)
    await refresh(first.data.session?.refresh_token ?? '')
    expect((await refresh(session.refresh_token)).error).toBeNull()
  })

  it('takes a token reused later for stolen, and ends the family', async () => {
    const { session } = await signUp()
    const first = await refresh(session.refresh_token)
    const second = await refresh(first.data.session?.refresh_token ?? '')
    await admin.query(`update auth.refresh_tokens set updated_at = now() - interval '1 hour'`)
    const reused = await refresh(session.refresh_token)
    expect(reused.error).toMatchObject({ status: 400, code: 'refresh_token_already_used' })
    const latest = await refresh(second.data.session?.refresh_token ?? '')
    expect(latest.error).toMatchObject({ code: 'refresh_token_already_used' })
  })

  it('refuses a token of nobody, and none at all', async () => {
    expect((await refresh('nobody')).error).toMatchObject({ status: 400, code: 'refresh_token_not_found' })
    const response = await post('/token?grant_type=refresh_token', {})
    expect(await response.json()).toMatchObject({ error_code: 'validation_failed' })
  })
})

describe('sign-out', () => {
  const signInAgain = async (email: string) => {
    const client = gateway.client()
    const { error } = await client.auth.signInWithPassword({ email, password })
    expect(error).toBeNull()
    return client
  }
  const isSignedIn = async (token: string) =>
    (await gateway.client().auth.getUser(token)).error?.name ?? 'yes'
  const tokenOf = async (client: Awaited<ReturnType<typeof signInAgain>>) =>
    (await client.auth.getSession()).data.session?.access_token ?? ''

  it.each([
    ['local', 'AuthSessionMissingError', 'yes'],
    ['others', 'yes', 'AuthSessionMissingError'],
    ['global', 'AuthSessionMissingError', 'AuthSessionMissingError'],
  ] as const)('ends the sessions of scope %s', async (scope, own, other) => {
    const { client, email } = await signUp()
    const second = await signInAgain(email)
    const [token, otherToken] = [await tokenOf(client), await tokenOf(second)]
    expect((await client.auth.signOut({ scope })).error).toBeNull()
    expect(await isSignedIn(token)).toBe(own)
    expect(await isSignedIn(otherToken)).toBe(other)
  })

  it('takes the refresh tokens with it', async () => {
    const { client, session } = await signUp()
    await client.auth.signOut()
    const { error } = await gateway.client().auth.refreshSession(session)
    expect(error?.code).toBe('refresh_token_not_found')
  })
})

describe('the signed-in person', () => {
  it('reads and merges their metadata', async () => {
    const { client } = await signUp({ name: 'Ada', color: 'red' })
    const { data, error } = await client.auth.updateUser({ data: { name: 'Grace', color: null } })
    expect(error).toBeNull()
    expect(data.user?.user_metadata.name).toBe('Grace')
    const read = await client.auth.getUser()
    expect(read.data.user?.user_metadata).not.toHaveProperty('color')
  })

  it('cannot name themselves an administrator', async () => {
    const { client, session } = await signUp()
    await fetch(`${gateway.url}/auth/v1/user`, {
      method: 'PUT',
      body: JSON.stringify({ app_metadata: { admin: true }, role: 'service_role', banned_until: null }),
      headers: { apikey: gateway.publishableKey, authorization: `Bearer ${session.access_token}` },
    })
    const { data } = await client.auth.getUser()
    expect(data.user).toMatchObject({ role: 'authenticated', app_metadata: { provider: 'email' } })
    expect(data.user?.app_metadata).not.toHaveProperty('admin')
  })

  it('changes the password, which ends the other sessions', async () => {
    const { client, email, session } = await signUp()
    const other = gateway.client()
    await other.auth.signInWithPassword({ email, password })
    expect((await client.auth.updateUser({ password })).error?.code).toBe('same_password')
    expect((await client.auth.updateUser({ password: 'battery-staple-2' })).error).toBeNull()
    expect((await gateway.client().auth.getUser(session.access_token)).error).toBeNull()
    expect((await other.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
    const again = await gateway.client().auth.signInWithPassword({ email, password: 'battery-staple-2' })
    expect(again.error).toBeNull()
  })

  it('is nobody with a broken token, and with a key alone', async () => {
    const get = (token: string) =>
      fetch(`${gateway.url}/auth/v1/user`, {
        headers: { apikey: gateway.publishableKey, authorization: `Bearer ${token}` },
      })
    const { session } = await signUp()
    for (const token of [`${session.access_token.slice(0, -4)}AAAA`, 'a.b.c', gateway.publishableKey]) {
      const response = await get(token)
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ error_code: 'bad_jwt' })
    }
  })
})
