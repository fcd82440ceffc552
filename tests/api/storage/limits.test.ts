/*
 * What a bucket takes: limits hold, no name leads elsewhere, and buckets are as they were configured.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureBuckets } from '../../../local/migrations/index.ts'
import { type Person, papers, startStorage, type TestStorage } from '../../support/http/storage.ts'

let storage: TestStorage
let alice: Person
let bob: Person

beforeAll(async () => {
  storage = await startStorage()
  ;({ alice, bob } = storage)
})
afterAll(() => storage[Symbol.asyncDispose]())

describe('limits', () => {
  const pictures = () => alice.client.storage.from('pictures')
  const path = () => `${alice.id}/${crypto.randomUUID()}.png`

  it('refuses what is too large, however it is sent', async () => {
    const large = new Uint8Array(65)
    for (const body of [large, new Blob([large], { type: 'image/png' }), new Blob([large]).stream()]) {
      const { error } = await pictures().upload(path(), body, { contentType: 'image/png', duplex: 'half' })
      expect(error).toMatchObject({
        status: 400,
        statusCode: '413',
        message: 'The object exceeded the maximum allowed size',
      })
    }
    const fits = await pictures().upload(path(), new Uint8Array(64), { contentType: 'image/png' })
    expect(fits.error).toBeNull()
  })

  it('refuses other types than the bucket allows', async () => {
    const { error } = await pictures().upload(path(), 'x', { contentType: 'text/html' })
    expect(error).toMatchObject({ statusCode: '415', message: 'mime type text/html is not supported' })
  })

  it('refuses names that would lead elsewhere', async () => {
    const put = (key: string) =>
      storage.request(`/object/papers/${key}`, {
        method: 'POST',
        headers: storage.headersOf(alice),
        body: 'x',
      })
    for (const key of [
      `${alice.id}%2F..%2F..%2Fpasswd`,
      `${alice.id}/%2e%2e%2f${bob.id}%2fx.txt`,
      `${alice.id}%2F%2Fx`,
    ]) {
      const response = await put(key)
      expect([response.status, (await response.json()) as unknown]).toMatchObject([
        400,
        { code: 'InvalidKey' },
      ])
    }
    // Refused for every service, before Storage sees it.
    expect((await put(`${alice.id}/a%00b`)).status).toBe(400)
    await papers(alice).upload(`${alice.id}/plain.txt`, 'x')
    const moved = await papers(alice).move(`${alice.id}/plain.txt`, `${alice.id}/../x.txt`)
    expect(moved.error).toMatchObject({ statusCode: '400' })
    const copied = await papers(alice).copy(`${alice.id}/plain.txt`, '/etc/passwd')
    expect(copied.error).toMatchObject({ statusCode: '400' })
  })

  it('leaves no bytes behind of what it refused', async () => {
    const before = storage.storedVersions().length
    await pictures().upload(path(), new Blob([new Uint8Array(65)]).stream(), {
      contentType: 'image/png',
      duplex: 'half',
    })
    expect(storage.storedVersions()).toHaveLength(before)
  })
})

describe('buckets', () => {
  it('are made, changed, emptied and deleted with the secret key', async () => {
    const client = storage.service()
    expect((await client.createBucket('temporary', { public: false, fileSizeLimit: '1KB' })).error).toBeNull()
    expect((await client.createBucket('temporary')).error).toMatchObject({ statusCode: '409' })
    await client.updateBucket('temporary', { public: true, allowedMimeTypes: ['text/plain'] })
    expect((await client.getBucket('temporary')).data).toMatchObject({
      id: 'temporary',
      public: true,
      allowed_mime_types: ['text/plain'],
    })
    await client.from('temporary').upload('a.txt', 'x', { contentType: 'text/plain' })
    expect((await client.deleteBucket('temporary')).error).toMatchObject({ statusCode: '409' })
    expect((await client.emptyBucket('temporary')).error).toBeNull()
    expect((await client.deleteBucket('temporary')).error).toBeNull()
    expect((await client.getBucket('temporary')).error).toMatchObject({ statusCode: '404' })
  })

  it('of the configuration are brought in line with it', async () => {
    await ensureBuckets(storage.config, storage.database.url('supabase_storage_admin'))
    const { data } = await storage.service().getBucket('pictures')
    expect(data).toMatchObject({ public: true, file_size_limit: 64, allowed_mime_types: ['image/*'] })
  })
})
