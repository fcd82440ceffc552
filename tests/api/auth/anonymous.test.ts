/*
 * People without an account, who get one by adding an address.
 */
import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { follow, password, startAuth, type TestAuth } from '../../support/http/auth.ts'
import type { TestGateway } from '../../support/http/gateway.ts'

let auth: TestAuth
/** Addresses count unconfirmed. */
let open: TestGateway
/** Addresses are confirmed first. */
let strict: TestGateway

beforeAll(async () => {
  auth = await startAuth()
  open = await auth.gatewayWith((config) => {
    config.auth.enable_anonymous_sign_ins = true
  })
  strict = await auth.gatewayWith((config) => {
    config.auth.enable_anonymous_sign_ins = true
    config.auth.email.enable_confirmations = true
  })
})
afterAll(() => auth[Symbol.asyncDispose]())

async function signInAnonymously(gateway: TestGateway): Promise<{ client: SupabaseClient; id: string }> {
  const client = gateway.client()
  const { data, error } = await client.auth.signInAnonymously({ options: { data: { theme: 'dark' } } })
  expect(error).toBeNull()
  expect(data.user).toMatchObject({ is_anonymous: true, email: '', user_metadata: { theme: 'dark' } })
  return { client, id: data.user?.id ?? '' }
}

it('become permanent at once where addresses are not confirmed', async () => {
  const { client, id } = await signInAnonymously(open)
  const email = auth.newAddress()
  const { data, error } = await client.auth.updateUser({ email, password })
  expect(error).toBeNull()
  expect(data.user).toMatchObject({ id, email, is_anonymous: false })
  expect(data.user?.email_confirmed_at).toBeTruthy()
  expect(data.user?.identities?.[0]).toMatchObject({ provider: 'email', identity_data: { email } })
  expect(await auth.mails.mailsTo(email)).toEqual([])
  expect((await auth.signIn(email)).data.user?.id).toBe(id)
})

it('become permanent by the link where addresses are confirmed', async () => {
  const { client, id } = await signInAnonymously(strict)
  const email = auth.newAddress()
  const asked = await client.auth.updateUser({ email })
  expect(asked.data.user).toMatchObject({ new_email: email, is_anonymous: true })
  expect((await follow((await auth.mails.lastMailTo(email)).link)).fragment.type).toBe('email_change')
  expect((await client.auth.getUser()).data.user).toMatchObject({
    id,
    email,
    is_anonymous: false,
    app_metadata: { provider: 'email', providers: ['email'] },
  })
})

it('have no password without an address, and no address of somebody else', async () => {
  const { client } = await signInAnonymously(open)
  expect((await client.auth.updateUser({ password })).error).toMatchObject({
    status: 422,
    code: 'validation_failed',
    message: 'Updating password of an anonymous user without an email or phone is not allowed',
  })
  // A number would do beside the password, where somebody could be asked for one.
  const withPhone = await client.auth.updateUser({ password, phone: '4930123456' } as { password: string })
  expect(withPhone.error).toMatchObject({ status: 500, message: 'Unable to get SMS provider' })
  const { email } = await auth.signUp()
  expect((await client.auth.updateUser({ email })).error).toMatchObject({ code: 'email_exists' })
  expect((await client.auth.getUser()).data.user).toMatchObject({ is_anonymous: true, email: '' })
})
