/*
 * Signing up and in as a front end does it: supabase-js over HTTP, addresses not confirmed.
 */
import { decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { password, startAuth, type TestAuth } from '../../support/http/auth.ts'

let auth: TestAuth

beforeAll(async () => {
  auth = await startAuth()
})
afterAll(() => auth[Symbol.asyncDispose]())

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${auth.gateway.url}/auth/v1${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { apikey: auth.gateway.publishableKey, 'content-type': 'application/json', ...headers },
  })
}

describe('sign-up', () => {
  it('signs in at once and keeps the metadata', async () => {
    const { user, email, session } = await auth.signUp({ name: 'Ada' })
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
    const { email } = await auth.signUp()
    const { error } = await auth.gateway.client().auth.signUp({ email: email.toUpperCase(), password })
    expect(error).toMatchObject({ status: 422, code: 'user_already_exists' })
  })

  it('lets one of two sign-ups at once win', async () => {
    const email = 'race@example.com'
    const answers = await Promise.all(
      [1, 2].map(() => auth.gateway.client().auth.signUp({ email, password })),
    )
    expect(answers.map(({ error }) => error?.code ?? 'won').sort()).toEqual(['user_already_exists', 'won'])
  })

  it('refuses a weak password with its reasons', async () => {
    const { error } = await auth.gateway
      .client()
      .auth.signUp({ email: 'weak@example.com', password: 'short' })
    expect(error).toMatchObject({ status: 422, code: 'weak_password', reasons: ['length'] })
    const headerOf = async (attempt: object, headers = {}) =>
      (await post('/signup', attempt, headers)).headers.get('x-sb-error-code')
    const weak = { email: 'weak@example.com', password: 'short' }
    const current = { 'x-supabase-api-version': '2024-01-01' }
    expect(await headerOf(weak)).toBe('weak_password')
    expect(await headerOf(weak, current)).toBeNull()
    expect(await headerOf({ password: 1 }, current)).toBe('bad_json')
  })

  it('refuses malformed input in the older and the current shape', async () => {
    const older = await post('/signup', { email: 'not an address', password })
    expect(older.status).toBe(400)
    expect(await older.json()).toMatchObject({ code: 400, error_code: 'validation_failed' })
    const current = await post('/signup', { password: 1 }, { 'x-supabase-api-version': '2024-01-01' })
    expect(await current.json()).toMatchObject({ code: 'bad_json' })
    const broken = await fetch(`${auth.gateway.url}/auth/v1/signup`, {
      method: 'POST',
      body: '{',
      headers: { apikey: auth.gateway.publishableKey },
    })
    expect(await broken.json()).toMatchObject({ error_code: 'bad_json' })
  })

  it('refuses anonymous people and phones, which are not turned on', async () => {
    const client = auth.gateway.client()
    expect((await client.auth.signInAnonymously()).error?.code).toBe('anonymous_provider_disabled')
    const phone = await client.auth.signUp({ phone: '4912345678', password })
    expect(phone.error?.code).toBe('phone_provider_disabled')
  })

  it('says that the database refused, and leaves nothing behind, when a trigger fails', async () => {
    await auth.sql.query(`
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
    const { rows } = await auth.sql.query(`select from auth.users where email = 'refused@example.com'`)
    expect(rows).toHaveLength(0)
  })

  it('runs triggers as the role of Auth, which has no rights in public', async () => {
    await auth.sql.query(`
      create table public.signed_up (id uuid);
      create function public.note() returns trigger language plpgsql
        as $$ begin
          if new.email = 'noted@example.com' then insert into public.signed_up values (new.id); end if;
          return new;
        end $$;
      create trigger note after insert on auth.users for each row execute function public.note()`)
    const { error } = await auth.gateway.client().auth.signUp({ email: 'noted@example.com', password })
    expect(error).toMatchObject({ status: 500, message: 'Database error saving new user' })
  })

  it('asks for a key', async () => {
    const response = await fetch(`${auth.gateway.url}/auth/v1/signup`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(401)
  })
})

describe('password sign-in', () => {
  it('knows the password of a user that SQL made with pgcrypto', async () => {
    await auth.sql.query(`
      insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at,
        created_at, updated_at, confirmation_token, recovery_token, email_change, email_change_token_new)
      values ('00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'authenticated', 'authenticated',
        'seeded@example.com', extensions.crypt('${password}', extensions.gen_salt('bf')), now(), now(), now(),
        '', '', '', '')`)
    const { data, error } = await auth.gateway
      .client()
      .auth.signInWithPassword({ email: 'Seeded@example.com', password })
    expect(error).toBeNull()
    expect(data.user?.email).toBe('seeded@example.com')
  })

  it('says the same of a wrong password and of nobody', async () => {
    const { email } = await auth.signUp()
    for (const credentials of [
      { email, password: 'wrong-password' },
      { email: 'nobody@example.com', password },
    ]) {
      const { error } = await auth.gateway.client().auth.signInWithPassword(credentials)
      expect(error).toMatchObject({
        status: 400,
        code: 'invalid_credentials',
        message: 'Invalid login credentials',
      })
    }
  })

  it('makes a token that says who, and that the public key checks', async () => {
    const { client, session, user, email } = await auth.signUp()
    expect(decodeProtectedHeader(session.access_token)).toMatchObject({ alg: 'ES256' })
    const { data, error } = await client.auth.getClaims()
    expect(error).toBeNull()
    expect(data?.claims).toMatchObject({
      iss: `${auth.gateway.url}/auth/v1`,
      sub: user.id,
      aud: 'authenticated',
      role: 'authenticated',
      email,
      aal: 'aal1',
      amr: [{ method: 'password' }],
      is_anonymous: false,
    })
    const keys = await fetch(`${auth.gateway.url}/auth/v1/.well-known/jwks.json`)
    const text = await keys.text()
    expect(JSON.parse(text)).toMatchObject({
      keys: [
        { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: inject('keys').jwtSigningKey.kid },
        { kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: inject('keys').functionsSigningKey.kid },
      ],
    })
    expect(text).not.toContain('"d"')
  })
})
