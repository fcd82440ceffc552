/*
 * Who may touch a file: policies decide, and without a key what is public or signed for.
 */
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Person, papers, startStorage, type TestStorage } from '../../support/http/storage.ts'

let storage: TestStorage
let alice: Person
let bob: Person

beforeAll(async () => {
  storage = await startStorage()
  ;({ alice, bob } = storage)
})
afterAll(() => storage[Symbol.asyncDispose]())

describe('policies', () => {
  it('let a person write their own folder only', async () => {
    const path = `${alice.id}/by-bob.txt`
    const { error } = await papers(bob).upload(path, 'x')
    expect(error).toMatchObject({
      status: 400,
      statusCode: '403',
      message: 'new row violates row-level security policy',
    })
    const { rows } = await storage.sql.query('select from storage.objects where name = $1', [path])
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
    const client = storage.gateway.client()
    expect((await papers({ client }).upload('a.txt', 'x')).error).toMatchObject({ statusCode: '403' })
    expect((await papers({ client }).list('shared')).data).toEqual([])
    expect((await client.storage.createBucket('mine')).error).toMatchObject({ statusCode: '403' })
    const response = await storage.request(`/object/papers/${alice.id}/here.txt`)
    expect(response.status).toBe(401)
    const forged = await storage.request(`/object/papers/${alice.id}/here.txt`, {
      headers: { apikey: storage.gateway.publishableKey, authorization: 'Bearer a.b.c' },
    })
    expect(await forged.json()).toMatchObject({ statusCode: '403', error: 'Unauthorized' })
  })

  it('do not bind the secret key', async () => {
    await storage.service().from('papers').upload('shared/rules.txt', 'rules')
    expect(await (await papers(bob).download('shared/rules.txt')).data?.text()).toBe('rules')
    expect((await papers(bob).copy('shared/rules.txt', `${bob.id}/rules.txt`)).data).toEqual({
      path: `papers/${bob.id}/rules.txt`,
    })
  })

  it('do not bind the legacy key of service_role, and bind the one of anon', async () => {
    const { anonKey, serviceRoleKey } = inject('keys')
    const papersOf = (key: string) => papers({ client: createClient(storage.gateway.url, key) })
    expect((await papersOf(serviceRoleKey).upload('shared/legacy.txt', 'x')).error).toBeNull()
    expect((await papersOf(anonKey).upload('shared/anon.txt', 'x')).error).toMatchObject({
      statusCode: '403',
    })
    expect((await papersOf(anonKey).list('shared')).data).toEqual([])
  })

  it('see what the API is doing', async () => {
    await storage.sql.query(`create policy by_operation on storage.objects for select to anon
      using (name like 'listed/%' and storage.operation() = 'storage.object.list')`)
    await storage.service().from('papers').upload('listed/a.txt', 'x')
    const client = storage.gateway.client()
    expect((await papers({ client }).list('listed')).data).toHaveLength(1)
    expect((await papers({ client }).download('listed/a.txt')).error).not.toBeNull()
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

  it('is read by everybody who is signed in too, whatever the policies say', async () => {
    const key = `${alice.id}/for-all.png`
    await alice.client.storage.from('pictures').upload(key, 'png', { contentType: 'image/png' })
    for (const path of ['authenticated/pictures', 'pictures'])
      for (const headers of [storage.headersOf(bob), { apikey: storage.gateway.publishableKey }]) {
        const response = await storage.request(`/object/${path}/${key}`, { headers })
        expect([path, response.status, await response.text()]).toEqual([path, 200, 'png'])
      }
    await papers(alice).upload(key, 'png')
    const closed = await storage.request(`/object/authenticated/papers/${key}`, {
      headers: storage.headersOf(bob),
    })
    expect(closed.status).toBe(400)
  })

  it('reads no other bucket', async () => {
    const response = await storage.request(`/object/public/papers/${alice.id}/plain.txt`)
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
    expect(await (await fetch(other)).json()).toMatchObject({ code: 'InvalidSignature' })
    other.searchParams.delete('token')
    expect(await (await fetch(other)).json()).toMatchObject({ code: 'InvalidRequest', error: 'Error' })

    const many = await papers(alice).createSignedUrls([key, `${alice.id}/never.txt`], 60)
    expect(many.data?.map(({ error }) => error === null)).toEqual([true, false])
  })

  it('uploads what a URL was signed for, as whoever signed it', async () => {
    const key = `${alice.id}/from-elsewhere.txt`
    const { data, error } = await papers(alice).createSignedUploadUrl(key)
    expect(error).toBeNull()
    const sent = await storage.gateway
      .client()
      .storage.from('papers')
      .uploadToSignedUrl(key, data?.token ?? '', 'hello')
    expect(sent.error).toBeNull()
    const { rows } = await storage.sql.query('select owner_id from storage.objects where name = $1', [key])
    expect(rows[0].owner_id).toBe(alice.id)
    const denied = await papers(bob).createSignedUploadUrl(`${alice.id}/x.txt`)
    expect(denied.error).toMatchObject({ statusCode: '403' })
  })
})
