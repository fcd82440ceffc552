/*
 * Accounts that begin or change with a link: invitations, and links that a server asks for.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { password, site, startAuth, type TestAuth } from '../../support/http/auth.ts'
import type { TestGateway } from '../../support/http/gateway.ts'

let auth: TestAuth
/** Addresses are confirmed, and both agree to a change. */
let strict: TestGateway

beforeAll(async () => {
  auth = await startAuth()
  strict = await auth.gatewayWith((config) => {
    config.auth.email.enable_confirmations = true
  })
})
afterAll(() => auth[Symbol.asyncDispose]())

describe('inviteUserByEmail', () => {
  it('mails a link that confirms the address and signs in', async () => {
    const email = auth.newAddress()
    const { data, error } = await auth.accounts().inviteUserByEmail(email, {
      data: { name: 'Ada' },
      redirectTo: `${site}/join`,
    })
    expect(error).toBeNull()
    expect(data.user).toMatchObject({ email, user_metadata: { name: 'Ada' } })
    const { link, subject } = await auth.mails.lastMailTo(email)
    expect(subject).toBe("You've been invited")
    const response = await fetch(link, { redirect: 'manual' })
    const location = response.headers.get('location') ?? ''
    expect(location).toMatch(/^http:\/\/127\.0\.0\.1:3000\/join#.*type=invite/)
    const again = await auth.accounts().inviteUserByEmail(email)
    expect(again.error).toMatchObject({ status: 422, code: 'email_exists' })
  })
})

it('does not give an invited account to whoever signs up with its address', async () => {
  const email = auth.newAddress()
  await auth.accounts().inviteUserByEmail(email)
  const { error } = await auth.gateway.client().auth.signUp({ email, password })
  expect(error).toMatchObject({ status: 422, code: 'user_already_exists' })
})

describe('generateLink', () => {
  const verify = (hash: string, type: 'signup' | 'invite' | 'magiclink' | 'recovery' | 'email_change') =>
    auth.gateway.client().auth.verifyOtp({ token_hash: hash, type })

  it.each(['magiclink', 'recovery'] as const)(
    'makes a %s for an account, and mails nothing',
    async (type) => {
      const { email, id } = await auth.createUser()
      const { data, error } = await auth.accounts().generateLink({ type, email })
      expect(error).toBeNull()
      expect(data.properties).toMatchObject({ verification_type: type, redirect_to: site })
      expect(data.properties?.action_link).toContain(`token=${data.properties?.hashed_token}&type=${type}`)
      expect(await auth.mails.mailsTo(email)).toEqual([])
      expect((await verify(data.properties?.hashed_token ?? '', type)).data.user?.id).toBe(id)
    },
  )

  it('gives a code that can be typed', async () => {
    const { email, id } = await auth.createUser()
    const { data } = await auth.accounts().generateLink({ type: 'magiclink', email })
    const token = data.properties?.email_otp ?? ''
    const verified = await auth.gateway.client().auth.verifyOtp({ email, token, type: 'email' })
    expect(verified.data.user?.id).toBe(id)
  })

  it('makes the account of a sign-up, an invitation, and a magic link for nobody', async () => {
    const signup = { type: 'signup', email: auth.newAddress(), password } as const
    const invite = { type: 'invite', email: auth.newAddress() } as const
    const magiclink = { type: 'magiclink', email: auth.newAddress() } as const
    for (const [request, type] of [
      [signup, 'signup'],
      [invite, 'invite'],
      [magiclink, 'signup'],
    ] as const) {
      const { data, error } = await auth.accounts().generateLink(request)
      expect(error).toBeNull()
      expect(data.properties?.verification_type).toBe(type)
      const verified = await verify(data.properties?.hashed_token ?? '', type)
      expect(verified.data.user?.email).toBe(request.email)
    }
    expect((await auth.signIn(signup.email)).error).toBeNull()
  })

  it('makes the two links of a change of address', async () => {
    const { email, id } = await auth.createUser()
    const newEmail = auth.newAddress()
    const links: string[] = []
    for (const type of ['email_change_current', 'email_change_new'] as const) {
      const { data, error } = await strict.adminClient().auth.admin.generateLink({ type, email, newEmail })
      expect(error).toBeNull()
      expect(data.properties?.verification_type).toBe(type)
      links.push(data.properties?.action_link ?? '')
    }
    const addresses: (string | undefined)[] = []
    for (const link of links) {
      await fetch(link, { redirect: 'manual' })
      addresses.push((await auth.accounts().getUserById(id)).data.user?.email)
    }
    expect(addresses).toEqual([email, newEmail])
  })

  it('refuses what makes no sense', async () => {
    const { email } = await auth.createUser()
    const recovery = await auth.accounts().generateLink({ type: 'recovery', email: auth.newAddress() })
    expect(recovery.error).toMatchObject({ status: 404, code: 'user_not_found' })
    const signup = await auth.accounts().generateLink({ type: 'signup', email, password })
    expect(signup.error).toMatchObject({ status: 422, code: 'email_exists' })
    const generate = async (body: object) => {
      const response = await fetch(`${auth.gateway.url}/auth/v1/admin/generate_link`, {
        method: 'POST',
        headers: { apikey: auth.gateway.secretKey },
        body: JSON.stringify(body),
      })
      const { error_code, msg } = (await response.json()) as Record<string, unknown>
      return [response.status, error_code, msg]
    }
    const other = auth.newAddress()
    for (const [body, status, code, message] of [
      [{ type: 'letter', email }, 400, 'validation_failed', 'link type requested: letter'],
      [{ email }, 400, 'validation_failed', 'link type requested: '],
      [{ type: 'invite', email }, 422, 'email_exists', 'already been registered'],
      [{ type: 'signup', email: other }, 400, 'validation_failed', 'Signup requires a valid password'],
      [{ type: 'signup', email: other, password: 'short' }, 422, 'weak_password', 'at least'],
      [
        { type: 'email_change_new', email: other, new_email: 'a@x.example' },
        404,
        'user_not_found',
        'not found',
      ],
      [{ type: 'email_change_new', email, new_email: email }, 422, 'email_exists', 'already been registered'],
      [{ type: 'email_change_new', email }, 400, 'validation_failed', 'is required'],
    ] as const)
      expect(await generate(body)).toEqual([status, code, expect.stringContaining(message)])
    const invited = await auth.accounts().inviteUserByEmail(email)
    expect(invited.error).toMatchObject({ status: 422, code: 'email_exists' })
  })
})
