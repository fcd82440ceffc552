import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { memberSchema, rolesSchema } from '../../../types/member.ts'
import { collectMyData, myDataPageSchema, myDataPartsSchema } from '../../../types/my-data.ts'
import { borrowFrontEnd, type FrontEnd, type Person, password } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about people, their workspace and what each of them prefers.

/** A PNG of one pixel. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkM+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

let app: FrontEnd
/** Admin, viewer, and somebody who is not in the workspace. */
let ada: Person
let bob: Person
let eve: Person
let workspace_id: string

beforeAll(async () => {
  app = await borrowFrontEnd()
})
afterAll(() => app[Symbol.asyncDispose]())

beforeEach(async () => {
  ada = await app.signUp('Ada')
  bob = await app.signUp('Bob')
  eve = await app.signUp('Eve')
  workspace_id = await app.createWorkspace(ada, { viewer: bob })
})

it('users list', async () => {
  const list = (person: Person, search: string) =>
    person.supabase.rpc('list_members', { workspace_id, search, sort: 'name', page: 1, per_page: 10 })
  const { data, error } = await list(bob, '')
  expect(error).toBeNull()
  expect(data).toMatchObject({
    total: 2,
    page: 1,
    perPage: 10,
    members: [
      { userId: ada.id, name: 'Ada', role: 'admin' },
      { userId: bob.id, name: 'Bob', role: 'viewer' },
    ],
  })
  expect((await list(bob, 'bo')).data).toMatchObject({ total: 1, members: [{ userId: bob.id }] })
  expect(await list(eve, '')).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('users get', async () => {
  const get = ({ supabase }: Person) => supabase.rpc('get_member', { workspace_id, user_id: ada.id })
  expect(await get(bob)).toMatchObject({
    error: null,
    data: {
      userId: ada.id,
      name: 'Ada',
      email: ada.email,
      avatarPath: null,
      role: 'admin',
      status: 'active',
    },
  })
  expect(memberSchema.safeParse((await get(bob)).data).success).toBe(true)
  expect(await get(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('users update', async () => {
  const rename = ({ supabase }: Person, name: string) =>
    supabase
      .from('profiles')
      .update({ name, locale: 'de', bio: 'Paints.' })
      .eq('id', bob.id)
      .select()
      .single()
  expect(await rename(bob, 'Robert')).toMatchObject({
    error: null,
    data: { id: bob.id, name: 'Robert', locale: 'de', bio: 'Paints.' },
  })
  expect(await rename(bob, ' ')).toMatchObject({ status: 400, error: { code: 'invalid_input' } })
  expect(await rename(ada, 'Bobby')).toMatchObject({ status: 406, error: { code: 'PGRST116' } })

  const promote = ({ supabase }: Person) =>
    supabase.rpc('change_member', { workspace_id, user_id: bob.id, role: 'member' })
  expect(await promote(bob)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect(await promote(ada)).toMatchObject({ error: null, data: { name: 'Robert', role: 'member' } })
  const { data } = await ada.supabase.rpc('get_member', { workspace_id, user_id: bob.id })
  expect(data).toMatchObject({ name: 'Robert', role: 'member' })
})

it('users delete', async () => {
  const remove = (by: Person, whom: Person) =>
    by.supabase.rpc('remove_member', { workspace_id, user_id: whom.id })
  expect(await remove(bob, ada)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect((await ada.supabase.rpc('delete_my_account')).error).toMatchObject({ code: 'last_admin' })

  expect((await remove(ada, bob)).error).toBeNull()
  const { data } = await ada.supabase.from('workspace_members').select('user_id')
  expect(data).toEqual([{ user_id: ada.id }])

  expect((await bob.supabase.rpc('delete_my_account')).error).toBeNull()
  const login = await app.connect().auth.signInWithPassword({ email: bob.email, password })
  expect(login.error).toMatchObject({ code: 'invalid_credentials' })
  const { rows } = await app.server.query('select from public.profiles where id = $1', [bob.id])
  expect(rows).toEqual([])
})

it('users avatar', async () => {
  const upload = ({ supabase }: Person, type: string) =>
    supabase.storage.from('avatars').upload(`${bob.id}/me.png`, picture, { contentType: type })
  expect((await upload(ada, 'image/png')).error).toMatchObject({ statusCode: '403' })
  expect((await upload(bob, 'text/html')).error).toMatchObject({ statusCode: '415' })
  const { data, error } = await upload(bob, 'image/png')
  expect(error).toBeNull()

  const choose = (avatar_path = '') => bob.supabase.from('profiles').update({ avatar_path }).eq('id', bob.id)
  expect((await choose(`${ada.id}/me.png`)).error).toMatchObject({ code: 'invalid_input' })
  expect((await choose(data?.path)).error).toBeNull()

  const member = await ada.supabase.rpc('get_member', { workspace_id, user_id: bob.id })
  expect(member.data).toMatchObject({ avatarPath: data?.path })
  const shown = ada.supabase.storage.from('avatars').getPublicUrl(data?.path ?? '')
  expect(memberSchema.parse(member.data).avatarUrl).toBe(shown.data.publicUrl)
  const response = await fetch(shown.data.publicUrl)
  expect(Buffer.from(await response.arrayBuffer())).toEqual(picture)
})

it('users data', async () => {
  const read = ({ supabase }: Person, page: { part?: string; after?: string } = {}) =>
    supabase.rpc('export_my_data', page)
  const { data, error } = await read(bob)
  expect(error).toBeNull()
  expect(myDataPartsSchema.parse(data).parts).toContain('memberships')
  const page = await read(bob, { part: 'memberships' })
  expect(myDataPageSchema.parse(page.data)).toMatchObject({
    part: 'memberships',
    rows: [{ workspaceId: workspace_id, role: 'viewer' }],
    next: null,
  })
  expect(await read(bob, { part: 'salary' })).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'part', hint: expect.stringContaining('memberships') },
  })
  expect((await collectMyData(bob.supabase)).parts.profile).toMatchObject([{ name: 'Bob' }])
})

it('roles list', async () => {
  const list = ({ supabase }: Person) => supabase.rpc('list_roles', { workspace_id })
  const { data, error } = await list(bob)
  expect(error).toBeNull()
  expect(rolesSchema.parse(data)).toMatchObject([
    { key: 'admin', name: 'Admin', isBuiltIn: true, memberCount: 1 },
    { key: 'member', memberCount: 0 },
    { key: 'viewer', description: expect.stringMatching(/\.$/), memberCount: 1 },
  ])
  expect(await list(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('workspace get', async () => {
  const get = ({ supabase }: Person) => supabase.from('workspaces').select().eq('id', workspace_id).single()
  expect(await get(bob)).toMatchObject({
    error: null,
    data: { id: workspace_id, name: 'Studio', plan_type: 'free', settings: {} },
  })
  expect(await get(eve)).toMatchObject({ status: 406, error: { code: 'PGRST116' } })
})

it('workspace update', async () => {
  const rename = ({ supabase }: Person, name: string) =>
    supabase.from('workspaces').update({ name }).eq('id', workspace_id).select().single()
  expect(await rename(ada, 'Atelier')).toMatchObject({ error: null, data: { name: 'Atelier' } })
  expect(await rename(bob, 'Taken')).toMatchObject({ status: 406, error: { code: 'PGRST116' } })
  expect(await rename(ada, '')).toMatchObject({ status: 400, error: { code: 'invalid_input' } })

  const patchSettings = ({ supabase }: Person, patch: Record<string, string | null>) =>
    supabase.rpc('update_workspace_settings', { workspace_id, patch })
  await patchSettings(ada, { timezone: 'UTC', week: 'monday' })
  expect(await patchSettings(ada, { week: null })).toMatchObject({ error: null, data: { timezone: 'UTC' } })
  expect(await patchSettings(bob, {})).toMatchObject({ status: 403, error: { code: 'permission_denied' } })

  const { data } = await bob.supabase.from('workspaces').select('name, settings').single()
  expect(data).toEqual({ name: 'Atelier', settings: { timezone: 'UTC' } })
})

it('user preferences get', async () => {
  const get = ({ supabase }: Person) => supabase.rpc('get_preferences', { workspace_id })
  expect(await get(bob)).toMatchObject({
    error: null,
    data: {
      locale: null,
      theme_mode: 'system',
      active_theme_id: null,
      sidebar_collapsed: false,
      active_dashboard_view: null,
      extras: {},
    },
  })
  expect(await get(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('user preferences patch', async () => {
  const patch = ({ supabase }: Person, changes: Record<string, string | boolean>) =>
    supabase.rpc('patch_preferences', { workspace_id, patch: changes })
  await patch(bob, { theme_mode: 'dark' })
  expect(await patch(bob, { sidebar_collapsed: true })).toMatchObject({
    error: null,
    data: { theme_mode: 'dark', sidebar_collapsed: true },
  })
  expect(await patch(bob, { theme_mode: 'dim' })).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'theme_mode' },
  })
  expect(await patch(eve, {})).toMatchObject({ status: 404, error: { code: 'not_found' } })

  const read = async ({ supabase }: Person) => (await supabase.rpc('get_preferences', { workspace_id })).data
  expect(await read(bob)).toMatchObject({ theme_mode: 'dark', sidebar_collapsed: true })
  expect(await read(ada)).toMatchObject({ theme_mode: 'system', sidebar_collapsed: false })
})
