/*
 * What a person may change once they have proved an address: a lost password, the address itself.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { follow, password, site, startAuth, type TestAuth } from '../../support/http/auth.ts'
import type { TestGateway } from '../../support/http/gateway.ts'

let auth: TestAuth
/** One address agrees to a change, and an old session proves itself again. */
let strict: TestGateway
/** Addresses are confirmed, and both agree to a change. */
let double: TestGateway

beforeAll(async () => {
  auth = await startAuth()
  strict = await auth.gatewayWith(({ auth: { email } }) => {
    email.enable_confirmations = true
    email.double_confirm_changes = false
    email.secure_password_change = true
  })
  double = await auth.gatewayWith(({ auth: { email } }) => {
    email.enable_confirmations = true
  })
})
afterAll(() => auth[Symbol.asyncDispose]())

describe('recovery', () => {
  it('lets somebody choose another password', async () => {
    const { email } = await auth.signUp()
    const client = auth.gateway.client()
    expect((await client.auth.resetPasswordForEmail(email, { redirectTo: `${site}/reset` })).error).toBeNull()
    const { fragment, location } = await follow((await auth.mails.lastMailTo(email)).link)
    expect(location.pathname).toBe('/reset')
    expect(fragment.type).toBe('recovery')
    const { access_token = '', refresh_token = '' } = fragment
    await client.auth.setSession({ access_token, refresh_token })
    expect((await client.auth.updateUser({ password: 'battery-staple-2' })).error).toBeNull()
    expect((await auth.signIn(email, 'battery-staple-2')).error).toBeNull()
    expect((await auth.signIn(email)).error?.code).toBe('invalid_credentials')
  })

  it('says nothing about somebody unknown', async () => {
    const email = auth.newAddress()
    expect((await auth.gateway.client().auth.resetPasswordForEmail(email)).error).toBeNull()
    expect(await auth.mails.mailsTo(email)).toEqual([])
  })
})

describe('change of address', () => {
  /** Somebody who was confirmed already, as a client of the gateway where both addresses agree. */
  const signUpThere = async () => {
    const { email, user } = await auth.signUp()
    const client = double.client()
    await client.auth.signInWithPassword({ email, password })
    return { client, email, user }
  }

  it.each(['the old', 'the new'])('counts when both have agreed, %s address first', async (order) => {
    const { client, email, user } = await signUpThere()
    const next = auth.newAddress()
    const { data, error } = await client.auth.updateUser({ email: next })
    expect(error).toBeNull()
    expect(data.user).toMatchObject({ email, new_email: next })
    const toOld = (await auth.mails.lastMailTo(email)).link
    const toNew = (await auth.mails.lastMailTo(next)).link
    const [first, second] = order === 'the old' ? [toOld, toNew] : [toNew, toOld]
    const agreed = async () => {
      const { rows } = await auth.sql.query(
        'select email_change_confirm_status as agreed from auth.users where id = $1',
        [user.id],
      )
      return rows[0].agreed
    }
    expect(await agreed()).toBe(0)

    const half = await follow(first)
    expect(await agreed()).toBe(1)
    expect(half.fragment.message).toContain('Please proceed to confirm link sent to the other email')
    const repeated = await follow(first)
    expect(repeated.fragment.error_code).toBe('otp_expired')
    expect((await client.auth.getUser()).data.user?.email).toBe(email)

    const whole = await follow(second)
    expect(whole.fragment.type).toBe('email_change')
    expect(await agreed()).toBe(0)
    const after = (await client.auth.getUser()).data.user
    expect(after).toMatchObject({ id: user.id, email: next })
    expect(after?.new_email).toBeUndefined()
    expect(after?.identities?.[0]?.identity_data).toMatchObject({ email: next, email_verified: true })
    expect((await auth.gateway.client().auth.signInWithPassword({ email: next, password })).error).toBeNull()
  })

  it('works with the codes as well', async () => {
    const { client, email } = await signUpThere()
    const next = auth.newAddress()
    await client.auth.updateUser({ email: next })
    for (const address of [email, next]) {
      const { code } = await auth.mails.lastMailTo(address)
      const { error } = await client.auth.verifyOtp({ email: address, token: code, type: 'email_change' })
      expect(error).toBeNull()
    }
    expect((await client.auth.getUser()).data.user?.email).toBe(next)
  })

  it('needs the new address alone where the project says so', async () => {
    const { email } = await auth.signUp()
    const client = strict.client()
    await client.auth.signInWithPassword({ email, password })
    const next = auth.newAddress()
    await client.auth.updateUser({ email: next })
    expect(await auth.mails.mailsTo(email)).toEqual([])
    await follow((await auth.mails.lastMailTo(next)).link)
    expect((await client.auth.getUser()).data.user?.email).toBe(next)
  })

  it('is asked of the old address only where both agree', async () => {
    const { email } = await auth.signUp()
    const ask = (gateway: TestGateway) =>
      gateway
        .adminClient()
        .auth.admin.generateLink({ type: 'email_change_current', email, newEmail: auth.newAddress() })
    expect((await ask(strict)).error).toMatchObject({ status: 400, code: 'validation_failed' })
    expect((await ask(double)).error).toBeNull()
  })

  it('refuses an address that is taken, at once and at the end', async () => {
    const { client, email } = await signUpThere()
    const other = await auth.signUp()
    const taken = await client.auth.updateUser({ email: other.email })
    expect(taken.error).toMatchObject({ status: 422, code: 'email_exists' })
    const wanted = auth.newAddress()
    await client.auth.updateUser({ email: wanted })
    await follow((await auth.mails.lastMailTo(email)).link)
    const { link } = await auth.mails.lastMailTo(wanted)
    await auth.gateway.client().auth.signUp({ email: wanted, password })
    expect((await follow(link)).fragment).toMatchObject({
      error: 'server_error',
      error_description: 'Error confirm email',
    })
    expect((await client.auth.getUser()).data.user?.email).toBe(email)
  })
})

it('mails to somebody who is signed in do not follow at once', async () => {
  const { client, email } = await auth.signUp()
  const tooSoon = { status: 429, code: 'over_email_send_rate_limit' }
  for (const sentAt of ['email_change_sent_at', 'reauthentication_sent_at'])
    await auth.sql.query(
      `update auth.users set ${sentAt} = now() + interval '1 hour', email_confirmed_at = now() where email = $1`,
      [email],
    )
  expect((await client.auth.reauthenticate()).error).toMatchObject(tooSoon)
  expect((await client.auth.updateUser({ email: auth.newAddress() })).error).toMatchObject(tooSoon)
  // Their own address is no change.
  expect((await client.auth.updateUser({ email })).error).toBeNull()
})

describe('reauthentication', () => {
  it('is asked of an old session before it changes the password', async () => {
    const { email } = await auth.signUp()
    const client = strict.client()
    await client.auth.signInWithPassword({ email, password })
    const age = (interval: string) =>
      auth.sql.query(
        `update auth.sessions s set created_at = now() - $1::interval
         from auth.users u where u.id = s.user_id and u.email = $2`,
        [interval, email],
      )
    await age('23 hours 59 minutes')
    expect((await client.auth.updateUser({ password: 'battery-staple-1' })).error).toBeNull()
    await age('24 hours 1 minute')
    const change = (nonce?: string) => client.auth.updateUser({ password: 'battery-staple-2', nonce })
    expect((await change()).error).toMatchObject({ status: 400, code: 'reauthentication_needed' })
    expect((await client.auth.reauthenticate()).error).toBeNull()
    expect((await change('000')).error).toMatchObject({ status: 422, code: 'reauthentication_not_valid' })
    expect((await change((await auth.mails.lastMailTo(email)).code)).error).toBeNull()
  })
})
