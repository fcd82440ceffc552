/*
 * Files through supabase-js: policies decide, limits hold, and no name leads elsewhere.
 */
import { readdirSync } from 'node:fs'
import type { SupabaseClient } from '@supabase/supabase-js'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readProject } from '../../local/config/project.ts'
import { ensureBuckets } from '../../local/gateway/storage/buckets.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'

let database: TestDatabase
let gateway: TestGateway
let sql: pg.Client
let alice: Person
let bob: Person

interface Person {
  id: string
  token: string
  client: SupabaseClient
}

const config = readProject(`${import.meta.dirname}/../..`)
config.storage.buckets = {
  pictures: { public: true, file_size_limit: 64, allowed_mime_types: ['image/*'] },
  papers: { public: false },
}

beforeAll(async () => {
  database = await createDatabase('platform')
  gateway = await startTestGateway(database)
  await ensureBuckets(config, database.url('supabase_storage_admin'))
  sql = new pg.Client({ connectionString: database.url('postgres') })
  await sql.connect()
  // A person has the folder of their id; what lies in `shared/` is read by everybody who is signed in.
  await sql.query(`
    create policy own_select on storage.objects for select to authenticated
      using ((storage.foldername(name))[1] in ((select auth.uid())::text, 'shared'));
    create policy own_insert on storage.objects for insert to authenticated
      with check ((storage.foldername(name))[1] = (select auth.uid())::text and owner_id = (select auth.uid())::text);
    create policy own_update on storage.objects for update to authenticated
      using ((storage.foldername(name))[1] = (select auth.uid())::text)
      with check ((storage.foldername(name))[1] = (select auth.uid())::text);
    create policy own_delete on storage.objects for delete to authenticated
      using ((storage.foldername(name))[1] = (select auth.uid())::text)`)
  alice = await signUp('alice@example.com')
  bob = await signUp('bob@example.com')
})
afterAll(async () => {
  await sql.end()
  await gateway.close()
  await database.drop()
})

async function signUp(email: string): Promise<Person> {
  const client = gateway.client()
  const { data, error } = await client.auth.signUp({ email, password: 'correct-horse-1' })
  if (error || !data.user || !data.session) throw error ?? new Error('no session')
  return { id: data.user.id, token: data.session.access_token, client }
}

const papers = ({ client }: { client: SupabaseClient }) => client.storage.from('papers')
const service = () => gateway.adminClient().storage

function request(path: string, init: RequestInit = {}) {
  return fetch(`${gateway.url}/storage/v1${path}`, init)
}

const headersOf = (person: Person) => ({
  apikey: gateway.publishableKey,
  authorization: `Bearer ${person.token}`,
})

describe('a file', () => {
  it('comes back as it was sent, with what was said about it', async () => {
    const path = `${alice.id}/my letter.txt`
    const { data, error } = await papers(alice).upload(path, 'Dear Bob', {
      contentType: 'text/plain',
      cacheControl: '60',
      metadata: { mood: 'glad' },
    })
    expect(error).toBeNull()
    expect(data).toMatchObject({ path, fullPath: `papers/${path}` })
    const { data: blob } = await papers(alice).download(path)
    expect(await blob?.text()).toBe('Dear Bob')
    expect(blob?.type).toBe('text/plain')
    const { data: info } = await papers(alice).info(path)
    expect(info).toMatchObject({
      name: path,
      size: 8,
      contentType: 'text/plain',
      cacheControl: 'max-age=60',
      metadata: { mood: 'glad' },
    })
    const { rows } = await sql.query('select owner_id, metadata from storage.objects where id = $1', [
      data?.id,
    ])
    expect(rows[0]).toMatchObject({ owner_id: alice.id, metadata: { size: 8, mimetype: 'text/plain' } })
  })

  it('may be a form, a stream, or empty', async () => {
    const bytes = new Uint8Array(200_000).fill(7)
    const blob = new Blob([bytes], { type: 'application/pdf' })
    const stream = new Blob([bytes]).stream()
    await papers(alice).upload(`${alice.id}/form.pdf`, blob, { metadata: { pages: 3 } })
    await papers(alice).upload(`${alice.id}/stream.bin`, stream, { duplex: 'half' })
    await papers(alice).upload(`${alice.id}/empty.txt`, '')
    const sizes = ['form.pdf', 'stream.bin', 'empty.txt'].map(
      async (name) => (await papers(alice).download(`${alice.id}/${name}`)).data?.size,
    )
    expect(await Promise.all(sizes)).toEqual([200_000, 200_000, 0])
    expect((await papers(alice).info(`${alice.id}/form.pdf`)).data).toMatchObject({
      contentType: 'application/pdf',
      metadata: { pages: 3 },
    })
  })

  it('is replaced only when asked to, and its old bytes are gone', async () => {
    const path = `${alice.id}/draft.txt`
    await papers(alice).upload(path, 'one')
    const again = await papers(alice).upload(path, 'two')
    expect(again.error).toMatchObject({ statusCode: '409', message: 'The resource already exists' })
    const { rows: before } = await sql.query('select id, version from storage.objects where name = $1', [
      path,
    ])
    expect((await papers(alice).upload(path, 'two', { upsert: true })).error).toBeNull()
    expect((await papers(alice).update(path, 'three')).error).toBeNull()
    expect(await (await papers(alice).download(path)).data?.text()).toBe('three')
    const { rows: after } = await sql.query('select id, version from storage.objects where name = $1', [path])
    expect(after[0].id).toBe(before[0].id)
    expect(storedVersions()).not.toContain(before[0].version)
    expect(storedVersions()).toContain(after[0].version)
  })

  it('is sent in parts, and not at all where the client has it', async () => {
    const path = `${alice.id}/range.txt`
    await papers(alice).upload(path, '0123456789', { contentType: 'text/plain' })
    const get = (headers: Record<string, string>) =>
      request(`/object/authenticated/papers/${path}`, { headers: { ...headersOf(alice), ...headers } })
    const part = await get({ range: 'bytes=2-4' })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 2-4/10',
      '234',
    ])
    expect(await (await get({ range: 'bytes=-3' })).text()).toBe('789')
    const whole = await get({})
    expect((await get({ 'if-none-match': whole.headers.get('etag') ?? '' })).status).toBe(304)
    const head = await request(`/object/papers/${path}`, { method: 'HEAD', headers: headersOf(alice) })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10'])
  })

  it('can be read at any moment while it is replaced', async () => {
    const path = `${alice.id}/busy.txt`
    await papers(alice).upload(path, 'x')
    const replacing = (async () => {
      for (let round = 0; round < 15; round++)
        await papers(alice).upload(path, `round ${round}`, { upsert: true })
    })()
    const reads = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const { data } = await papers(alice).download(path)
        return data?.text()
      }),
    )
    await replacing
    expect(reads.every((text) => text === 'x' || text?.startsWith('round'))).toBe(true)
    const { rows } = await sql.query('select count(*)::integer as rows from storage.objects')
    expect(storedVersions()).toHaveLength(rows[0].rows)
  })

  it('exists or does not', async () => {
    await papers(alice).upload(`${alice.id}/here.txt`, 'x')
    expect((await papers(alice).exists(`${alice.id}/here.txt`)).data).toBe(true)
    expect((await papers(alice).exists(`${alice.id}/gone.txt`)).data).toBe(false)
  })
})

describe('policies', () => {
  it('let a person write their own folder only', async () => {
    const path = `${alice.id}/by-bob.txt`
    const { error } = await papers(bob).upload(path, 'x')
    expect(error).toMatchObject({
      status: 400,
      statusCode: '403',
      message: 'new row violates row-level security policy',
    })
    const { rows } = await sql.query('select from storage.objects where name = $1', [path])
    expect(rows).toEqual([])
  })

  it('hide what a person may not read', async () => {
    const path = `${alice.id}/secret.txt`
    await papers(alice).upload(path, 'x')
    expect((await papers(bob).download(path)).error).toMatchObject({ status: 400 })
    expect((await papers(bob).createSignedUrl(path, 60)).error).toMatchObject({ message: 'Object not found' })
    expect((await papers(bob).list(alice.id)).data).toEqual([])
    expect((await papers(bob).remove([path])).data).toEqual([])
    expect((await papers(bob).move(path, `${bob.id}/mine.txt`)).error?.message).toBe('Object not found')
    expect((await papers(bob).copy(path, `${bob.id}/mine.txt`)).error?.message).toBe('Object not found')
    expect((await papers(alice).download(path)).error).toBeNull()
  })

  it('give nothing to somebody who is not signed in', async () => {
    const client = gateway.client()
    expect((await papers({ client }).upload('a.txt', 'x')).error).toMatchObject({ statusCode: '403' })
    expect((await papers({ client }).list('shared')).data).toEqual([])
    expect((await client.storage.createBucket('mine')).error).toMatchObject({ statusCode: '403' })
    const response = await request(`/object/papers/${alice.id}/here.txt`)
    expect(response.status).toBe(401)
    const forged = await request(`/object/papers/${alice.id}/here.txt`, {
      headers: { apikey: gateway.publishableKey, authorization: 'Bearer a.b.c' },
    })
    expect(await forged.json()).toMatchObject({ statusCode: '403', error: 'Unauthorized' })
  })

  it('do not bind the secret key', async () => {
    await service().from('papers').upload('shared/rules.txt', 'rules')
    expect(await (await papers(bob).download('shared/rules.txt')).data?.text()).toBe('rules')
    expect((await papers(bob).copy('shared/rules.txt', `${bob.id}/rules.txt`)).data).toEqual({
      path: `papers/${bob.id}/rules.txt`,
    })
  })

  it('see what the API is doing', async () => {
    await sql.query(`create policy by_operation on storage.objects for select to anon
      using (name like 'listed/%' and storage.operation() = 'storage.object.list')`)
    await service().from('papers').upload('listed/a.txt', 'x')
    const client = gateway.client()
    expect((await papers({ client }).list('listed')).data).toHaveLength(1)
    expect((await papers({ client }).download('listed/a.txt')).error).not.toBeNull()
  })
})

describe('moving, copying, removing', () => {
  it('moves a file within and between buckets', async () => {
    const [from, to] = [`${alice.id}/from.txt`, `${alice.id}/sub/to.txt`]
    await papers(alice).upload(from, 'x')
    expect((await papers(alice).move(from, to)).data).toEqual({ message: 'Successfully moved' })
    expect((await papers(alice).download(from)).error).not.toBeNull()
    expect(await (await papers(alice).download(to)).data?.text()).toBe('x')
    const away = await papers(alice).move(to, `${alice.id}/x.png`, { destinationBucket: 'pictures' })
    expect(away.error).toBeNull()
    const nowhere = await papers(alice).move(`${alice.id}/nothing.txt`, to)
    expect(nowhere.error).toMatchObject({ statusCode: '404' })
  })

  it('copies a file, and does not replace another one', async () => {
    const [from, to] = [`${alice.id}/original.txt`, `${alice.id}/copy.txt`]
    await papers(alice).upload(from, 'x', { metadata: { a: 1 } })
    expect((await papers(alice).copy(from, to)).error).toBeNull()
    expect((await papers(alice).copy(from, to)).error).toMatchObject({ statusCode: '409' })
    await papers(alice).remove([from])
    expect(await (await papers(alice).download(to)).data?.text()).toBe('x')
    expect((await papers(alice).info(to)).data?.metadata).toEqual({ a: 1 })
  })

  it('removes rows and bytes, and says which', async () => {
    const path = `${alice.id}/remove.txt`
    await papers(alice).upload(path, 'x')
    const { rows } = await sql.query('select version from storage.objects where name = $1', [path])
    const { data } = await papers(alice).remove([path, `${alice.id}/never.txt`])
    expect(data?.map(({ name }) => name)).toEqual([path])
    expect(storedVersions()).not.toContain(rows[0].version)
  })

  it('leaves rows alone that SQL deletes past the service', async () => {
    await expect(sql.query('delete from storage.objects')).rejects.toMatchObject({
      code: '42501',
      message: 'Direct deletion from storage tables is not allowed. Use the Storage API instead.',
    })
  })
})

describe('listing', () => {
  const names = async (path: string, options?: Parameters<ReturnType<typeof papers>['list']>[1]) => {
    const { data, error } = await papers(alice).list(`${alice.id}/list${path}`, options)
    expect(error).toBeNull()
    return data?.map(({ name, id }) => (id ? name : `${name}/`))
  }

  it('shows one folder at a time, folders first', async () => {
    for (const name of ['b.txt', 'a.txt', 'deep/c.txt', 'deep/er/d.txt', '100_x.txt'])
      await papers(alice).upload(`${alice.id}/list/${name}`, name)
    expect(await names('')).toEqual(['deep/', '100_x.txt', 'a.txt', 'b.txt'])
    expect(await names('/')).toEqual(['deep/', '100_x.txt', 'a.txt', 'b.txt'])
    expect(await names('/deep')).toEqual(['er/', 'c.txt'])
    expect(await names('', { limit: 2, offset: 1 })).toEqual(['100_x.txt', 'a.txt'])
    expect(await names('', { sortBy: { column: 'name', order: 'desc' } })).toEqual([
      'deep/',
      'b.txt',
      'a.txt',
      '100_x.txt',
    ])
    expect(await names('', { search: 'A' })).toEqual(['a.txt'])
    expect(await names('', { search: '_' })).toEqual([])
  })

  it('does not sort by what a client makes up', async () => {
    const response = await request('/object/list/papers', {
      method: 'POST',
      headers: { ...headersOf(alice), 'content-type': 'application/json' },
      body: JSON.stringify({ prefix: '', sortBy: { column: 'name; drop table x', order: 'asc' } }),
    })
    expect(await response.json()).toMatchObject({ statusCode: '400' })
  })
})

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
      request(`/object/papers/${key}`, { method: 'POST', headers: headersOf(alice), body: 'x' })
    for (const key of [
      `${alice.id}%2F..%2F..%2Fpasswd`,
      `${alice.id}/%2e%2e%2f${bob.id}%2fx.txt`,
      `${alice.id}%2F%2Fx`,
      `${alice.id}/a%00b`,
    ]) {
      const response = await put(key)
      expect([response.status, (await response.json()) as unknown]).toMatchObject([
        400,
        { code: 'InvalidKey' },
      ])
    }
    await papers(alice).upload(`${alice.id}/plain.txt`, 'x')
    const moved = await papers(alice).move(`${alice.id}/plain.txt`, `${alice.id}/../x.txt`)
    expect(moved.error).toMatchObject({ statusCode: '400' })
    const copied = await papers(alice).copy(`${alice.id}/plain.txt`, '/etc/passwd')
    expect(copied.error).toMatchObject({ statusCode: '400' })
  })

  it('leaves no bytes behind of what it refused', async () => {
    const before = storedVersions().length
    await pictures().upload(path(), new Blob([new Uint8Array(65)]).stream(), {
      contentType: 'image/png',
      duplex: 'half',
    })
    expect(storedVersions()).toHaveLength(before)
  })
})

describe('without a key', () => {
  it('reads a public bucket', async () => {
    const key = `${alice.id}/face.png`
    await alice.client.storage.from('pictures').upload(key, 'png', { contentType: 'image/png' })
    const { publicUrl } = alice.client.storage.from('pictures').getPublicUrl(key).data
    const response = await fetch(publicUrl)
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'image/png',
      'png',
    ])
    const saved = await fetch(`${publicUrl}?download=my face.png`)
    expect(saved.headers.get('content-disposition')).toContain("filename*=UTF-8''my%20face.png")
  })

  it('reads no other bucket', async () => {
    const response = await request(`/object/public/papers/${alice.id}/plain.txt`)
    expect(await response.json()).toMatchObject({ statusCode: '404', message: 'Bucket not found' })
  })

  it('reads what a URL was signed for, and nothing else', async () => {
    const key = `${alice.id}/signed file.txt`
    await papers(alice).upload(key, 'for you')
    const { data } = await papers(alice).createSignedUrl(key, 60)
    const url = new URL(data?.signedUrl ?? '')
    expect(await (await fetch(url)).text()).toBe('for you')
    await papers(alice).upload(`${alice.id}/other.txt`, 'not for you')
    const other = new URL(url)
    other.pathname = other.pathname.replace('signed%20file', 'other')
    expect(await (await fetch(other)).json()).toMatchObject({ code: 'InvalidJWT' })
    other.searchParams.delete('token')
    expect(await (await fetch(other)).json()).toMatchObject({ code: 'InvalidJWT' })

    const many = await papers(alice).createSignedUrls([key, `${alice.id}/never.txt`], 60)
    expect(many.data?.map(({ error }) => error === null)).toEqual([true, false])
  })

  it('uploads what a URL was signed for, as whoever signed it', async () => {
    const key = `${alice.id}/from-elsewhere.txt`
    const { data, error } = await papers(alice).createSignedUploadUrl(key)
    expect(error).toBeNull()
    const sent = await gateway
      .client()
      .storage.from('papers')
      .uploadToSignedUrl(key, data?.token ?? '', 'hello')
    expect(sent.error).toBeNull()
    const { rows } = await sql.query('select owner_id from storage.objects where name = $1', [key])
    expect(rows[0].owner_id).toBe(alice.id)
    const denied = await papers(bob).createSignedUploadUrl(`${alice.id}/x.txt`)
    expect(denied.error).toMatchObject({ statusCode: '403' })
  })
})

describe('buckets', () => {
  it('are made, changed, emptied and deleted with the secret key', async () => {
    const storage = service()
    expect(
      (await storage.createBucket('temporary', { public: false, fileSizeLimit: '1KB' })).error,
    ).toBeNull()
    expect((await storage.createBucket('temporary')).error).toMatchObject({ statusCode: '409' })
    await storage.updateBucket('temporary', { public: true, allowedMimeTypes: ['text/plain'] })
    expect((await storage.getBucket('temporary')).data).toMatchObject({
      id: 'temporary',
      public: true,
      allowed_mime_types: ['text/plain'],
    })
    await storage.from('temporary').upload('a.txt', 'x', { contentType: 'text/plain' })
    expect((await storage.deleteBucket('temporary')).error).toMatchObject({ statusCode: '409' })
    expect((await storage.emptyBucket('temporary')).error).toBeNull()
    expect((await storage.deleteBucket('temporary')).error).toBeNull()
    expect((await storage.getBucket('temporary')).error).toMatchObject({ statusCode: '404' })
  })

  it('of the configuration are brought in line with it', async () => {
    await ensureBuckets(config, database.url('supabase_storage_admin'))
    const { data } = await service().getBucket('pictures')
    expect(data).toMatchObject({ public: true, file_size_limit: 64, allowed_mime_types: ['image/*'] })
  })
})

/** The names of the files on disk. */
function storedVersions(): string[] {
  return readdirSync(gateway.storageDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
}
