import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../../types/database.ts'
import type { TestGateway } from '../../support/http/gateway.ts'
import { type Served, startServed } from '../../support/http/served.ts'

// Two people who have nothing to do with each other, each with a workspace, over HTTP as a front end does it.

interface Person {
  supabase: SupabaseClient<Database>
  id: string
  workspaceId: string
}

let served: Served
let gateway: TestGateway
let ada: Person
let eve: Person

beforeAll(async () => {
  served = await startServed()
  gateway = served.gateway
  ada = await signUp('Ada')
  eve = await signUp('Eve')
})

afterAll(() => served[Symbol.asyncDispose]())

async function signUp(name: string): Promise<Person> {
  const supabase = served.connect()
  const { data, error } = await supabase.auth.signUp({
    email: `${name.toLowerCase()}@example.com`,
    password: 'correct horse battery',
    options: { data: { name } },
  })
  if (error || !data.user) throw error ?? new Error('The sign-up gave no account.')
  const made = await supabase.rpc('create_workspace', { name: `${name}'s` })
  if (made.error) throw made.error
  return { supabase, id: data.user.id, workspaceId: made.data.id }
}

/** What Ada has, read with a right that nobody can take away by what they do below. */
async function adasWorkspace() {
  const { data, error } = await gateway
    .adminClient()
    .from('workspaces')
    .select('name, plan_type, settings, created_by')
    .eq('id', ada.workspaceId)
    .single()
  if (error) throw error
  return data
}

const untouched = () => ({ name: "Ada's", plan_type: 'free', settings: {}, created_by: ada.id })

describe('a person who has signed up', () => {
  it('sees their profile, their workspace and themselves in it', async () => {
    const { data, error } = await ada.supabase
      .from('workspaces')
      .select('id, name, plan_type, members:workspace_members (role_key, profile:profiles (name, email))')
    expect(error).toBeNull()
    expect(data).toEqual([
      {
        id: ada.workspaceId,
        name: "Ada's",
        plan_type: 'free',
        members: [{ role_key: 'admin', profile: { name: 'Ada', email: 'ada@example.com' } }],
      },
    ])
  })

  it('changes the settings of their workspace', async () => {
    const grace = await signUp('Grace')
    const { data, error } = await grace.supabase
      .from('workspaces')
      .update({ settings: { timezone: 'UTC', nested: { list: [1, 2] } } })
      .eq('id', grace.workspaceId)
      .select('settings')
      .single()
    expect(error).toBeNull()
    expect(data).toEqual({ settings: { timezone: 'UTC', nested: { list: [1, 2] } } })
  })

  it('reads a registered code with the field and the remedy where a value is wrong', async () => {
    const { error, status } = await ada.supabase.rpc('create_workspace', { name: '  ' })
    expect(status).toBe(400)
    expect(error).toMatchObject({
      code: 'invalid_input',
      message: 'This must be a text of 1 to 255 visible characters.',
      details: 'name',
      hint: expect.any(String),
    })
  })
})

describe('a stranger', () => {
  it.each(['workspaces', 'workspace_members', 'workspace_roles', 'profiles'] as const)(
    "finds nothing of another's in %s",
    async (table) => {
      const { data, count, error } = await eve.supabase.from(table).select('*', { count: 'exact' })
      expect(error).toBeNull()
      const text = JSON.stringify(data)
      expect(text).not.toContain(ada.id)
      expect(text).not.toContain(ada.workspaceId)
      expect(count).toBe(data?.length)
    },
  )

  it('learns nothing from an id: it looks like one that does not exist', async () => {
    const read = (id: string) => eve.supabase.from('workspaces').select('*').eq('id', id).single()
    const [existing, missing] = await Promise.all([read(ada.workspaceId), read('WK-000000000')])
    expect(existing.error).toMatchObject({ code: 'PGRST116' })
    expect(existing.error).toEqual(missing.error)
    expect(existing.status).toBe(missing.status)
  })

  it("changes nothing of another's workspace", async () => {
    const { data, error } = await eve.supabase
      .from('workspaces')
      .update({ name: 'Taken' })
      .eq('id', ada.workspaceId)
      .select()
    expect({ data, error }).toEqual({ data: [], error: null })
    expect(await adasWorkspace()).toEqual(untouched())
  })

  it.each([
    ['deletes', () => eve.supabase.from('workspaces').delete().eq('id', ada.workspaceId)],
    ['upserts onto', () => eve.supabase.from('workspaces').upsert({ id: ada.workspaceId, name: 'Taken' })],
    [
      'joins',
      () =>
        eve.supabase
          .from('workspace_members')
          .insert({ workspace_id: ada.workspaceId, user_id: eve.id, role_key: 'admin' }),
    ],
    [
      'moves a membership to',
      () =>
        eve.supabase
          .from('workspace_members')
          .update({ workspace_id: ada.workspaceId })
          .eq('user_id', eve.id),
    ],
    [
      'raises the plan of',
      () => eve.supabase.from('workspaces').update({ plan_type: 'premium' }).eq('id', ada.workspaceId),
    ],
  ])("is denied who %s another's workspace", async (_, attack) => {
    const { error, status } = await attack()
    expect(status).toBe(403)
    expect(error).toMatchObject({ code: '42501' })
    expect(await adasWorkspace()).toEqual(untouched())
  })

  it("is nobody's colleague for trying to embed them", async () => {
    const { data, error } = await eve.supabase
      .from('workspace_members')
      .select('workspaces (id, name), profiles (email)')
    expect(error).toBeNull()
    expect(data).toEqual([
      { workspaces: { id: eve.workspaceId, name: "Eve's" }, profiles: { email: 'eve@example.com' } },
    ])
  })
})

describe('someone anonymous', () => {
  it.each(['workspaces', 'workspace_members', 'workspace_roles', 'permissions', 'profiles'] as const)(
    'is denied %s',
    async (table) => {
      const { error, status } = await served.connect().from(table).select('*')
      expect(status).toBe(401)
      expect(error).toMatchObject({ code: '42501' })
    },
  )

  it('makes no workspace', async () => {
    const { error, status } = await served.connect().rpc('create_workspace', { name: 'Mine' })
    expect(status).toBe(401)
    expect(error).toMatchObject({ code: '42501' })
  })
})

it('what lies in private cannot be called', async () => {
  const { status } = await fetch(`${gateway.url}/rest/v1/rpc/workspaces_without`, {
    method: 'POST',
    headers: {
      apikey: gateway.publishableKey,
      'content-type': 'application/json',
      'content-profile': 'private',
    },
    body: JSON.stringify({ p_permission: 'workspace.read' }),
  })
  expect(status).toBe(406)
})

it('an account that is deleted takes its profile and its memberships along', async () => {
  const gone = await signUp('Gone')
  const admin = gateway.adminClient()
  const { error } = await admin.auth.admin.deleteUser(gone.id)
  expect(error).toBeNull()
  const { data } = await admin
    .from('workspace_members')
    .select('user_id')
    .eq('workspace_id', gone.workspaceId)
  expect(data).toEqual([])
})
