/*
 * Files through supabase-js: sent, read, replaced, moved, copied, removed and listed.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listFolder, listSchema } from '../../../local/services/storage/list.ts'
import { checkKey, objectNameOf } from '../../../local/services/storage/names.ts'
import { isUpload, readUpload } from '../../../local/services/storage/upload-body.ts'
import { type Person, papers, startStorage, type TestStorage } from '../../support/http/storage.ts'

let storage: TestStorage
let alice: Person

beforeAll(async () => {
  storage = await startStorage()
  ;({ alice } = storage)
})
afterAll(() => storage[Symbol.asyncDispose]())

describe('a file', () => {
  it('that SQL made a row of is removed with the others, which keep no bytes', async () => {
    const [path, made] = [`${alice.id}/bytes.txt`, `${alice.id}/a row alone.txt`]
    const { data } = await papers(alice).upload(path, 'Bytes')
    await storage.sql.query(
      "insert into storage.objects (bucket_id, name, owner_id) values ('papers', $1, $2)",
      [made, alice.id],
    )
    const { data: removed, error } = await papers(alice).remove([made, path])
    expect(error).toBeNull()
    expect(removed?.map(({ name }) => name).sort()).toEqual([made, path].sort())
    expect(data?.path).toBe(path)
    expect((await papers(alice).download(path)).data).toBeNull()
  })

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
    const { rows } = await storage.sql.query('select owner_id, metadata from storage.objects where id = $1', [
      data?.id,
    ])
    expect(rows[0]).toMatchObject({ owner_id: alice.id, metadata: { size: 8, mimetype: 'text/plain' } })
  })

  it('that is replaced by many at once is that of one of them, and none of the others is left on disk', async () => {
    const path = `${alice.id}/often.txt`
    const before = storage.storedVersions().length
    await papers(alice).upload(path, 'first')
    // They meet at the row, for which the first of them waits.
    await storage.sql.query('begin')
    await storage.sql.query('select from storage.objects where name = $1 for update', [path])
    const texts = ['one', 'two', 'three', 'four']
    const replacing = texts.map((text) => papers(alice).upload(path, text, { upsert: true }))
    await expect
      .poll(async () => {
        const { rows } = await storage.sql.query<{ n: number }>(
          "select count(*)::integer as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
        )
        return rows[0]?.n
      })
      .toBeGreaterThan(0)
    await storage.sql.query('commit')
    expect((await Promise.all(replacing)).map(({ error }) => error)).toEqual(texts.map(() => null))
    expect(texts).toContain(await (await papers(alice).download(path)).data?.text())
    expect(storage.storedVersions()).toHaveLength(before + 1)
    await papers(alice).remove([path])
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
    const { rows: before } = await storage.sql.query(
      'select id, version from storage.objects where name = $1',
      [path],
    )
    expect((await papers(alice).upload(path, 'two', { upsert: true })).error).toBeNull()
    expect((await papers(alice).update(path, 'three')).error).toBeNull()
    expect(await (await papers(alice).download(path)).data?.text()).toBe('three')
    const { rows: after } = await storage.sql.query(
      'select id, version from storage.objects where name = $1',
      [path],
    )
    expect(after[0].id).toBe(before[0].id)
    expect(storage.storedVersions()).not.toContain(before[0].version)
    expect(storage.storedVersions()).toContain(after[0].version)
  })

  it('is sent in parts, and not at all where the client has it', async () => {
    const path = `${alice.id}/range.txt`
    await papers(alice).upload(path, '0123456789', { contentType: 'text/plain' })
    const get = (headers: Record<string, string>) =>
      storage.request(`/object/authenticated/papers/${path}`, {
        headers: { ...storage.headersOf(alice), ...headers },
      })
    const part = await get({ range: 'bytes=2-4' })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 2-4/10',
      '234',
    ])
    for (const [range, status, expected] of [
      ['bytes=-3', 206, '789'],
      ['bytes=7-', 206, '789'],
      ['bytes=0-0', 206, '0'],
      ['bytes=9-99', 206, '9'],
      ['bytes=-99', 206, '0123456789'],
      ['bytes=-', 200, '0123456789'],
      ['lines=1-2', 200, '0123456789'],
    ] as const) {
      const answer = await get({ range })
      expect([range, answer.status, await answer.text()]).toEqual([range, status, expected])
    }
    const whole = await get({})
    expect((await get({ 'if-none-match': whole.headers.get('etag') ?? '' })).status).toBe(304)
    const head = await storage.request(`/object/papers/${path}`, {
      method: 'HEAD',
      headers: storage.headersOf(alice),
    })
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
    const { rows } = await storage.sql.query('select count(*)::integer as rows from storage.objects')
    expect(storage.storedVersions()).toHaveLength(rows[0].rows)
  })

  it('exists or does not', async () => {
    await papers(alice).upload(`${alice.id}/here.txt`, 'x')
    expect((await papers(alice).exists(`${alice.id}/here.txt`)).data).toBe(true)
    expect((await papers(alice).exists(`${alice.id}/gone.txt`)).data).toBe(false)
  })
})

it('a file of one byte is sent, and one of none', async () => {
  for (const content of ['x', '']) {
    const path = `${alice.id}/${content.length}.txt`
    await papers(alice).upload(path, content)
    const answer = await storage.request(`/object/authenticated/papers/${path}`, {
      headers: storage.headersOf(alice),
    })
    expect([answer.status, await answer.text(), answer.headers.get('content-length')]).toEqual([
      200,
      content,
      String(content.length),
    ])
  }
})

describe('a path', () => {
  const nameOf = (path: string) =>
    objectNameOf(new Request(`http://localhost/storage/v1/object/${path}`), '/object/')

  it('names a bucket and a key of 1024 bytes at most, without a part that leads elsewhere', () => {
    expect(nameOf('papers/a/b%20c.txt')).toEqual({ bucket: 'papers', key: 'a/b c.txt' })
    expect(nameOf('papers/.../..a')).toEqual({ bucket: 'papers', key: '.../..a' })
    expect(checkKey('x'.repeat(1024))).toHaveLength(1024)
    for (const key of ['x'.repeat(1025), 'ä', 'a/../b', 'a/./b', 'a//b', '/a', 'a/', 'a\\b', 'a%b', ''])
      expect(() => checkKey(key), key).toThrow(expect.objectContaining({ code: 'InvalidKey' }))
    for (const path of ['papers', 'papers/', '/key'])
      expect(() => nameOf(path), path).toThrow(expect.objectContaining({ code: 'InvalidRequest' }))
  })

  it.each([
    ['POST', '/object/papers/a', true],
    ['PUT', '/object/papers/a', true],
    ['GET', '/object/papers/a', false],
    ['POST', '/object/list/papers', false],
    ['POST', '/object/move', false],
    ['POST', '/object/upload/sign/papers/a', false],
    ['PUT', '/object/upload/sign/papers/a', true],
    ['PUT', '/bucket/papers', false],
    ['POST', '/bucket', false],
  ])('of %s %s brings a file: %s', (method, path, expected) => {
    expect(isUpload(new Request(`http://localhost/storage/v1${path}`, { method }))).toBe(expected)
  })
})

describe('an upload', () => {
  const read = (body: string | FormData, headers: Record<string, string> = {}, limit = 10) =>
    readUpload(new Request('http://localhost/', { method: 'POST', body, headers }), limit)
  const tooLarge = expect.objectContaining({ code: 'EntityTooLarge' })
  const encoded = (value: string) => ({ 'x-metadata': Buffer.from(value).toString('base64') })

  it('is refused by the length that it announces, of which a form has 64 KiB of its own', async () => {
    const form = { 'content-type': 'multipart/form-data; boundary=x' }
    await expect(read('x', { 'content-length': '11' })).rejects.toThrow(tooLarge)
    expect(await read('x', { 'content-length': '10' })).toMatchObject({ cacheControl: 'no-cache' })
    await expect(read('x', { ...form, 'content-length': '65547' })).rejects.toThrow(tooLarge)
    await expect(read('x', { ...form, 'content-length': '65546' })).rejects.not.toThrow(tooLarge)
    const long = (bytes: number) => {
      const ends = ['--x\r\ncontent-disposition: form-data; name=""; filename="a"\r\n\r\n', '\r\n--x--\r\n']
      return read(ends.join('y'.repeat(bytes - ends.join('').length)), form)
    }
    expect(await long(65_546)).toMatchObject({ cacheControl: 'no-cache' })
    await expect(long(65_547)).rejects.toThrow(tooLarge)
  })

  it('has the type that the form says, else that of the file, and a file at all', async () => {
    const form = (fields: Record<string, string | Blob>) => {
      const data = new FormData()
      for (const [name, value] of Object.entries(fields)) data.append(name, value)
      return read(data, {}, 1000)
    }
    const file = new Blob(['x'], { type: 'image/png;a=b' })
    expect(await form({ '': file })).toMatchObject({ mimetype: 'image/png', cacheControl: 'no-cache' })
    expect(await form({ '': file, contentType: 'text/css', cacheControl: '60' })).toMatchObject({
      mimetype: 'text/css',
      cacheControl: 'max-age=60',
    })
    await expect(form({ a: 'x' })).rejects.toThrow('No content provided')
    await expect(form({ '': file, contentType: 'a/\n' })).rejects.toThrow('is not supported')
  })

  it('has metadata of a mebibyte at most, and none where they are no object', async () => {
    const metadata = async (text: string) => (await read('x', encoded(text))).userMetadata
    const object = (bytes: number) => JSON.stringify({ a: 'x'.repeat(bytes - 8) })
    expect(Object.keys(await metadata(object(2 ** 20)))).toEqual(['a'])
    await expect(metadata(object(2 ** 20 + 1))).rejects.toThrow('The user_metadata exceeded')
    for (const text of ['', 'null', '[1]', '1', '{']) expect(await metadata(text), text).toEqual({})
  })
})

describe('moving, copying, removing', () => {
  it('moves a file within and between buckets', async () => {
    const [from, to] = [`${alice.id}/from.txt`, `${alice.id}/sub/to.txt`]
    await papers(alice).upload(from, 'x')
    expect((await papers(alice).move(from, to)).data).toMatchObject({
      message: 'Successfully moved',
      Key: to,
    })
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
    const { rows } = await storage.sql.query('select version from storage.objects where name = $1', [path])
    const { data } = await papers(alice).remove([path, `${alice.id}/never.txt`])
    expect(data?.map(({ name }) => name)).toEqual([path])
    expect(storage.storedVersions()).not.toContain(rows[0].version)
  })

  it('leaves rows alone that SQL deletes past the service', async () => {
    await expect(storage.sql.query('delete from storage.objects')).rejects.toMatchObject({
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

  it('shows one folder at a time, in one order by name', async () => {
    for (const name of ['b.txt', 'a.txt', 'deep/c.txt', 'deep/er/d.txt', '100_x.txt'])
      await papers(alice).upload(`${alice.id}/list/${name}`, name)
    expect(await names('')).toEqual(['100_x.txt', 'a.txt', 'b.txt', 'deep/'])
    expect(await names('/')).toEqual(['100_x.txt', 'a.txt', 'b.txt', 'deep/'])
    expect(await names('/deep')).toEqual(['c.txt', 'er/'])
    expect(await names('', { limit: 2, offset: 1 })).toEqual(['a.txt', 'b.txt'])
    expect(await names('', { sortBy: { column: 'name', order: 'desc' } })).toEqual([
      'deep/',
      'b.txt',
      'a.txt',
      '100_x.txt',
    ])
    expect(await names('', { sortBy: { column: 'created_at', order: 'desc' } })).toEqual([
      'deep/',
      '100_x.txt',
      'a.txt',
      'b.txt',
    ])
    expect(await names('', { search: 'A' })).toEqual(['a.txt'])
    expect(await names('', { search: '_' })).toEqual([])
  })

  it('gives fifteen hundred at once, whatever is asked for, and what lies in a folder alone', async () => {
    let most: unknown
    const rows = async (_text: string, parameters: unknown[] = []) => {
      most = parameters.slice(1, 4)
      return []
    }
    const list = (input: object) => listFolder({ rows } as never, 'papers', listSchema.parse(input))
    for (const [input, expected] of [
      [{ prefix: '' }, ['', '%', 100]],
      [{ prefix: 'a', limit: 1500 }, ['a/', 'a/%', 1500]],
      [{ prefix: 'a/', limit: 1501, search: '_b' }, ['a/', 'a/\\_b%', 1500]],
    ] as const) {
      await list(input)
      expect(most).toEqual(expected)
    }
  })

  it('does not sort by what a client makes up', async () => {
    const response = await storage.request('/object/list/papers', {
      method: 'POST',
      headers: { ...storage.headersOf(alice), 'content-type': 'application/json' },
      body: JSON.stringify({ prefix: '', sortBy: { column: 'name; drop table x', order: 'asc' } }),
    })
    expect(await response.json()).toMatchObject({ statusCode: '400' })
  })
})
