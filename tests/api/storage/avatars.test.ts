/*
 * Profile pictures over HTTP: the limit on their number, and what else than a picture is refused.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../../support/http/gateway.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'

let database: TestDatabase
let gateway: TestGateway

beforeAll(async () => {
  database = await createDatabase('migrated')
  gateway = await startTestGateway(database)
})
afterAll(async () => {
  await gateway.close()
  await database.drop()
})

async function signUp(email: string) {
  const client = gateway.client()
  const { data, error } = await client.auth.signUp({ email, password: 'correct horse battery' })
  if (error || !data.user) throw error ?? new Error('The sign-up gave no account.')
  return { id: data.user.id, avatars: client.storage.from('avatars') }
}

const picture = { contentType: 'image/png' }

it('takes twenty files of a person, and refuses the next as a policy does', async () => {
  const { id, avatars } = await signUp('many@example.com')
  for (let number = 1; number <= 20; number++)
    expect((await avatars.upload(`${id}/${number}.png`, 'x', picture)).error).toBeNull()
  const refusal = {
    status: 400,
    statusCode: '403',
    message: 'new row violates row-level security policy',
  }
  expect((await avatars.upload(`${id}/21.png`, 'x', picture)).error).toMatchObject(refusal)
  expect((await avatars.copy(`${id}/1.png`, `${id}/22.png`)).error).toMatchObject(refusal)
  expect((await avatars.createSignedUploadUrl(`${id}/23.png`)).error).toMatchObject(refusal)
  expect((await avatars.list(id)).data).toHaveLength(20)

  expect((await avatars.upload(`${id}/20.png`, 'y', { ...picture, upsert: true })).error).toBeNull()
  expect((await avatars.move(`${id}/1.png`, `${id}/first.png`)).error).toBeNull()
  expect((await avatars.remove([`${id}/2.png`])).error).toBeNull()
  expect((await avatars.upload(`${id}/21.png`, 'x', picture)).error).toBeNull()
})

it('takes nothing that is no picture', async () => {
  const { id, avatars } = await signUp('other@example.com')
  for (const contentType of ['image/png; charset=utf-8', 'image/svg+xml', 'text/html'])
    expect((await avatars.upload(`${id}/a.png`, 'x', { contentType })).error).toMatchObject({
      statusCode: '415',
    })
})
