import { beforeEach, expect, it } from 'vitest'
import { entitlementsSchema, planChangeSchema } from '../../../types/entitlements.ts'
import { createSharedView } from '../../support/dashboards/view-calls.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'
import { lacksFeature, setPlan } from '../../support/people/plan.ts'

// The rows of docs/endpoints.md about a workspace as a whole: its making and its end, who runs it, what was done in it.

let app: FrontEnd
/** An admin, a member, a viewer, and somebody who is not in the workspace. */
let ada: Person
let mia: Person
let vic: Person
let eve: Person
let workspace_id: string

const people = endpointSuite()
beforeEach(() => {
  ;({ app, ada, mia, vic, eve, workspace_id } = people())
})

/** The role that somebody has in the workspace, if any. */
const roleOf = async ({ id }: Person) => {
  const { rows } = await app.server.query<{ role_key: string }>(
    'select role_key from public.workspace_members where workspace_id = $1 and user_id = $2',
    [workspace_id, id],
  )
  return rows[0]?.role_key
}

/** The id of nobody. */
const nobody = '00000000-0000-4000-8000-000000000000'

const onPremium = () => setPlan(app.server, 'premium', workspace_id)

/** A role that Ada has made. */
async function addGuestRole(): Promise<void> {
  await onPremium()
  const permissions = ['workspace.read']
  const role = { workspace_id, key: 'guest', name: 'Guest', permissions }
  const { error } = await ada.supabase.from('workspace_roles').insert(role)
  if (error) throw error
}

const changeRole = ({ id }: Person, role: string) =>
  ada.supabase.rpc('change_member', { workspace_id, user_id: id, role })

const roleNames = async () =>
  (await ada.supabase.from('workspace_roles').select('name').match({ workspace_id }).order('name')).data?.map(
    ({ name }) => name,
  )

it('workspace create', async () => {
  const create = (name: string) => eve.supabase.rpc('create_workspace', { name })
  const { data, error } = await create('Engines')
  expect(error).toBeNull()
  expect(data).toMatchObject({ name: 'Engines', plan_type: 'free', created_by: eve.id })
  const { data: mine } = await eve.supabase
    .from('workspaces')
    .select('name')
    .eq('id', data?.id ?? '')
  expect(mine).toEqual([{ name: 'Engines' }])
  expect(await create(' ')).toMatchObject({ status: 400, error: { code: 'invalid_input', details: 'name' } })
  expect(await app.connect().rpc('create_workspace', { name: 'Nobody' })).toMatchObject({
    status: 401,
    error: { code: '42501' },
  })
})

it('workspace transfer', async () => {
  const transfer = ({ supabase }: Person, user_id: string) =>
    supabase.rpc('transfer_workspace', { workspace_id, user_id })
  expect(await transfer(mia, vic.id)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect(await transfer(ada, ada.id)).toMatchObject({ status: 400, error: { code: 'invalid_input' } })
  expect(await transfer(ada, eve.id)).toMatchObject({ status: 404, error: { code: 'not_found' } })
  expect(await roleOf(ada)).toBe('admin')
  expect((await transfer(ada, mia.id)).error).toBeNull()
  expect([await roleOf(ada), await roleOf(mia)]).toEqual(['member', 'admin'])
})

it('workspace leave', async () => {
  const leave = ({ supabase }: Person) => supabase.rpc('leave_workspace', { workspace_id })
  expect(await leave(ada)).toMatchObject({ status: 409, error: { code: 'last_admin' } })
  expect(await leave(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
  expect((await leave(vic)).error).toBeNull()
  expect([await roleOf(ada), await roleOf(vic)]).toEqual(['admin', undefined])
})

it('workspace delete', async () => {
  const remove = ({ supabase }: Person, name: string) =>
    supabase.rpc('delete_workspace', { workspace_id, name })
  const stored = () => app.server.query('select name from public.workspaces where id = $1', [workspace_id])
  expect(await remove(mia, 'Studio')).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect(await remove(eve, 'Studio')).toMatchObject({ status: 404, error: { code: 'not_found' } })
  expect(await remove(ada, 'studio')).toMatchObject({ status: 400, error: { code: 'invalid_input' } })
  expect((await stored()).rows).toEqual([{ name: 'Studio' }])
  expect((await remove(ada, 'Studio')).error).toBeNull()
  expect((await stored()).rows).toEqual([])
})

it('workspace audit log', async () => {
  const page = ({ supabase }: Person, args: { before?: string; before_id?: string; action?: string } = {}) =>
    supabase.rpc('list_audit_log', { workspace_id, table_name: 'workspaces', per_page: 1, ...args })
  await ada.supabase.from('workspaces').update({ name: 'Atelier' }).eq('id', workspace_id)
  const { data, error } = await page(ada)
  expect(error).toBeNull()
  expect(data).toMatchObject({
    entries: [
      {
        table: 'workspaces',
        action: 'update',
        actor: { id: ada.id, name: 'Ada' },
        changes: { name: { old: 'Studio', new: 'Atelier' } },
      },
    ],
    next: { before: expect.any(String), beforeId: expect.any(String) },
  })
  const { next } = data as { next: { before: string; beforeId: string } }
  const second = await page(ada, { before: next.before, before_id: next.beforeId })
  expect(second.data).toMatchObject({ entries: [{ action: 'insert' }], next: null })
  expect(await page(ada, { action: 'peek' })).toMatchObject({ error: { code: 'invalid_input' } })
  expect(await page(mia)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect(await page(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('members suspend', async () => {
  const set = ({ supabase }: Person, status: string) =>
    supabase.rpc('change_member', { workspace_id, user_id: vic.id, status })
  const seen = async () => (await vic.supabase.from('workspaces').select('id').eq('id', workspace_id)).data
  expect(await set(mia, 'suspended')).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect(await set(ada, 'asleep')).toMatchObject({ status: 400, error: { code: 'invalid_input' } })
  expect(await seen()).toHaveLength(1)
  expect(await set(ada, 'suspended')).toMatchObject({ error: null, data: { status: 'suspended' } })
  expect(await seen()).toEqual([])
  expect(await set(ada, 'active')).toMatchObject({ error: null, data: { status: 'active', role: 'viewer' } })
  expect(await seen()).toHaveLength(1)
})

it('roles add', async () => {
  const add = ({ supabase }: Person, key: string, permissions: string[], name = `The ${key}`) =>
    supabase
      .from('workspace_roles')
      .insert({ workspace_id, key, name, description: '', permissions })
      .select()
      .single()
  const reads = ['workspace.read', 'dashboards.read']
  expect(await add(ada, 'guest', reads)).toMatchObject({ status: 402, error: { code: 'payment_required' } })
  await onPremium()
  expect(await add(mia, 'guest', reads)).toMatchObject({ error: { code: 'permission_denied' } })
  expect(await add(ada, 'guest', ['fly'])).toMatchObject({ status: 400, error: { code: 'invalid_input' } })
  expect(await add(ada, 'viewer', reads)).toMatchObject({ status: 409, error: { code: 'conflict' } })
  const { data, error } = await add(ada, 'guest', reads)
  expect(error).toBeNull()
  expect(data).toMatchObject({ key: 'guest', is_built_in: false, permissions: [...reads].sort() })
  expect(await add(ada, 'host', reads, 'The guest')).toMatchObject({ error: { code: 'conflict' } })
  expect(await add(ada, 'guest', reads, 'Another')).toMatchObject({ error: { code: '23505' } })
  expect(await changeRole(vic, 'guest')).toMatchObject({ error: null, data: { role: 'guest' } })
})

it('roles change', async () => {
  const change = ({ supabase }: Person, key: string, name: string) =>
    supabase.from('workspace_roles').update({ name }).match({ workspace_id, key }).select().single()
  await addGuestRole()
  expect(await change(ada, 'guest', 'Visitor')).toMatchObject({ error: null, data: { name: 'Visitor' } })
  expect(await change(ada, 'guest', 'admin')).toMatchObject({ status: 409, error: { code: 'conflict' } })
  expect(await change(ada, 'viewer', 'Reader')).toMatchObject({ status: 409, error: { code: 'conflict' } })
  expect(await change(mia, 'guest', 'Mine')).toMatchObject({ status: 406, error: { code: 'PGRST116' } })
  expect(await roleNames()).toEqual(['Admin', 'Member', 'Viewer', 'Visitor'])
})

it('roles remove', async () => {
  const remove = ({ supabase }: Person) =>
    supabase.from('workspace_roles').delete().match({ workspace_id, key: 'guest' }).select('key').single()
  await addGuestRole()
  await changeRole(vic, 'guest')
  expect(await remove(ada)).toMatchObject({ status: 409, error: { code: 'conflict' } })
  await changeRole(vic, 'viewer')
  expect(await remove(mia)).toMatchObject({ status: 406, error: { code: 'PGRST116' } })
  expect(await roleNames()).toHaveLength(4)
  expect(await remove(ada)).toMatchObject({ error: null, data: { key: 'guest' } })
  expect(await roleNames()).toEqual(['Admin', 'Member', 'Viewer'])
})

it('permissions list', async () => {
  const list = (supabase: Person['supabase']) => supabase.from('permissions').select().order('key')
  const { data, error } = await list(vic.supabase)
  expect(error).toBeNull()
  const keys = data?.map(({ key }) => key)
  expect(keys).toEqual([...new Set(keys)].sort())
  expect(data).toContainEqual(
    expect.objectContaining({ key: 'workspace.read', held_by: ['member', 'viewer'] }),
  )
  expect(await list(app.connect())).toMatchObject({ status: 401, error: { code: '42501' } })
})

it('plans list', async () => {
  const list = (supabase: Person['supabase']) =>
    supabase
      .from('plans')
      .select('*, limits:plan_limits(limit_key, most), prices:plan_prices(*)')
      .order('position')
  const limits = await vic.supabase.from('limits').select().eq('scope', 'person').order('key')
  expect(limits.data).toMatchObject([
    { key: 'ai_credits_of_person', unit: 'per_month' },
    { key: 'views', unit: 'count' },
  ])
  const { data, error } = await list(vic.supabase)
  expect(error).toBeNull()
  expect(data).toMatchObject([
    { key: 'free', features: [], prices: [] },
    { key: 'premium', features: expect.arrayContaining(['custom_roles']), trial_days: 14 },
  ])
  expect(data?.[0]?.limits).toContainEqual({ limit_key: 'members', most: 10 })
  expect(data?.[1]?.limits).toContainEqual({ limit_key: 'members', most: null })
  expect(data?.[1]?.prices).toContainEqual(
    expect.objectContaining({ lookup_key: 'premium_monthly_eur', currency: 'eur', unit_amount: 1900 }),
  )
  expect(await list(app.connect())).toMatchObject({ status: 401, error: { code: '42501' } })
})

it('entitlements get', async () => {
  const ask = ({ supabase }: Person) => supabase.rpc('entitlements', { workspace_id })
  const { data } = await ask(vic)
  const { planType, limits, next } = entitlementsSchema.parse(data)
  expect({ planType, next: next?.planType }).toEqual({ planType: 'free', next: 'premium' })
  expect(limits).toContainEqual(expect.objectContaining({ key: 'members', most: 10, use: 3, beyond: 0 }))
  expect(await ask(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('plan preview', async () => {
  const ask = ({ supabase }: Person) =>
    supabase.rpc('preview_plan_change', { workspace_id, plan: 'free', page: 1, per_page: 20 })
  const { data } = await ask(ada)
  expect(planChangeSchema.parse(data)).toMatchObject({ planType: 'free', total: 0, things: [] })
  expect(await ask(mia)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect(await ask(eve)).toMatchObject({ error: { code: 'not_found' } })
})

it('permissions get', async () => {
  const roles = (supabase: Person['supabase']) =>
    supabase.from('workspace_roles').select('key, name, permissions').eq('workspace_id', workspace_id)
  expect((await roles(vic.supabase)).data).toContainEqual({
    key: 'viewer',
    name: 'Viewer',
    permissions: expect.arrayContaining(['dashboards.read']),
  })
  expect(await roles(app.connect())).toMatchObject({ error: { code: '42501' } })
  const { view } = await sharedWithRole('viewer')
  const grants = ({ supabase }: Person) =>
    supabase
      .from('resource_grants')
      .select()
      .match({ workspace_id, resource_type: 'dashboard', resource_id: view.id })
  expect((await grants(ada)).data).toMatchObject([{ role_key: 'viewer', access: 'edit' }])
  expect((await grants(vic)).data).toEqual([])
})

it('permissions update', async () => {
  const { view, grant } = await sharedWithRole('viewer')
  await onPremium()
  await ada.supabase.from('workspace_roles').insert({ workspace_id, key: 'guest', name: 'Guest' })
  const update = ({ supabase }: Person) =>
    supabase
      .from('workspace_roles')
      .update({ permissions: ['themes.read'] })
      .match({ workspace_id, key: 'guest' })
      .select()
      .single()
  expect((await update(ada)).data).toMatchObject({ permissions: ['themes.read'] })
  expect(await update(vic)).toMatchObject({ error: { code: 'PGRST116' } })
  expect((await grant('member')).data).toMatchObject({ resource_id: view.id, access: 'edit' })
  await setPlan(app.server, 'free', workspace_id)
  const refused = [await update(ada), await grant('guest')]
  expect(refused.map(({ error }) => error?.code)).toEqual(['payment_required', 'payment_required'])
  expect(refused.map(({ error }) => error)).toMatchObject([
    lacksFeature('custom_roles'),
    lacksFeature('resource_grants'),
  ])
})

/** A view of everybody's, and a grant on it for a role. */
async function sharedWithRole(role: string) {
  await onPremium()
  const view = await createSharedView(mia, workspace_id, [])
  const grant = (role_key: string) =>
    ada.supabase
      .from('resource_grants')
      .insert({ workspace_id, resource_type: 'dashboard', resource_id: view.id, role_key, access: 'edit' })
      .select()
      .single()
  expect((await grant(role)).error).toBeNull()
  return { view, grant }
}

it('accounts delete', async () => {
  const zoe = await app.signUp('Zoe')
  const remove = (supabase: Person['supabase'], user_id: string) =>
    supabase.rpc('admin_delete_account', { user_id })
  const server = app.gateway.adminClient()
  expect(await remove(ada.supabase, zoe.id)).toMatchObject({ status: 403, error: { code: '42501' } })
  expect(await remove(server, ada.id)).toMatchObject({ status: 409, error: { code: 'last_admin' } })
  expect(await remove(server, nobody)).toMatchObject({ status: 404, error: { code: 'not_found' } })
  expect((await zoe.supabase.auth.getUser()).error).toBeNull()
  expect((await remove(server, zoe.id)).error).toBeNull()
  expect((await zoe.supabase.auth.getUser()).error).toMatchObject({ code: 'user_not_found' })
})

it('members set', async () => {
  const set = (supabase: Person['supabase'], email: string, role: string) =>
    supabase.rpc('admin_set_member', { workspace_id, email, role })
  const server = app.gateway.adminClient()
  expect(await set(ada.supabase, vic.email, 'admin')).toMatchObject({
    status: 403,
    error: { code: '42501' },
  })
  expect(await set(server, ada.email, 'viewer')).toMatchObject({
    status: 409,
    error: { code: 'last_admin' },
  })
  expect(await set(server, vic.email, 'no-such')).toMatchObject({
    status: 400,
    error: { code: 'invalid_input' },
  })
  expect(await set(server, vic.email, 'member')).toMatchObject({
    error: null,
    data: { status: 'active', userId: vic.id, invitation: null },
  })
})

it('members unset', async () => {
  const unset = (supabase: Person['supabase'], email: string) =>
    supabase.rpc('admin_remove_member', { workspace_id, email })
  const server = app.gateway.adminClient()
  expect(await unset(ada.supabase, vic.email)).toMatchObject({ status: 403, error: { code: '42501' } })
  expect(await unset(server, ada.email)).toMatchObject({ status: 409, error: { code: 'last_admin' } })
  expect((await unset(server, vic.email)).error).toBeNull()
  const { data } = await ada.supabase.from('workspace_members').select('user_id').match({ workspace_id })
  expect(data?.map(({ user_id }) => user_id)).not.toContain(vic.id)
})
