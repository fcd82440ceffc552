/*
 * People whose access ended while they held a token: banned, or deleted with their row kept.
 */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { password, startAuth, type TestAuth } from '../../support/http/auth.ts'

let auth: TestAuth

beforeAll(async () => {
  auth = await startAuth()
})
afterAll(() => auth[Symbol.asyncDispose]())

describe('somebody banned, with a live token', () => {
  it('reads and writes nothing, until the ban is taken away', async () => {
    const { client, user } = await auth.signUp({ name: 'Ada' })
    await auth.accounts().updateUserById(user.id, { ban_duration: '1h' })
    const refused = { status: 403, code: 'user_banned', message: 'User is banned' }
    expect((await client.auth.getUser()).error).toMatchObject(refused)
    expect((await client.auth.updateUser({ data: { name: 'Eve' } })).error).toMatchObject(refused)
    expect((await client.auth.updateUser({ password: 'battery-staple-2' })).error).toMatchObject(refused)
    expect((await client.auth.reauthenticate()).error).toMatchObject(refused)
    const { data } = await auth.accounts().getUserById(user.id)
    expect(data.user?.user_metadata).toMatchObject({ name: 'Ada' })
    await auth.accounts().updateUserById(user.id, { ban_duration: 'none' })
    expect((await client.auth.getUser()).data.user?.id).toBe(user.id)
    expect((await auth.signIn(user.email ?? '')).error).toBeNull()
  })
})

describe('an account deleted with its row kept', () => {
  it('is left without anything that says whose it was', async () => {
    const { id, email } = await auth.createUser({ user_metadata: { name: 'Ada' } })
    const { client } = { client: auth.gateway.client() }
    await client.auth.signInWithPassword({ email, password })
    await client.auth.updateUser({ email: 'next@example.com' })
    expect((await auth.accounts().deleteUser(id, true)).error).toBeNull()

    const hash = (text: string) =>
      createHash('sha256')
        .update(id + text)
        .digest('base64url')
    const [user] = (await auth.sql.query('select * from auth.users where id = $1', [id])).rows
    expect(user).toMatchObject({
      email: hash(email),
      phone: hash('').slice(0, 15),
      email_change: hash('next@example.com'),
      phone_change: hash('').slice(0, 15),
      encrypted_password: null,
      email_change_token_new: '',
      email_change_token_current: '',
      raw_user_meta_data: {},
      raw_app_meta_data: {},
    })
    const identities = await auth.sql.query(
      'select provider_id, identity_data from auth.identities where user_id = $1',
      [id],
    )
    expect(identities.rows).toEqual([{ provider_id: hash(`email:${id}`), identity_data: {} }])
    for (const table of ['sessions', 'one_time_tokens'])
      expect((await auth.sql.query(`select from auth.${table} where user_id = $1`, [id])).rowCount).toBe(0)
    expect((await client.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
    expect((await auth.accounts().deleteUser(id, true)).error).toBeNull()
  })
})

describe('a row that SQL made without what Auth reads', () => {
  const insert = (columns: string, values: string) =>
    auth.sql.query(
      `insert into auth.users (id, email, encrypted_password, email_confirmed_at, ${columns})
       values (gen_random_uuid(), $1, extensions.crypt('${password}', extensions.gen_salt('bf', 4)), now(), ${values})`,
      [auth.newAddress()],
    )
  const signIn = async () => {
    const { rows } = await auth.sql.query('select email from auth.users where created_at is null')
    const { error } = await auth.signIn(rows[0].email)
    await auth.sql.query('delete from auth.users where created_at is null')
    return error
  }

  it('is nobody without an instance and an audience', async () => {
    await insert('role', `'authenticated'`)
    expect(await signIn()).toMatchObject({ status: 400, code: 'invalid_credentials' })
  })

  it.each(['created_at', 'updated_at'])('is a fault where %s of an identity is null', async (column) => {
    const said = vi.spyOn(console, 'error').mockReturnValue()
    const { id } = await auth.createUser()
    await auth.sql.query(`update auth.identities set ${column} = null where user_id = $1`, [id])
    const { error } = await auth.accounts().getUserById(id)
    said.mockRestore()
    expect(error).toMatchObject({ status: 500, message: 'Database error querying schema' })
  })

  it('is a fault of the database with nulls elsewhere', async () => {
    await insert('instance_id, aud, role', `'00000000-0000-0000-0000-000000000000', 'authenticated', ''`)
    expect(await signIn()).toMatchObject({ status: 500, message: 'Database error querying schema' })
  })
})
