/*
 * What Storage answers: codes, fields and headers as clients know them from Supabase, and nothing about people.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signToken } from '../../support/http/data-api.ts'
import { type Person, papers, startStorage, type TestStorage } from '../../support/http/storage.ts'

let storage: TestStorage
let alice: Person
let bob: Person

beforeAll(async () => {
  storage = await startStorage()
  ;({ alice, bob } = storage)
})
afterAll(() => storage[Symbol.asyncDispose]())

async function call(
  person: Person | null,
  method: string,
  path: string,
  body?: string | FormData,
  headers = {},
) {
  const response = await storage.request(path, {
    method,
    headers: { ...(person ? storage.headersOf(person) : {}), ...headers },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null }
}

const json = (value: unknown) => [JSON.stringify(value), { 'content-type': 'application/json' }] as const

describe('refusals', () => {
  it('name a file that is there already', async () => {
    const path = `/object/papers/${alice.id}/twice.txt`
    await call(alice, 'POST', path, 'x')
    expect(await call(alice, 'POST', path, 'y')).toMatchObject({
      status: 400,
      body: { statusCode: '409', code: 'KeyAlreadyExists', error: 'Duplicate' },
    })
  })

  it("say that another's file may not be removed, and that one is not there", async () => {
    const path = `/object/papers/${alice.id}/mine.txt`
    await call(alice, 'POST', path, 'x')
    expect((await call(bob, 'DELETE', path)).body).toMatchObject({ statusCode: '403', code: 'AccessDenied' })
    expect((await call(alice, 'DELETE', path)).status).toBe(200)
    expect((await call(alice, 'DELETE', path)).body).toMatchObject({ statusCode: '404', code: 'NoSuchKey' })
  })

  it('of a list say what is missing; an unknown bucket is empty', async () => {
    const list = (bucket: string, body: unknown) =>
      call(alice, 'POST', `/object/list/${bucket}`, ...json(body))
    expect(await list('papers', {})).toMatchObject({
      status: 400,
      body: { code: 'InvalidRequest', error: 'Error', message: "body must have required property 'prefix'" },
    })
    expect(await list('nowhere', { prefix: '' })).toMatchObject({ status: 200, body: [] })
  })

  it('say of what is not there, not one’s own, or no request that it is so', async () => {
    const sign = `/object/sign/papers/${alice.id}/a.txt`
    const admin = { apikey: storage.gateway.secretKey }
    for (const [method, path, headers, code, statusCode] of [
      ['PUT', '/bucket/nowhere', admin, 'NoSuchBucket', '404'],
      ['DELETE', '/bucket/nowhere', admin, 'NoSuchBucket', '404'],
      ['POST', '/bucket/nowhere/empty', admin, 'NoSuchBucket', '404'],
      ['GET', '/object/public/papers/a.txt', admin, 'NoSuchBucket', '404'],
      ['GET', '/object/public/pictures/a.png', admin, 'NoSuchKey', '404'],
      ['GET', sign, {}, 'InvalidRequest', '400'],
      ['GET', '/render/image/public/pictures/a.png', admin, 'FeatureNotEnabled', '403'],
      ['POST', '/bucket', { ...admin, 'content-type': 'application/json' }, 'InvalidRequest', '400'],
    ] as const) {
      const body = method === 'PUT' ? '{"public":true}' : '{'
      const answer = await call(null, method, path, method === 'GET' ? undefined : body, headers)
      expect([path, answer.status, answer.body]).toMatchObject([path, 400, { code, statusCode }])
    }
    expect(await call(null, 'GET', '/nowhere', undefined, admin)).toMatchObject({
      status: 404,
      body: { statusCode: 404, error: 'Not Found' },
    })
    // Who holds a URL for one file holds none for another.
    await papers(alice).upload(`${alice.id}/a.txt`, 'x')
    const { data } = await papers(alice).createSignedUrl(`${alice.id}/a.txt`, 60)
    const { search } = new URL(data?.signedUrl ?? '')
    expect(await call(null, 'GET', `/object/sign/papers/${bob.id}/a.txt${search}`)).toMatchObject({
      status: 400,
      body: { code: 'InvalidSignature', statusCode: '400' },
    })
  })

  it('say of a bucket that one sees and may not delete that it is not there', async () => {
    await storage.service().createBucket('seen')
    await storage.sql.query(
      `create policy sees on storage.buckets for select to authenticated using (id = 'seen')`,
    )
    expect(await call(alice, 'DELETE', '/bucket/seen')).toMatchObject({
      status: 400,
      body: { code: 'NoSuchBucket' },
    })
    await storage.sql.query('drop policy sees on storage.buckets')
    expect((await storage.service().getBucket('seen')).error).toBeNull()
  })

  it('say that nothing is there, of a move to no bucket or past a policy, and of what a trigger drops', async () => {
    const move = (sourceKey: string, destinationBucket = 'papers') =>
      call(
        alice,
        'POST',
        '/object/move',
        ...json({
          bucketId: 'papers',
          sourceKey,
          destinationBucket,
          destinationKey: `${alice.id}/moved.txt`,
        }),
      )
    await papers(alice).upload(`${alice.id}/stays.txt`, 'x')
    expect((await move(`${alice.id}/stays.txt`, 'nowhere')).body).toMatchObject({
      statusCode: '404',
      code: 'InvalidRequest',
      message: 'The related resource does not exist',
    })
    await storage.service().from('papers').upload('shared/stays.txt', 'x')
    expect((await papers(alice).download('shared/stays.txt')).error).toBeNull()
    const nothing = { statusCode: '404', code: 'NoSuchKey' }
    expect((await move('shared/stays.txt')).body).toMatchObject(nothing)
    const { rows } = await storage.sql.query(`select name from storage.objects where name like '%/stays.txt'`)
    expect(rows.map(({ name }) => name).sort()).toEqual([`${alice.id}/stays.txt`, 'shared/stays.txt'].sort())

    await storage.sql.query(`
      create function public.tg_pass_over() returns trigger language plpgsql as 'begin return null; end';
      create trigger pass_over before insert on storage.objects for each row
        when (new.name like '%/passed-over.txt') execute function public.tg_pass_over()`)
    expect((await call(alice, 'POST', `/object/papers/${alice.id}/passed-over.txt`, 'x')).body).toMatchObject(
      nothing,
    )
  })

  it('say of list-v2 that it is not built', async () => {
    expect(await call(alice, 'POST', '/object/list-v2/papers', ...json({ prefix: '' }))).toMatchObject({
      status: 501,
      body: { statusCode: '501', code: 'NotSupported', message: expect.stringContaining('list-v2') },
    })
  })

  it('come to a token in the second in which it ends', async () => {
    const exp = Math.floor(Date.now() / 1000) - 1
    const token = await signToken({ sub: alice.id, exp })
    expect((await call({ ...alice, token }, 'GET', '/bucket')).body).toMatchObject({
      statusCode: '403',
      error: 'Unauthorized',
      message: '"exp" claim timestamp check failed',
    })
  })
})

describe('uploads', () => {
  const picture = () => `/object/pictures/${alice.id}/${crypto.randomUUID()}.png`

  it('are held to the type as it is written', async () => {
    await storage.service().updateBucket('pictures', { public: true, allowedMimeTypes: ['image/png'] })
    for (const type of ['image/png; charset=utf-8', 'IMAGE/PNG', 'image/webp', 'png'])
      expect((await call(alice, 'POST', picture(), 'x', { 'content-type': type })).body).toMatchObject({
        statusCode: '415',
        code: 'InvalidMimeType',
        message: `mime type ${type} is not supported`,
      })
    expect((await call(alice, 'POST', picture(), 'x', { 'content-type': 'image/png' })).status).toBe(200)
  })

  it.each(['60\r\nSet-Cookie: a=b', '60\n', '1\u0000', '1\u007f', '1\u0085', '1 €'])(
    'are refused with cacheControl %j, and leave nothing',
    async (cacheControl) => {
      const path = `${alice.id}/${crypto.randomUUID()}.txt`
      const form = new FormData()
      form.append('cacheControl', cacheControl)
      form.append('', new Blob(['x'], { type: 'text/plain' }))
      const before = storage.storedVersions().length
      expect(await call(alice, 'POST', `/object/papers/${path}`, form)).toMatchObject({
        status: 400,
        body: { code: 'InvalidRequest', error: 'invalid_header_char' },
      })
      expect((await papers(alice).info(path)).error).not.toBeNull()
      expect(storage.storedVersions()).toHaveLength(before)
    },
  )

  it('may be an empty placeholder for a folder in any bucket, and no more than that', async () => {
    const put = (body: string) =>
      call(alice, 'POST', `/object/pictures/${alice.id}/${body.length}/.emptyFolderPlaceholder`, body)
    expect((await put('')).status).toBe(200)
    expect((await put('x')).body).toMatchObject({ statusCode: '413' })
  })
})

describe('what is told of a file', () => {
  it('is complete, and names nobody', async () => {
    const key = `${alice.id}/public.png`
    await call(alice, 'POST', `/object/pictures/${key}`, 'png', { 'content-type': 'image/png' })
    const { body, headers } = await call(null, 'GET', `/object/info/public/pictures/${key}`)
    expect(Object.keys(body).sort()).toEqual(
      [
        'bucket_id',
        'cache_control',
        'content_type',
        'created_at',
        'etag',
        'id',
        'last_modified',
        'metadata',
        'name',
        'size',
        'version',
      ].sort(),
    )
    expect(body).toMatchObject({ size: 3, content_type: 'image/png', metadata: {} })
    expect(headers.get('etag')).toBe(body.etag)
    expect(headers.get('last-modified')).toMatch(/GMT$/)
  })

  it('is {} and nothing where SQL wrote the row', async () => {
    const key = `${alice.id}/by-sql.txt`
    await storage.sql.query("insert into storage.objects (bucket_id, name) values ('papers', $1)", [key])
    expect((await papers(alice).info(key)).data).toMatchObject({ metadata: {}, size: null })
    expect((await papers(alice).download(key)).error).toMatchObject({ status: 400 })
  })

  it('shows the copy as a row without what is internal', async () => {
    const [sourceKey, destinationKey] = [`${alice.id}/a.txt`, `${alice.id}/b.txt`]
    await call(alice, 'POST', `/object/papers/${sourceKey}`, 'x', { 'cache-control': 'max-age=1' })
    const copy = { bucketId: 'papers', sourceKey, destinationKey, copyMetadata: false }
    const metadata = { cacheControl: 'max-age=2' }
    const { body } = await call(alice, 'POST', '/object/copy', ...json({ ...copy, metadata }))
    expect(body).toMatchObject({
      Key: `papers/${destinationKey}`,
      Id: body.id,
      name: destinationKey,
      metadata: { cacheControl: 'max-age=2', size: 1, httpStatusCode: 200 },
      user_metadata: {},
    })
    expect(body).not.toHaveProperty('path_tokens')
  })
})

describe('a download', () => {
  const put = (name: string, type: string) =>
    call(alice, 'POST', `/object/papers/${alice.id}/${name}`, 'text', { 'content-type': type })
  const get = (name: string, query = '') =>
    storage.request(`/object/authenticated/papers/${alice.id}/${name}${query}`, {
      headers: storage.headersOf(alice),
    })

  it('is never run as something else', async () => {
    await put('page.html', 'text/html; charset=utf-8')
    const response = await get('page.html')
    expect(response.headers.get('content-type')).toBe('text/plain')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('is saved under a name, or under its own', async () => {
    await put('plain.txt', 'text/plain')
    const disposition = async (query: string) =>
      (await get('plain.txt', query)).headers.get('content-disposition')
    expect(await disposition('')).toBeNull()
    expect(await disposition('?download=')).toBe('attachment;')
    expect(await disposition('?download=a b.txt')).toBe(
      "attachment; filename=a%20b.txt; filename*=UTF-8''a%20b.txt",
    )
  })

  it('is not there where its bytes are gone, and empty where SQL took what is known of it', async () => {
    const body = async (name: string, headers = {}) => {
      const path = `/object/authenticated/papers/${alice.id}/${name}`
      const response = await storage.request(path, { headers: { ...storage.headersOf(alice), ...headers } })
      return [response.status, response.headers.get('content-length'), await response.text()]
    }
    await put('gone.txt', 'text/plain')
    const { rows } = await storage.sql.query('select version from storage.objects where name = $1', [
      `${alice.id}/gone.txt`,
    ])
    const version: string = rows[0].version
    rmSync(join(storage.gateway.storageDirectory, version.slice(0, 2), version))
    const [status, , text] = await body('gone.txt')
    expect([status, JSON.parse(String(text))]).toMatchObject([400, { statusCode: '404', code: 'NoSuchKey' }])
    await put('bare.txt', 'text/plain')
    await storage.sql.query('update storage.objects set metadata = null where name = $1', [
      `${alice.id}/bare.txt`,
    ])
    expect(await body('bare.txt')).toEqual([200, '0', ''])
  })

  it('refuses a range beyond the end', async () => {
    await put('short.txt', 'text/plain')
    const response = await storage.request(`/object/authenticated/papers/${alice.id}/short.txt`, {
      headers: { ...storage.headersOf(alice), range: 'bytes=10-20' },
    })
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'InvalidRange' }])
  })
})

describe('a signed URL', () => {
  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))

  it('says what it is for, and lasts as long as it says', async () => {
    const key = `${alice.id}/signed.txt`
    await papers(alice).upload(key, 'x')
    const { data } = await papers(alice).createSignedUrl(key, 60)
    const url = new URL(data?.signedUrl ?? '')
    const token = url.searchParams.get('token') ?? ''
    expect(claimsOf(token)).toEqual({
      url: `papers/${key}`,
      scope: 'download',
      iat: expect.any(Number),
      exp: expect.any(Number),
    })
    const response = await fetch(url)
    expect(response.headers.get('cache-control')).toBeNull()
    expect(response.headers.get('expires')).toBe(new Date(claimsOf(token).exp * 1000).toUTCString())
  })

  it('for reading does not let one write, nor the other way round', async () => {
    const key = `${alice.id}/scoped.txt`
    const upload = await papers(alice).createSignedUploadUrl(key)
    const claims = claimsOf(upload.data?.token ?? '')
    expect(claims).toMatchObject({ scope: 'upload', owner: alice.id, upsert: false })
    expect(claims.exp - claims.iat).toBe(2 * 60 * 60)
    await papers(alice).upload(key, 'x')
    const read = `/object/sign/papers/${key}?token=${upload.data?.token}`
    expect((await call(null, 'GET', read)).body).toMatchObject({ code: 'InvalidSignature' })
    const { data } = await papers(alice).createSignedUrl(key, 60)
    const token = new URL(data?.signedUrl ?? '').searchParams.get('token')
    const write = `/object/upload/sign/papers/${key}?token=${token}`
    expect((await call(null, 'PUT', write, 'y')).body).toMatchObject({ code: 'InvalidSignature' })
    expect(await (await papers(alice).download(key)).data?.text()).toBe('x')
  })

  it('ends with its second, and is nothing in another hand', async () => {
    const key = `${alice.id}/ends.txt`
    await papers(alice).upload(key, 'x')
    const { data } = await papers(alice).createSignedUrl(key, 1)
    await new Promise((resolve) => setTimeout(resolve, 2000))
    const late = await fetch(data?.signedUrl ?? '')
    expect(await late.json()).toMatchObject({
      statusCode: '400',
      code: 'InvalidJWT',
      message: '"exp" claim timestamp check failed',
    })
    const forged = await new SignJWT({ url: `papers/${key}`, scope: 'download' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1h')
      .sign(Buffer.from('another secret of enough length.'))
    expect((await call(null, 'GET', `/object/sign/papers/${key}?token=${forged}`)).body).toMatchObject({
      code: 'InvalidJWT',
    })
  })
})
