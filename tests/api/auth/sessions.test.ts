/*
 * Once signed in: sessions are refreshed and ended, and people change what is theirs.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { password, startAuth, type TestAuth } from '../../support/http/auth.ts'

let auth: TestAuth

beforeAll(async () => {
  auth = await startAuth()
})
afterAll(() => auth[Symbol.asyncDispose]())

describe('refresh', () => {
  const refresh = (token: string) => auth.gateway.client().auth.refreshSession({ refresh_token: token })

  it('gives another token each time', async () => {
    const { session, user } = await auth.signUp()
    const { data, error } = await refresh(session.refresh_token)
    expect(error).toBeNull()
    expect(data.session?.refresh_token).not.toBe(session.refresh_token)
    expect(data.user?.id).toBe(user.id)
  })

  it('answers a repeated refresh with the successor, so that a lost response costs nothing', async () => {
    const { session } = await auth.signUp()
    const [first, second] = await Promise.all([
      refresh(session.refresh_token),
      refresh(session.refresh_token),
    ])
    expect(first.data.session?.refresh_token).toBe(second.data.session?.refresh_token)
  })

  it('takes an older token within the interval', async () => {
    const { session } = await auth.signUp()
    const first = await refresh(session.refresh_token)
    await refresh(first.data.session?.refresh_token ?? '')
    expect((await refresh(session.refresh_token)).error).toBeNull()
  })

  it('takes a token reused later for stolen, and ends the family', async () => {
    const { session } = await auth.signUp()
    const first = await refresh(session.refresh_token)
    const second = await refresh(first.data.session?.refresh_token ?? '')
    await auth.sql.query(`update auth.refresh_tokens set updated_at = now() - interval '1 hour'`)
    const reused = await refresh(session.refresh_token)
    expect(reused.error).toMatchObject({ status: 400, code: 'refresh_token_already_used' })
    const latest = await refresh(second.data.session?.refresh_token ?? '')
    expect(latest.error).toMatchObject({ code: 'refresh_token_already_used' })
  })

  it('refuses a token of nobody, and none at all', async () => {
    expect((await refresh('nobodystoken')).error).toMatchObject({
      status: 400,
      code: 'refresh_token_not_found',
    })
    expect((await refresh('garbage')).error).toMatchObject({ status: 400, code: 'validation_failed' })
    const response = await fetch(`${auth.gateway.url}/auth/v1/token?grant_type=refresh_token`, {
      method: 'POST',
      body: '{}',
      headers: { apikey: auth.gateway.publishableKey, 'content-type': 'application/json' },
    })
    expect(await response.json()).toMatchObject({ error_code: 'validation_failed' })
  })
})

describe('sign-out', () => {
  const signInAgain = async (email: string) => {
    const client = auth.gateway.client()
    const { error } = await client.auth.signInWithPassword({ email, password })
    expect(error).toBeNull()
    return client
  }
  const isSignedIn = async (token: string) =>
    (await auth.gateway.client().auth.getUser(token)).error?.name ?? 'yes'
  const tokenOf = async (client: Awaited<ReturnType<typeof signInAgain>>) =>
    (await client.auth.getSession()).data.session?.access_token ?? ''

  it.each([
    ['local', 'AuthSessionMissingError', 'yes'],
    ['others', 'yes', 'AuthSessionMissingError'],
    ['global', 'AuthSessionMissingError', 'AuthSessionMissingError'],
  ] as const)('ends the sessions of scope %s', async (scope, own, other) => {
    const { client, email } = await auth.signUp()
    const second = await signInAgain(email)
    const [token, otherToken] = [await tokenOf(client), await tokenOf(second)]
    expect((await client.auth.signOut({ scope })).error).toBeNull()
    expect(await isSignedIn(token)).toBe(own)
    expect(await isSignedIn(otherToken)).toBe(other)
  })

  it('takes the refresh tokens with it', async () => {
    const { client, session } = await auth.signUp()
    await client.auth.signOut()
    const { error } = await auth.gateway.client().auth.refreshSession(session)
    expect(error?.code).toBe('refresh_token_not_found')
  })
})

describe('the signed-in person', () => {
  it('reads and merges their metadata', async () => {
    const { client } = await auth.signUp({ name: 'Ada', color: 'red' })
    const { data, error } = await client.auth.updateUser({ data: { name: 'Grace', color: null } })
    expect(error).toBeNull()
    expect(data.user?.user_metadata.name).toBe('Grace')
    const read = await client.auth.getUser()
    expect(read.data.user?.user_metadata).not.toHaveProperty('color')
  })

  it('cannot name themselves an administrator', async () => {
    const { client, session } = await auth.signUp()
    await fetch(`${auth.gateway.url}/auth/v1/user`, {
      method: 'PUT',
      body: JSON.stringify({ app_metadata: { admin: true }, role: 'service_role', banned_until: null }),
      headers: { apikey: auth.gateway.publishableKey, authorization: `Bearer ${session.access_token}` },
    })
    const { data } = await client.auth.getUser()
    expect(data.user).toMatchObject({ role: 'authenticated', app_metadata: { provider: 'email' } })
    expect(data.user?.app_metadata).not.toHaveProperty('admin')
  })

  it('changes the password, which ends the other sessions', async () => {
    const { client, email, session } = await auth.signUp()
    const other = auth.gateway.client()
    await other.auth.signInWithPassword({ email, password })
    expect((await client.auth.updateUser({ password })).error?.code).toBe('same_password')
    expect((await client.auth.updateUser({ password: 'battery-staple-2' })).error).toBeNull()
    expect((await auth.gateway.client().auth.getUser(session.access_token)).error).toBeNull()
    expect((await other.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
    const again = await auth.gateway.client().auth.signInWithPassword({ email, password: 'battery-staple-2' })
    expect(again.error).toBeNull()
  })

  it('is nobody with a broken token, and with a key alone', async () => {
    const get = (token: string) =>
      fetch(`${auth.gateway.url}/auth/v1/user`, {
        headers: { apikey: auth.gateway.publishableKey, authorization: `Bearer ${token}` },
      })
    const { session } = await auth.signUp()
    for (const token of [`${session.access_token.slice(0, -4)}AAAA`, 'a.b.c', auth.gateway.publishableKey]) {
      const response = await get(token)
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ error_code: 'bad_jwt' })
    }
  })
})
