/*
 * Metadata stand in the access token, and the gateway takes tokens of a length: what an account may hold always fits,
 * to the byte, and what does not is refused where it is written.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { password, startAuth, type TestAuth } from '../../support/http/auth.ts'
import type { TestGateway } from '../../support/http/gateway.ts'

let auth: TestAuth
let anonymous: TestGateway

beforeAll(async () => {
  auth = await startAuth()
  anonymous = await auth.gatewayWith((config) => {
    config.auth.enable_anonymous_sign_ins = true
  })
})
afterAll(() => auth[Symbol.asyncDispose]())

/** Of a header, behind its scheme. */
const longestToken = 8192 - 'Bearer '.length
/** By which a token may be shorter than its account's longest: `false` for `true`, a shorter way of signing in. */
const slack = 20

type Written = { error: { message: string } | null }
/** Writes a text of so many bytes into the metadata of an account. */
type Write = (bytes: number) => Promise<Written>

const text = (bytes: number) => ({ theme: 'x'.repeat(bytes) })

/** The bytes of the longest text that is taken, found by the words that refuse a longer one. */
async function roomOf(write: Write): Promise<number> {
  const tried = 20_000
  const { error } = await write(tried)
  expect(error).toMatchObject({ status: 400, code: 'validation_failed' })
  const [, most, size] =
    /may have (\d+) bytes as JSON, and would have (\d+)\.$/.exec(error?.message ?? '') ?? []
  return tried - (Number(size) - Number(most))
}

async function expectRefused(write: Write, bytes: number): Promise<void> {
  expect((await write(bytes)).error).toMatchObject({ status: 400, code: 'validation_failed' })
}

/** The lengths of the texts that an account has in its metadata. */
async function stored(email: string): Promise<{ user: number | null; app: number | null } | undefined> {
  const { rows } = await auth.sql.query(
    `select length(raw_user_meta_data ->> 'theme') as "user", length(raw_app_meta_data ->> 'theme') as app
     from auth.users where email = $1`,
    [email],
  )
  return rows[0]
}

/** Every service behind the gateway answers whoever has the token. */
async function expectTaken(token: string | undefined): Promise<void> {
  const headers = { apikey: auth.gateway.publishableKey, authorization: `Bearer ${token}` }
  const statusOf = async (path: string) => (await fetch(`${auth.gateway.url}${path}`, { headers })).status
  expect(await statusOf('/auth/v1/user')).toBe(200)
  expect(await statusOf('/rest/v1/nothing')).toBe(404)
  expect(await statusOf('/storage/v1/bucket')).toBe(200)
}

async function tokenOf(email: string): Promise<string | undefined> {
  const { data } = await auth.signIn(email)
  return data.session?.access_token
}

describe('metadata of one’s own', () => {
  it('are taken to the last byte that the token holds, and no further', async () => {
    const { client, email } = await auth.signUp()
    const write: Write = (bytes) => client.auth.updateUser({ data: text(bytes) })
    const room = await roomOf(write)
    expect(await stored(email)).toEqual({ user: null, app: null })
    expect((await write(room)).error).toBeNull()
    await expectTaken((await client.auth.refreshSession()).data.session?.access_token)
    await expectRefused(write, room + 1)
    expect(await stored(email)).toEqual({ user: room, app: null })
    expect((await write(room - 1)).error).toBeNull()
  })

  it('count as bytes, and with what stands there already', async () => {
    const { client } = await auth.signUp()
    const room = await roomOf((bytes) => client.auth.updateUser({ data: text(bytes) }))
    const half = Math.floor(room / 2)
    expect((await client.auth.updateUser({ data: { theme: 'ä'.repeat(half / 2) } })).error).toBeNull()
    const { error } = await client.auth.updateUser({ data: { other: 'x'.repeat(half) } })
    expect(error).toMatchObject({ code: 'validation_failed' })
  })

  it('are refused with everything else that the request asks for', async () => {
    const { client, email } = await auth.signUp()
    const another = 'another-horse-2'
    const { error } = await client.auth.updateUser({ password: another, data: text(20_000) })
    expect(error).toMatchObject({ code: 'validation_failed' })
    expect((await auth.signIn(email, another)).error).toMatchObject({ code: 'invalid_credentials' })
  })
})

describe('metadata of a sign-up', () => {
  const writing =
    (email: string): Write =>
    (bytes) =>
      auth.gateway.client().auth.signUp({ email, password, options: { data: text(bytes) } })

  it('are taken to the last byte, and nobody is there whose were refused', async () => {
    const email = auth.newAddress()
    const room = await roomOf(writing(email))
    await expectRefused(writing(email), room + 1)
    expect(await stored(email)).toBeUndefined()
    expect((await writing(email)(room)).error).toBeNull()
    await expectTaken(await tokenOf(email))
  })

  it('of somebody anonymous leave room for an address', async () => {
    const client = anonymous.client()
    const write: Write = (bytes) => client.auth.signInAnonymously({ options: { data: text(bytes) } })
    const room = await roomOf(write)
    await expectRefused(write, room + 1)
    expect((await write(room)).error).toBeNull()
    const email = `${'a'.repeat(240)}@example.com`
    expect((await client.auth.updateUser({ email })).error).toBeNull()
    await expectTaken((await client.auth.refreshSession()).data.session?.access_token)
  })

  it('by mail are taken to the last byte, and refused whoever has the address', async () => {
    const { email: known } = await auth.signUp()
    const unknown = known.replace('@', 'x@')
    const writing =
      (email: string): Write =>
      (bytes) =>
        auth.gateway.client().auth.signInWithOtp({ email, options: { data: text(bytes) } })
    const room = await roomOf(writing(unknown))
    await expectRefused(writing(unknown), room + 1)
    expect(await stored(unknown)).toBeUndefined()
    // Theirs is a byte more: the address stands in the metadata, and is shorter.
    await expectRefused(writing(known), room + 2)
    expect((await writing(unknown)(room)).error).toBeNull()
    const { code } = await auth.mails.lastMailTo(unknown)
    const client = auth.gateway.client()
    const { data } = await client.auth.verifyOtp({ email: unknown, token: code, type: 'email' })
    await expectTaken(data.session?.access_token)
  })
})

describe('metadata from an administrator', () => {
  const longestAddress = () => auth.newAddress().padStart(255, 'a')

  it('fill the longest token that the account can get, whichever of the two they are', async () => {
    for (const kind of ['user_metadata', 'app_metadata'] as const) {
      const email = longestAddress()
      const phone = `+1${Date.now()}`.padEnd(16, '0')
      const { id } = await auth.createUser({ email, phone, email_confirm: true, phone_confirm: true })
      const write: Write = (bytes) => auth.accounts().updateUserById(id, { [kind]: text(bytes) })
      const room = await roomOf(write)
      await expectRefused(write, room + 1)
      expect(await stored(email)).toEqual({ user: null, app: null })
      expect((await write(room)).error).toBeNull()
      const token = await tokenOf(email)
      expect(token?.length).toBeLessThanOrEqual(longestToken)
      expect(token?.length).toBeGreaterThan(longestToken - slack)
      await expectTaken(token)
    }
  })

  it('are refused where the account is made, and it is not', async () => {
    for (const kind of ['user_metadata', 'app_metadata'] as const) {
      const email = auth.newAddress()
      const write: Write = (bytes) => auth.accounts().createUser({ email, password, [kind]: text(bytes) })
      const room = await roomOf(write)
      await expectRefused(write, room + 1)
      expect(await stored(email)).toBeUndefined()
      expect((await write(room)).error).toBeNull()
    }
  })

  it('leave room for a role', async () => {
    const { id } = await auth.createUser()
    const room = await roomOf((bytes) => auth.accounts().updateUserById(id, { user_metadata: text(bytes) }))
    expect((await auth.accounts().updateUserById(id, { user_metadata: text(room) })).error).toBeNull()
    const { error } = await auth.accounts().updateUserById(id, { role: 'r'.repeat(255) })
    expect(error).toMatchObject({ code: 'validation_failed' })
  })

  it('are refused with an invitation and with a link that is made', async () => {
    const email = auth.newAddress()
    const options = (bytes: number) => ({ data: text(bytes) })
    const writes: Write[] = [
      (bytes) => auth.accounts().inviteUserByEmail(email, options(bytes)),
      ...(['signup', 'invite', 'magiclink'] as const).map(
        (type): Write =>
          (bytes) =>
            auth.accounts().generateLink({ type, email, password, options: options(bytes) }),
      ),
    ]
    for (const write of writes) {
      await expectRefused(write, (await roomOf(write)) + 1)
      expect(await stored(email)).toBeUndefined()
    }
    expect(await auth.mails.mailsTo(email)).toEqual([])
    const [invite] = writes
    if (invite) expect((await invite(await roomOf(invite))).error).toBeNull()
    // Of somebody who is there already, and not confirmed, as well.
    if (writes[1]) await expectRefused(writes[1], (await roomOf(writes[1])) + 1)
    const { code } = await auth.mails.lastMailTo(email)
    const { data } = await auth.gateway.client().auth.verifyOtp({ email, token: code, type: 'invite' })
    await expectTaken(data.session?.access_token)
  })

  it('that SQL made too large are made smaller, step by step, and no larger', async () => {
    const { email, id } = await auth.createUser()
    await auth.sql.query('update auth.users set raw_user_meta_data = $2 where id = $1', [id, text(8000)])
    const { data } = await auth.signIn(email)
    const headers = {
      apikey: auth.gateway.publishableKey,
      authorization: `Bearer ${data.session?.access_token}`,
    }
    expect((await fetch(`${auth.gateway.url}/auth/v1/user`, { headers })).status).toBe(401)
    const write: Write = (bytes) => auth.accounts().updateUserById(id, { user_metadata: text(bytes) })
    await expectRefused(write, 8001)
    for (const bytes of [7500, 100]) expect((await write(bytes)).error).toBeNull()
    await expectTaken(await tokenOf(email))
  })
})
