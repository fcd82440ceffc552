/*
 * Buckets: what a change leaves as it was, the order of a listing, and what is refused.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startStorage, type TestStorage } from '../../support/http/storage.ts'

let storage: TestStorage

beforeAll(async () => {
  storage = await startStorage()
})
afterAll(() => storage[Symbol.asyncDispose]())

const service = () => storage.service()

async function call(method: string, path: string, body: unknown) {
  const response = await storage.request(path, {
    method,
    headers: { apikey: storage.gateway.secretKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}

describe('changing a bucket', () => {
  it('leaves alone what is not named, and takes a limit away for null', async () => {
    const limits = { file_size_limit: 1000, allowed_mime_types: ['image/png'] }
    await service().createBucket('kept', {
      public: false,
      fileSizeLimit: 1000,
      allowedMimeTypes: ['image/png'],
    })
    expect((await service().updateBucket('kept', { public: true })).error).toBeNull()
    expect((await service().getBucket('kept')).data).toMatchObject({ ...limits, public: true })
    await service().updateBucket('kept', { public: true, fileSizeLimit: null })
    expect((await service().getBucket('kept')).data).toMatchObject({
      file_size_limit: null,
      allowed_mime_types: ['image/png'],
    })
    await service().updateBucket('kept', { public: false, allowedMimeTypes: null })
    expect((await service().getBucket('kept')).data).toMatchObject({
      public: false,
      allowed_mime_types: null,
    })
  })

  it('takes at least one change', async () => {
    await service().createBucket('unchanged')
    expect(await call('PUT', '/bucket/unchanged', {})).toMatchObject({
      status: 400,
      body: { code: 'InvalidRequest', error: 'Error' },
    })
  })
})

describe('listing buckets', () => {
  type Options = Parameters<ReturnType<TestStorage['service']>['listBuckets']>[0]
  const names = async (options: Options) => {
    const { data, error } = await service().listBuckets(options)
    expect(error).toBeNull()
    return data?.map(({ name }) => name)
  }

  it('follows search, order, limit and offset', async () => {
    for (const name of ['list-b', 'list-a', 'list-c', 'list_d']) await service().createBucket(name)
    const sorted = { search: 'list-', sortColumn: 'name' } as const
    expect(await names({ ...sorted, sortOrder: 'desc' })).toEqual(['list-c', 'list-b', 'list-a'])
    expect(await names({ ...sorted, limit: 1, offset: 1 })).toEqual(['list-b'])
    expect(await names({ search: 'LIST_' })).toEqual(['list_d'])
    expect(await names({ search: 'no such' })).toEqual([])
  })

  it.each(['limit=0', 'limit=x', 'offset=-1', 'sortColumn=owner', 'sortOrder=down'])(
    'refuses %s',
    async (query) => {
      const response = await storage.request(`/bucket?${query}`, {
        headers: { apikey: storage.gateway.secretKey },
      })
      expect([response.status, await response.json()]).toMatchObject([
        400,
        { code: 'InvalidRequest', error: 'Error', message: expect.stringMatching(/^querystring/) },
      ])
    },
  )

  it('tells the type in a listing only', async () => {
    const listed = await service().listBuckets()
    expect(listed.data?.find(({ id }) => id === 'papers')).toMatchObject({ type: 'STANDARD' })
    expect((await service().getBucket('papers')).data).not.toHaveProperty('type')
  })
})

describe('making a bucket', () => {
  it('is for whom the policies let, as its owner by either column', async () => {
    await storage.sql.query(`
      create policy own_buckets on storage.buckets to authenticated
      using (owner = auth.uid() and owner_id = auth.uid()::text)
      with check (owner = auth.uid() and owner_id = auth.uid()::text)`)
    const { alice, bob } = storage
    expect((await alice.client.storage.createBucket('of-alice')).error).toBeNull()
    expect((await alice.client.storage.getBucket('of-alice')).data).toMatchObject({ owner: alice.id })
    expect((await bob.client.storage.getBucket('of-alice')).error).not.toBeNull()
    expect((await service().getBucket('papers')).data).toMatchObject({ owner: '' })
    await storage.sql.query('drop policy own_buckets on storage.buckets')
  })

  it('takes a type of 1,000 characters and refuses one of 1,001', async () => {
    const type = (length: number) => `a/${'b'.repeat(length - 2)}`
    expect(
      await call('POST', '/bucket', { name: 'long-type', allowed_mime_types: [type(1_000)] }),
    ).toMatchObject({ status: 200 })
    expect(
      await call('POST', '/bucket', { name: 'longer-type', allowed_mime_types: [type(1_001)] }),
    ).toMatchObject({ status: 400, body: { statusCode: '415', code: 'InvalidMimeType' } })
  })

  it.each([
    [
      'a limit above the project’s',
      { file_size_limit: '1GB' },
      { statusCode: '413', code: 'EntityTooLarge' },
    ],
    ['a type that is none', { allowed_mime_types: ['png'] }, { statusCode: '415', code: 'InvalidMimeType' }],
  ])('refuses %s, here and in a change', async (_, limits, refusal) => {
    const made = await call('POST', '/bucket', { name: 'refused', ...limits })
    expect(made).toMatchObject({ status: 400, body: refusal })
    expect((await service().getBucket('refused')).error).not.toBeNull()
    expect(await call('PUT', '/bucket/papers', limits)).toMatchObject({ status: 400, body: refusal })
  })

  it('takes a name of 100 characters and refuses one of 101, here and in SQL', async () => {
    expect(await call('POST', '/bucket', { name: 'n'.repeat(100) })).toMatchObject({ status: 200 })
    const long = 'n'.repeat(101)
    const refusal = { statusCode: '400', code: 'InvalidBucketName', error: 'Invalid Input' }
    expect(await call('POST', '/bucket', { name: long })).toMatchObject({ status: 400, body: refusal })
    for (const name of ['', ' spaced ', 'a/b'])
      expect(await call('POST', '/bucket', { name })).toMatchObject({ status: 400, body: refusal })
    await expect(
      storage.sql.query("insert into storage.buckets (id, name) values ('long', $1)", [long]),
    ).rejects.toMatchObject({ code: 'P0001', message: expect.stringContaining('Max is 100') })
  })

  it('names what is there already and what is not empty', async () => {
    expect((await call('POST', '/bucket', { name: 'papers' })).body).toMatchObject({
      statusCode: '409',
      code: 'BucketAlreadyExists',
      error: 'Duplicate',
    })
    await service().createBucket('full')
    await service().from('full').upload('a.txt', 'x')
    expect((await call('DELETE', '/bucket/full', {})).body).toMatchObject({
      statusCode: '409',
      code: 'ResourceNotEmpty',
    })
  })
})
