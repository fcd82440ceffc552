import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../../../types/database.ts'
import { startTestGateway, type TestGateway } from '../../support/http/gateway.ts'
import { createDatabase, type TestDatabase } from '../../support/stack/database.ts'

// An administrator and a colleague, each signed in once: what the one changes counts for the other's next request,
// with the token that the other has.

interface Person {
  supabase: SupabaseClient<Database>
  id: string
}

let database: TestDatabase
let gateway: TestGateway
let server: pg.Client
let ada: Person
let bob: Person
let workspaceId: string

beforeAll(async () => {
  database = await createDatabase('migrated')
  gateway = await startTestGateway(database)
  server = new pg.Client({ connectionString: database.url('postgres') })
  await server.connect()
  ada = await signUp('Ada')
  bob = await signUp('Bob')
})

afterAll(async () => {
  await server.end()
  await gateway.close()
  await database.drop()
})

beforeEach(async () => {
  const made = await ada.supabase.rpc('create_workspace', { name: 'Common' })
  if (made.error) throw made.error
  workspaceId = made.data.id
  await server.query(
    "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'viewer')",
    [workspaceId, bob.id],
  )
})

async function signUp(name: string): Promise<Person> {
  const supabase = createClient<Database>(gateway.url, gateway.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  })
  const { data, error } = await supabase.auth.signUp({
    email: `${name.toLowerCase()}@example.com`,
    password: 'correct horse battery',
    options: { data: { name } },
  })
  if (error || !data.user) throw error ?? new Error('The sign-up gave no account.')
  return { supabase, id: data.user.id }
}

const tokenOf = async ({ supabase }: Person) => (await supabase.auth.getSession()).data.session?.access_token

/** Whether Bob renames the workspace. */
async function renames(): Promise<boolean> {
  const { data, error } = await bob.supabase
    .from('workspaces')
    .update({ name: 'Renamed' })
    .eq('id', workspaceId)
    .select('id')
  if (error) throw error
  return data.length === 1
}

it('a role that is given and taken away counts at once, in the session that stands', async () => {
  const token = await tokenOf(bob)
  expect(await renames()).toBe(false)
  const given = await ada.supabase.rpc('change_member', {
    workspace_id: workspaceId,
    user_id: bob.id,
    role: 'admin',
  })
  expect(given).toMatchObject({
    error: null,
    data: { userId: bob.id, name: 'Bob', role: 'admin', status: 'active' },
  })
  expect(await renames()).toBe(true)
  const taken = await ada.supabase
    .from('workspace_members')
    .update({ role_key: 'viewer' })
    .eq('workspace_id', workspaceId)
    .eq('user_id', bob.id)
  expect(taken.error).toBeNull()
  expect(await renames()).toBe(false)
  expect(await tokenOf(bob)).toBe(token)
})

it('a suspended person sees nothing with their next request, and everything when let back in', async () => {
  const seen = async () => {
    const { data, error } = await bob.supabase.from('workspaces').select('id').eq('id', workspaceId)
    if (error) throw error
    return data.length
  }
  const setStatus = (status: string) =>
    ada.supabase.rpc('change_member', { workspace_id: workspaceId, user_id: bob.id, status })
  expect(await seen()).toBe(1)
  expect((await setStatus('suspended')).error).toBeNull()
  expect(await seen()).toBe(0)
  for (const call of [
    bob.supabase.rpc('list_members', { workspace_id: workspaceId }),
    bob.supabase.rpc('get_member', { workspace_id: workspaceId, user_id: ada.id }),
    bob.supabase.rpc('change_member', { workspace_id: workspaceId, user_id: bob.id, status: 'active' }),
    bob.supabase.rpc('remove_member', { workspace_id: workspaceId, user_id: ada.id }),
    bob.supabase.rpc('leave_workspace', { workspace_id: workspaceId }),
  ]) {
    const { error, status } = await call
    expect({ status, code: error?.code }).toEqual({ status: 404, code: 'not_found' })
  }
  expect((await setStatus('active')).error).toBeNull()
  expect(await seen()).toBe(1)
})

describe('over HTTP', () => {
  it('people are found and listed, by POST and by GET', async () => {
    for (const get of [false, true]) {
      const { data, error } = await bob.supabase.rpc(
        'list_members',
        { workspace_id: workspaceId, search: 'a@EXAMPLE', per_page: 10 },
        { get },
      )
      expect(error).toBeNull()
      expect(data).toEqual({
        total: 1,
        page: 1,
        perPage: 10,
        members: [
          {
            userId: ada.id,
            name: 'Ada',
            email: 'ada@example.com',
            avatarPath: null,
            role: 'admin',
            status: 'active',
            joinedAt: expect.any(String),
          },
        ],
      })
    }
  })

  it('the last admin is told why they cannot leave', async () => {
    const { error, status } = await ada.supabase.rpc('leave_workspace', { workspace_id: workspaceId })
    expect(status).toBe(409)
    expect(error).toMatchObject({ code: 'last_admin', hint: 'Make another member an admin first.' })
  })

  it('the last admin keeps the account', async () => {
    const { error } = await gateway.adminClient().auth.admin.deleteUser(ada.id)
    expect(error).not.toBeNull()
    const { data } = await ada.supabase.from('workspaces').select('id').eq('id', workspaceId)
    expect(data).toEqual([{ id: workspaceId }])
  })

  it('a custom role is made, given and, once nobody has it, deleted', async () => {
    const role = { workspace_id: workspaceId, key: 'auditor', name: 'Auditor', permissions: ['audit.read'] }
    const refused = await ada.supabase.from('workspace_roles').insert(role)
    expect({ status: refused.status, code: refused.error?.code }).toEqual({
      status: 402,
      code: 'payment_required',
    })
    await server.query("update public.workspaces set plan_type = 'premium' where id = $1", [workspaceId])

    expect((await ada.supabase.from('workspace_roles').insert(role)).error).toBeNull()
    const give = (key: string) =>
      ada.supabase.rpc('change_member', { workspace_id: workspaceId, user_id: bob.id, role: key })
    expect((await give('auditor')).error).toBeNull()
    const drop = () =>
      ada.supabase.from('workspace_roles').delete().eq('workspace_id', workspaceId).eq('key', 'auditor')
    expect((await drop()).error).toMatchObject({ code: 'conflict' })
    expect((await give('viewer')).error).toBeNull()
    expect((await drop()).status).toBe(204)
  })
})
