import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../../types/database.ts'
import { collectMyData } from '../../../types/my-data.ts'
import type { TestGateway } from '../../support/http/gateway.ts'
import { type Served, startServed } from '../../support/http/served.ts'

// The life of an account as a front end sees it: from the first call after the sign-up to the last one.

const password = 'correct horse battery'
/** A PNG of one pixel. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

let served: Served
let gateway: TestGateway
let sql: pg.Client

beforeAll(async () => {
  served = await startServed()
  gateway = served.gateway
  sql = served.sql
  await sql.query("select vault.create_secret($1, 'project_url'), vault.create_secret($2, 'secret_key')", [
    gateway.url,
    gateway.secretKey,
  ])
})

afterAll(() => served[Symbol.asyncDispose]())

const emailOf = (name: string) => `${name.toLowerCase()}@example.com`

async function signUp(name: string): Promise<{ supabase: SupabaseClient<Database>; id: string }> {
  const supabase = served.connect()
  const { data, error } = await supabase.auth.signUp({
    email: emailOf(name),
    password,
    options: { data: { name } },
  })
  if (error || !data.user) throw error ?? new Error('The sign-up gave no account.')
  return { supabase, id: data.user.id }
}

async function createWorkspace(supabase: SupabaseClient<Database>, name: string): Promise<string> {
  const { data, error } = await supabase.rpc('create_workspace', { name })
  if (error) throw error
  return data.id
}

/** What pg_net does with the requests that wait for it. */
async function sendQueuedRequests(): Promise<number[]> {
  const { rows } = await sql.query<{ method: string; url: string; headers: Record<string, string> }>(
    'delete from net.http_request_queue returning method, url, headers',
  )
  return Promise.all(
    rows.map(async ({ method, url, headers }) => (await fetch(url, { method, headers })).status),
  )
}

describe('session_context', () => {
  it.each([{ get: true }, { get: false }])('answers in one call (%o)', async (options) => {
    const name = options.get ? 'Ada' : 'Grace'
    const { supabase, id } = await signUp(name)
    const workspaceId = await createWorkspace(supabase, `${name}'s`)
    const { data, error, status } = await supabase.rpc('session_context', {}, options)
    expect({ error, status }).toEqual({ error: null, status: 200 })
    expect(data).toMatchObject({
      user: { id, name, email: emailOf(name), avatarUrl: null, emailVerifiedAt: expect.any(String) },
      workspaces: [{ id: workspaceId, name: `${name}'s`, role: 'admin', planType: 'free' }],
      preferences: { locale: 'en' },
    })
  })

  it('gives the address of a picture that can be fetched', async () => {
    const { supabase, id } = await signUp('Picasso')
    await supabase.storage.from('avatars').upload(`${id}/me.png`, picture, { contentType: 'image/png' })
    await supabase
      .from('profiles')
      .update({ avatar_path: `${id}/me.png` })
      .eq('id', id)
    const { data } = await supabase.rpc('session_context')
    const { avatarUrl } = (data as { user: { avatarUrl: string } }).user
    expect(avatarUrl).toBe(supabase.storage.from('avatars').getPublicUrl(`${id}/me.png`).data.publicUrl)
    expect((await fetch(avatarUrl)).status).toBe(200)

    expect((await supabase.storage.from('avatars').remove([`${id}/me.png`])).error).toBeNull()
    expect((await supabase.rpc('session_context')).data).toMatchObject({
      user: { avatarPath: null, avatarUrl: null },
    })
  })

  it('is the last thing that a banned person reads: their session is not refreshed, nor begun anew', async () => {
    const { supabase, id } = await signUp('Bandit')
    const admin = gateway.adminClient().auth.admin
    expect((await admin.updateUserById(id, { ban_duration: '1h' })).error).toBeNull()
    expect((await supabase.auth.refreshSession()).error).not.toBeNull()
    const again = () => served.connect().auth.signInWithPassword({ email: emailOf('Bandit'), password })
    expect((await again()).error).toMatchObject({ code: 'user_banned' })
    expect((await admin.updateUserById(id, { ban_duration: 'none' })).error).toBeNull()
    expect((await supabase.auth.refreshSession()).error).not.toBeNull()
    expect((await again()).error).toBeNull()
  })

  it.each(['session_context', 'export_my_data', 'delete_my_account'] as const)(
    'and its like are not for anonymous callers: %s',
    async (name) => {
      const { error, status } = await served.connect().rpc(name)
      expect({ code: error?.code, status }).toEqual({ code: '42501', status: 401 })
    },
  )
})

describe('somebody who leaves', () => {
  it('takes their data along, and is gone', async () => {
    const { supabase, id } = await signUp('Gone')
    const workspaceId = await createWorkspace(supabase, 'Nobody else here')
    const avatars = supabase.storage.from('avatars')
    const path = `${id}/me & my cat.png`
    await avatars.upload(path, picture, { contentType: 'image/png' })
    const token = (await supabase.auth.getSession()).data.session?.access_token

    const index = await supabase.rpc('export_my_data', {}, { get: true })
    expect({ error: index.error, status: index.status }).toEqual({ error: null, status: 200 })
    const exported = await collectMyData(supabase)
    expect(exported).toMatchObject({
      version: 2,
      parts: {
        account: [{ id, email: emailOf('Gone'), lastSignInAt: expect.any(String) }],
        identities: [{ provider: 'email' }],
        sessions: [{ createdAt: expect.any(String) }],
        profile: [{ name: 'Gone' }],
        memberships: [{ workspaceId, role: 'admin' }],
        workspacesCreated: [{ workspaceId, workspaceName: 'Nobody else here' }],
        files: [{ bucket: 'avatars', path, size: picture.byteLength, type: 'image/png' }],
      },
    })
    expect(JSON.stringify(exported)).not.toMatch(/\$2[aby]\$|password|refresh|[\w-]{20,}\.[\w-]{20,}\./)

    const { error, status } = await supabase.rpc('delete_my_account')
    expect({ error, status }).toEqual({ error: null, status: 204 })

    // The old access token is still signed and not expired; it leads nowhere.
    const old = createClient<Database>(gateway.url, gateway.publishableKey, {
      accessToken: async () => token ?? '',
    })
    for (const name of ['session_context', 'export_my_data', 'delete_my_account'] as const) {
      const refused = await old.rpc(name)
      expect({ code: refused.error?.code, status: refused.status }).toEqual({
        code: 'not_signed_in',
        status: 401,
      })
    }
    for (const table of ['profiles', 'workspaces', 'workspace_members', 'workspace_roles'] as const)
      expect((await old.from(table).select('*')).data).toEqual([])

    const again = await served.connect().auth.signInWithPassword({ email: emailOf('Gone'), password })
    expect(again.error).toMatchObject({ code: 'invalid_credentials' })
    expect((await supabase.auth.refreshSession()).error).not.toBeNull()

    const { publicUrl } = avatars.getPublicUrl(path).data
    expect((await fetch(publicUrl)).status).toBe(200)
    expect(await sendQueuedRequests()).toEqual([200])
    expect((await fetch(publicUrl)).ok).toBe(false)

    const { rows } = await sql.query(
      `select (select count(*) from auth.users where id = $1) + (select count(*) from public.profiles where id = $1)
         + (select count(*) from auth.sessions where user_id = $1) + (select count(*) from public.workspaces where id = $2)
         + (select count(*) from storage.objects where name like $1 || '/%') as left_over`,
      [id, workspaceId],
    )
    expect(rows).toEqual([{ left_over: '0' }])
  })

  it('is told which workspaces hold them back, and stays', async () => {
    const { supabase, id } = await signUp('Captain')
    const { id: passenger } = await signUp('Passenger')
    const workspaceId = await createWorkspace(supabase, 'The ship, "Ltd"')
    await sql.query(
      "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
      [workspaceId, passenger],
    )
    const { error, status } = await supabase.rpc('delete_my_account')
    expect(status).toBe(409)
    expect(error).toMatchObject({ code: 'last_admin', hint: expect.any(String) })
    expect(JSON.parse(error?.details ?? '')).toEqual([{ id: workspaceId, name: 'The ship, "Ltd"' }])
    expect((await supabase.rpc('session_context')).data).toMatchObject({ user: { id } })
  })

  it('may sign up again with the address, as somebody new', async () => {
    const { supabase, id } = await signUp('Phoenix')
    await supabase.rpc('delete_my_account')
    const { supabase: reborn, id: other } = await signUp('Phoenix')
    expect(other).not.toBe(id)
    expect((await reborn.rpc('session_context')).data).toMatchObject({ user: { id: other }, workspaces: [] })
  })
})
