import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { borrowFrontEnd, type FrontEnd, type Person } from '../../support/http/front-end.ts'
import { setPlan } from '../../support/people/plan.ts'

// An administrator and a colleague, each signed in once: what the one changes counts for the other's next request,
// with the token that the other has.

let app: FrontEnd
let ada: Person
let bob: Person
let workspaceId: string

beforeAll(async () => {
  app = await borrowFrontEnd()
  ada = await app.signUp('Ada')
  bob = await app.signUp('Bob')
})

afterAll(() => app[Symbol.asyncDispose]())

beforeEach(async () => {
  workspaceId = await app.createWorkspace(ada, { viewer: bob })
})

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
        { workspace_id: workspaceId, search: ada.email.replace('@example.com', '@EXAMPLE'), per_page: 10 },
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
            email: ada.email,
            emailVerifiedAt: expect.any(String),
            avatarPath: null,
            avatarUrl: null,
            role: 'admin',
            roleName: 'Admin',
            status: 'active',
            joinedAt: expect.any(String),
            createdAt: expect.any(String),
            updatedAt: expect.any(String),
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

  it.each([false, true])('the last admin keeps the account (soft deletion: %s)', async (isSoft) => {
    const { error } = await app.gateway.adminClient().auth.admin.deleteUser(ada.id, isSoft)
    expect(error).toMatchObject({ status: 500 })
    const { data } = await ada.supabase.from('workspaces').select('id').eq('id', workspaceId)
    expect(data).toEqual([{ id: workspaceId }])
    const account = await app.gateway.adminClient().auth.admin.getUserById(ada.id)
    expect(account.data.user).toMatchObject({ email: ada.email })
  })

  it('a colleague who is soft-deleted is gone with the next request', async () => {
    const gone = await app.signUp('Gone')
    const shared = await app.createWorkspace(ada, { member: gone })
    expect((await app.gateway.adminClient().auth.admin.deleteUser(gone.id, true)).error).toBeNull()

    const { data } = await ada.supabase.rpc('list_members', { workspace_id: shared })
    expect(data).toMatchObject({ total: 1, members: [{ name: 'Ada' }] })
    expect((await gone.supabase.from('workspaces').select('id')).data).toEqual([])
    const { error, status } = await gone.supabase.rpc('session_context')
    expect({ status, code: error?.code }).toEqual({ status: 401, code: 'not_signed_in' })
  })

  it('a custom role is made, given and, once nobody has it, deleted', async () => {
    const role = { workspace_id: workspaceId, key: 'auditor', name: 'Auditor', permissions: ['audit.read'] }
    const refused = await ada.supabase.from('workspace_roles').insert(role)
    expect({ status: refused.status, code: refused.error?.code }).toEqual({
      status: 402,
      code: 'payment_required',
    })
    await setPlan(app.server, 'premium', workspaceId)

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
