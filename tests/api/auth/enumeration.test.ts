/*
 * Whoever asks for mails learns nothing about who has an account, however often they ask.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { password, startAuth, type TestAuth } from '../../support/http/auth.ts'
import type { TestGateway } from '../../support/http/gateway.ts'

let auth: TestAuth
/** Addresses are confirmed, and the pause between mails is longer than a test takes. */
let slow: TestGateway

beforeAll(async () => {
  auth = await startAuth()
  slow = await auth.gatewayWith(({ auth: { email } }) => {
    email.enable_confirmations = true
    email.max_frequency = 60_000
  })
})
afterAll(() => auth[Symbol.asyncDispose]())

const requests = {
  recover: { path: '/recover', body: {} },
  otp: { path: '/otp', body: {} },
  magiclink: { path: '/magiclink', body: {} },
  'resend of a confirmation': { path: '/resend', body: { type: 'signup' } },
  'resend of a change': { path: '/resend', body: { type: 'email_change' } },
}

async function ask(name: keyof typeof requests, email: string) {
  const { path, body } = requests[name]
  const response = await fetch(`${slow.url}/auth/v1${path}`, {
    method: 'POST',
    headers: { apikey: slow.publishableKey },
    body: JSON.stringify({ ...body, email }),
  })
  const { status, headers } = response
  return { status, retryAfter: headers.get('retry-after'), body: await response.json() }
}

it.each(Object.keys(requests) as (keyof typeof requests)[])(
  '%s answers alike for somebody and for nobody, at first and at once again',
  async (name) => {
    const { email } = await auth.signUp()
    const [known, unknown] = [email, auth.newAddress()]
    const first = { status: 200, retryAfter: null, body: {} }
    expect(await ask(name, known)).toEqual(first)
    expect(await ask(name, unknown)).toEqual(first)
    const second = {
      status: 429,
      retryAfter: expect.stringMatching(/^\d\d$/),
      body: { code: 429, error_code: 'over_email_send_rate_limit', msg: expect.stringContaining('after') },
    }
    expect(await ask(name, known)).toEqual(second)
    expect(await ask(name, unknown)).toEqual(second)
  },
)

it('somebody who was mailed by another process is told what everybody is, and mailed nothing', async () => {
  const { email } = await auth.signUp()
  await auth.gateway.client().auth.resetPasswordForEmail(email)
  expect(await auth.mails.mailsTo(email)).toHaveLength(1)
  expect(await ask('recover', email)).toMatchObject({ status: 200, body: {} })
  expect(await auth.mails.mailsTo(email)).toHaveLength(1)
})

it('a sign-up with a taken address looks like any other', async () => {
  const { email } = await auth.signUp({ name: 'Ada' })
  const signUp = async (address: string) => {
    const { data, error } = await slow
      .client()
      .auth.signUp({ email: address, password, options: { data: { name: 'Eve' } } })
    expect(error).toBeNull()
    return { name: data.user?.user_metadata.name, session: data.session, confirmed: data.user?.confirmed_at }
  }
  const answer = { name: 'Eve', session: null, confirmed: undefined }
  expect(await signUp(email)).toEqual(answer)
  expect(await signUp(auth.newAddress())).toEqual(answer)
})
