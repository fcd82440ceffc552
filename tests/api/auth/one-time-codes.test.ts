/*
 * Codes and links count once, for one purpose, and for as long as they were made for.
 */
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthError } from '../../../local/services/auth/errors.ts'
import { spendCode } from '../../../local/services/auth/pkce.ts'
import { follow, password, startAuth, type TestAuth } from '../../support/http/auth.ts'
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

type LinkType = 'signup' | 'invite' | 'magiclink' | 'recovery'

const generate = async (type: LinkType, email: string) => {
  const { data, error } = await auth.accounts().generateLink({ type, email, password } as never)
  if (error) throw error
  return { hash: data.properties.hashed_token, code: data.properties.email_otp }
}

const verify = (body: Record<string, string>) =>
  fetch(`${auth.gateway.url}/auth/v1/verify`, {
    method: 'POST',
    headers: { apikey: auth.gateway.publishableKey },
    body: JSON.stringify(body),
  })

describe.each(['signup', 'invite', 'magiclink', 'recovery'] as const)('a %s', (type) => {
  const subject = async () =>
    type === 'magiclink' || type === 'recovery' ? (await auth.createUser()).email : auth.newAddress()
  const sentAt = type === 'signup' || type === 'invite' ? 'confirmation_sent_at' : 'recovery_sent_at'
  const expired = 'Email link is invalid or has expired'
  const wrong = 'Token has expired or is invalid'

  it('counts once by its hash, and by its code not after that', async () => {
    const email = await subject()
    const { hash, code } = await generate(type, email)
    expect((await verify({ type, token_hash: hash })).status).toBe(200)
    const again = await verify({ type, token_hash: hash })
    expect(again.status).toBe(403)
    expect(await again.json()).toMatchObject({ error_code: 'otp_expired', msg: expired })
    const typed = await verify({ type, email, token: code })
    expect(typed.status).toBe(403)
    expect(await typed.json()).toMatchObject({ error_code: 'otp_expired', msg: wrong })
  })

  it('is kept by the address that it was made for, in small letters', async () => {
    const email = await subject()
    await generate(type, email)
    const { rows } = await auth.sql.query(
      `select t.relates_to from auth.one_time_tokens t join auth.users u on u.id = t.user_id
       where u.email = $1`,
      [email.toLowerCase()],
    )
    expect(rows).toEqual([{ relates_to: email.toLowerCase() }])
  })

  it('counts for one of many who use it at the same time', async () => {
    const { hash } = await generate(type, await subject())
    const answers = await Promise.all(Array.from({ length: 5 }, () => verify({ type, token_hash: hash })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403, 403])
  })

  it('is nothing after its time, and another one takes its place', async () => {
    const email = await subject()
    const { hash, code } = await generate(type, email)
    await auth.sql.query(`update auth.users set ${sentAt} = now() - interval '61 minutes' where email = $1`, [
      email,
    ])
    expect((await verify({ type, token_hash: hash })).status).toBe(403)
    expect((await verify({ type, email, token: code })).status).toBe(403)
    const next = await generate(type, email)
    expect((await verify({ type, token_hash: hash })).status).toBe(403)
    expect((await verify({ type, email, token: next.code })).status).toBe(200)
  })

  it('is worth nothing for another address or another purpose', async () => {
    const email = await subject()
    const { hash, code } = await generate(type, email)
    const { email: other } = await auth.createUser()
    expect((await verify({ type, email: other, token: code })).status).toBe(403)
    const others = type === 'signup' || type === 'invite' ? 'recovery' : 'signup'
    expect((await verify({ type: others, token_hash: hash })).status).toBe(403)
    expect((await verify({ type: 'email_change', token_hash: hash })).status).toBe(403)
    expect((await verify({ type, token_hash: hash })).status).toBe(200)
  })
})

it('no code counts for somebody who was banned, by whichever way it comes', async () => {
  const { email, id } = await auth.createUser()
  const { data: both } = await auth
    .accounts()
    .generateLink({ type: 'email_change_new', email, newEmail: auth.newAddress() })
  const link = await generate('magiclink', email)
  await auth.accounts().updateUserById(id, { ban_duration: '1h' })
  const token = both.properties?.email_otp ?? ''
  const answers = [
    await verify({ type: 'magiclink', token_hash: link.hash }),
    await verify({ type: 'magiclink', email, token: link.code }),
    await verify({ type: 'email_change', email: both.user?.new_email ?? '', token }),
  ]
  for (const answer of answers)
    expect([answer.status, answer.headers.get('x-sb-error-code')]).toEqual([403, 'user_banned'])
  const wrong = await verify({ type: 'email_change', email, token: '000' })
  expect([wrong.status, wrong.headers.get('x-sb-error-code')]).toEqual([403, 'otp_expired'])
  await auth.accounts().updateUserById(id, { ban_duration: 'none' })
  expect((await verify({ type: 'magiclink', email, token: link.code })).status).toBe(200)
})

it.each([
  ['was invited gets one that nobody knows', 'now()', { hasPassword: true, isRemembered: false }],
  ['was not keeps none, and when they were asked', 'null', { hasPassword: false, isRemembered: true }],
])('who confirms an address without a password and %s', async (_what, invitedAt, expected) => {
  const email = auth.newAddress()
  const { hash } = await generate('signup', email)
  await auth.sql.query(
    `update auth.users set encrypted_password = '', invited_at = ${invitedAt} where email = $1`,
    [email],
  )
  expect((await verify({ type: 'signup', token_hash: hash })).status).toBe(200)
  const { rows } = await auth.sql.query(
    `select encrypted_password <> '' as "hasPassword", confirmation_sent_at is not null as "isRemembered"
     from auth.users where email = $1`,
    [email],
  )
  expect(rows).toEqual([expected])
})

it('links that wait are worth nothing once the password is another', async () => {
  const { id, email } = await auth.createUser()
  const { hash } = await generate('recovery', email)
  await auth.accounts().updateUserById(id, { password: 'battery-staple-2' })
  expect((await verify({ type: 'recovery', token_hash: hash })).status).toBe(403)
})

it('a code to confirm a password change counts once', async () => {
  const own = await auth.gatewayWith(({ auth: { email } }) => {
    email.secure_password_change = true
  })
  const { email } = await auth.signUp()
  const client = own.client()
  await client.auth.signInWithPassword({ email, password })
  await auth.sql.query(`update auth.sessions set created_at = now() - interval '2 days'`)
  await client.auth.reauthenticate()
  const { subject, code: nonce } = await auth.mails.lastMailTo(email)
  expect(subject).toBe(`${nonce} is your verification code`)
  expect((await client.auth.updateUser({ password: 'battery-staple-2', nonce })).error).toBeNull()
  expect((await client.auth.updateUser({ password: 'battery-staple-3', nonce })).error).toMatchObject({
    code: 'reauthentication_not_valid',
  })
})

describe('a code of the PKCE flow', () => {
  const begin = async () => {
    const email = auth.newAddress()
    const verifier = randomBytes(40).toString('base64url')
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    await fetch(`${strict.url}/auth/v1/signup`, {
      method: 'POST',
      headers: { apikey: strict.publishableKey },
      body: JSON.stringify({ email, password, code_challenge: challenge, code_challenge_method: 's256' }),
    })
    return { email, verifier, ...(await auth.mails.lastMailTo(email)) }
  }
  const ask = async () => {
    const { link, ...begun } = await begin()
    const { location } = await follow(link)
    return { ...begun, code: location.searchParams.get('code') ?? '' }
  }
  const exchange = (code: string, verifier: string) =>
    fetch(`${strict.url}/auth/v1/token?grant_type=pkce`, {
      method: 'POST',
      headers: { apikey: strict.publishableKey },
      body: JSON.stringify({ auth_code: code, code_verifier: verifier }),
    })

  it('may be typed from the mail instead, and a link of any type that is asked for signs in at once', async () => {
    const typed = await begin()
    expect((await verify({ type: 'signup', email: typed.email, token: typed.code })).status).toBe(200)
    const { link } = await begin()
    const { fragment, location } = await follow(link.replace('type=signup', 'type=email'))
    expect(fragment.access_token).toBeTruthy()
    expect(location.searchParams.has('code')).toBe(false)
  })

  it('is refused by a link whose beginning is gone', async () => {
    const { email, link } = await begin()
    await auth.sql.query(
      'delete from auth.flow_state f using auth.users u where u.id = f.user_id and u.email = $1',
      [email],
    )
    const { fragment, location } = await follow(link)
    expect(fragment.error_code).toBe('flow_state_not_found')
    expect(location.searchParams.get('error_code')).toBe('flow_state_not_found')
  })

  it('is for somebody who is still there, and not banned', async () => {
    const { email, code, verifier } = await ask()
    await auth.sql.query(`update auth.users set banned_until = now() + interval '1 hour' where email = $1`, [
      email,
    ])
    const banned = await exchange(code, verifier)
    expect([banned.status, banned.headers.get('x-sb-error-code')]).toEqual([400, 'user_banned'])
    await auth.sql.query('delete from auth.users where email = $1', [email])
    const gone = await exchange(code, verifier)
    expect([gone.status, gone.headers.get('x-sb-error-code')]).toEqual([404, 'user_not_found'])
  })

  it('is exchanged once', async () => {
    const { code, verifier } = await ask()
    expect((await exchange(code, verifier)).status).toBe(200)
    const again = await exchange(code, verifier)
    expect(again.status).toBe(404)
    expect(await again.json()).toMatchObject({ error_code: 'flow_state_not_found' })
  })

  it('needs the verifier, its person and its time, each to the edge', async () => {
    const begun = new Date('2026-01-01T00:00:00Z')
    const longest = 'x'.repeat(128)
    const state = {
      id: '1',
      user_id: 'a',
      code_challenge: longest,
      code_challenge_method: 'plain',
      authentication_method: 'recovery',
      created_at: begun,
      auth_code_issued_at: new Date(begun.getTime() + 60_000),
    }
    const spend = async (changes: object, verifier = longest, milliseconds = 300_000) => {
      vi.useFakeTimers({ toFake: ['Date'], now: begun.getTime() + milliseconds })
      const rows = async (text: string) => (text.startsWith('select') ? [{ ...state, ...changes }] : [])
      const sql = { rows } as Parameters<typeof spendCode>[0]
      return spendCode(sql, crypto.randomUUID(), verifier)
        .then(({ userId }) => userId)
        .catch((error: AuthError) => error.code)
        .finally(() => vi.useRealTimers())
    }
    const tooLong = createHash('sha256').update(`x${longest}`).digest('base64url')
    expect(await spend({})).toBe('a')
    expect(await spend({}, longest, 300_001)).toBe('flow_state_expired')
    expect(await spend({ authentication_method: 'magiclink' }, longest, 360_000)).toBe('a')
    expect(await spend({ authentication_method: 'magiclink' }, longest, 360_001)).toBe('flow_state_expired')
    expect(await spend({ created_at: null })).toBe('flow_state_expired')
    expect(await spend({ user_id: null })).toBe('flow_state_not_found')
    expect(await spend({ auth_code_issued_at: null })).toBe('flow_state_not_found')
    expect(await spend({ code_challenge: null })).toBe('bad_code_verifier')
    expect(await spend({}, `y${longest.slice(1)}`)).toBe('bad_code_verifier')
    expect(await spend({}, 'x')).toBe('bad_code_verifier')
    const hashed = { code_challenge_method: 's256', code_challenge: tooLong }
    expect(await spend(hashed, `x${longest}`)).toBe('bad_code_verifier')
  })

  it('is nothing after five minutes', async () => {
    const { code, verifier } = await ask()
    await auth.sql.query(
      `update auth.flow_state set created_at = now() - interval '301 s' where auth_code = $1`,
      [code],
    )
    const late = await exchange(code, verifier)
    expect(late.status).toBe(422)
    expect(await late.json()).toMatchObject({ error_code: 'flow_state_expired' })
  })
})
