/*
 * Files of the project's buckets over HTTP: how many there are, what is refused, and what stays as it is.
 */
import { randomUUID } from 'node:crypto'
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

it('takes twenty files of a person, and says so of the next, however it comes', async () => {
  const { id, avatars } = await signUp('many@example.com')
  const signed = (await avatars.createSignedUploadUrl(`${id}/24.png`)).data?.token ?? ''
  for (let number = 1; number <= 20; number++)
    expect((await avatars.upload(`${id}/${number}.png`, 'x', picture)).error).toBeNull()
  const refusal = {
    status: 400,
    statusCode: '403',
    message: 'This folder has as many files as it takes.',
  }
  expect((await avatars.upload(`${id}/21.png`, 'x', picture)).error).toMatchObject(refusal)
  expect((await avatars.copy(`${id}/1.png`, `${id}/22.png`)).error).toMatchObject(refusal)
  expect((await avatars.createSignedUploadUrl(`${id}/23.png`)).error).toMatchObject(refusal)
  expect((await avatars.uploadToSignedUrl(`${id}/24.png`, signed, 'x', picture)).error).toMatchObject(refusal)
  expect((await avatars.list(id)).data).toHaveLength(20)

  expect((await avatars.upload(`${id}/20.png`, 'y', { ...picture, upsert: true })).error).toBeNull()
  // Nor is it filled from elsewhere, by who may move anything.
  const everywhere = gateway.adminClient().storage.from('avatars')
  const other = randomUUID()
  expect((await everywhere.upload(`${other}/1.png`, 'x', picture)).error).toBeNull()
  expect((await everywhere.move(`${other}/1.png`, `${id}/25.png`)).error).toMatchObject(refusal)
  expect((await avatars.move(`${id}/20.png`, `${id}/deep/er/20.png`)).error).toBeNull()
  expect((await avatars.move(`${id}/deep/er/20.png`, `${id}/20.png`)).error).toBeNull()
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

const server = () => gateway.adminClient().storage
const textOf = async (bucket: string, path: string) =>
  (await server().from(bucket).download(path)).data?.text()

it.each(['marketplace', 'support'])(
  'nobody replaces a file of %s, nor by a URL from before it was there',
  async (name) => {
    const path = `${randomUUID()}/${randomUUID()}/a.png`
    const bucket = server().from(name)
    const token = (await bucket.createSignedUploadUrl(path, { upsert: true })).data?.token ?? ''
    expect((await bucket.upload(path, 'seen', picture)).error).toBeNull()
    const refusal = { statusCode: '403', message: 'A file of this bucket is not replaced.' }
    const anyone = gateway.client().storage.from(name)
    expect((await anyone.uploadToSignedUrl(path, token, 'other', picture)).error).toMatchObject(refusal)
    expect((await bucket.upload(path, 'other', { ...picture, upsert: true })).error).toMatchObject(refusal)
    expect((await bucket.move(path, `${path}.png`)).error).toMatchObject(refusal)
    expect(await textOf(name, path)).toBe('seen')
  },
)

it('shows a folder by a file of nothing, of whatever type', async () => {
  const { error } = await server()
    .from('avatars')
    .upload(`${randomUUID()}/.emptyFolderPlaceholder`, '', { contentType: 'application/octet-stream' })
  expect(error).toBeNull()
})

it('takes no copy that could not be uploaded', async () => {
  const { id, avatars } = await signUp('copies@example.com')
  const folder = `${randomUUID()}/${randomUUID()}`
  const support = server().from('support')
  const text = { contentType: 'text/plain' }
  expect((await support.upload(`${folder}/a.txt`, '<b>', text)).error).toBeNull()
  expect((await support.upload(`${folder}/b.png`, 'x'.repeat(2_097_153), picture)).error).toBeNull()
  expect((await support.upload(`${folder}/c.png`, 'x'.repeat(2_097_152), picture)).error).toBeNull()
  const copied = async (name: string) =>
    (await support.copy(`${folder}/${name}`, `${id}/${name}`, { destinationBucket: 'avatars' })).error
  expect(await copied('a.txt')).toMatchObject({
    statusCode: '403',
    message: 'The file is of a type that its bucket does not take.',
  })
  expect(await copied('b.png')).toMatchObject({
    statusCode: '403',
    message: 'The file is larger than its bucket takes.',
  })
  expect(await copied('c.png')).toBeNull()
  expect((await avatars.list(id)).data?.map(({ name }) => name)).toEqual(['c.png'])
})
