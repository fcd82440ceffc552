import { beforeEach, expect, it } from 'vitest'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about what clients read and write in tables, beside the functions.

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

it('tables of catalogs', async () => {
  for (const read of [
    (who: FrontEnd['connect']) => who().from('built_in_components').select('key'),
    (who: FrontEnd['connect']) => who().from('component_types').select('key'),
    (who: FrontEnd['connect']) => who().from('built_in_themes').select('key'),
  ]) {
    const { data, error } = await read(() => eve.supabase)
    expect(error).toBeNull()
    expect(data).not.toEqual([])
    expect(await read(app.connect)).toMatchObject({ status: 401, error: { code: '42501' } })
  }
})

it('tables of components', async () => {
  await app.server.query(
    `insert into public.components (workspace_id, key, type, allowed_roles) values ($1, 'gauge', 'stats', '{member}')`,
    [workspace_id],
  )
  const components = ({ supabase }: Person) =>
    supabase.from('components').select('key').match({ workspace_id })
  const versions = ({ supabase }: Person) =>
    supabase.from('component_versions').select('version').match({ workspace_id, component_key: 'gauge' })
  expect((await components(mia)).data).toEqual([{ key: 'gauge' }])
  expect((await components(vic)).data).toEqual([])
  expect((await components(eve)).data).toEqual([])
  expect(await versions(mia)).toMatchObject({ error: null, data: [] })
})

it('tables of defaults', async () => {
  await ada.supabase.rpc('set_default_theme', { workspace_id, theme_id: 'ocean' })
  const read = ({ supabase }: Person) =>
    Promise.all([
      supabase.from('default_themes').select('built_in_theme').match({ workspace_id }),
      supabase.from('default_views').select('view_id').match({ workspace_id }),
      supabase.from('role_default_views').select('view_id').match({ workspace_id }),
    ])
  expect((await read(vic)).map(({ data }) => data)).toEqual([[{ built_in_theme: 'ocean' }], [], []])
  expect((await read(eve)).map(({ data }) => data)).toEqual([[], [], []])
  const write = ada.supabase.from('default_themes').insert({ workspace_id, built_in_theme: 'ocean' })
  expect(await write).toMatchObject({ status: 403, error: { code: '42501' } })
})

it('tables of members', async () => {
  const read = ({ supabase }: Person) =>
    supabase.from('workspace_members').select('user_id').match({ workspace_id })
  expect((await read(vic)).data).toHaveLength(3)
  expect((await read(eve)).data).toEqual([])

  const change = ({ supabase }: Person, { id }: Person, role_key: string) =>
    supabase
      .from('workspace_members')
      .update({ role_key, status: 'active' })
      .match({ workspace_id, user_id: id })
      .select('role_key')
  expect(await change(ada, vic, 'member')).toMatchObject({ error: null, data: [{ role_key: 'member' }] })
  // Who may not change members finds none to change, and the function says so.
  expect(await change(mia, vic, 'viewer')).toMatchObject({ error: null, data: [] })
  expect(
    await mia.supabase.rpc('change_member', { workspace_id, user_id: vic.id, role: 'viewer' }),
  ).toMatchObject({ status: 403, error: { code: 'permission_denied', details: 'members.update' } })
  expect(await change(ada, ada, 'viewer')).toMatchObject({ status: 409, error: { code: 'last_admin' } })

  const remove = ({ supabase }: Person, { id }: Person) =>
    supabase.from('workspace_members').delete().match({ workspace_id, user_id: id }).select('user_id')
  expect((await remove(mia, vic)).data).toEqual([])
  expect((await remove(ada, vic)).data).toEqual([{ user_id: vic.id }])
  expect((await read(ada)).data).toHaveLength(2)
})

it('tables of invitations', async () => {
  await ada.supabase.rpc('create_invitation', { workspace_id, email: eve.email, role: 'viewer' })
  const read = ({ supabase }: Person) =>
    supabase.from('workspace_invitations').select().match({ workspace_id })
  expect((await read(ada)).data).toMatchObject([{ email: eve.email, role_key: 'viewer', accepted_at: null }])
  expect((await read(mia)).data).toEqual([])
  expect((await read(eve)).data).toEqual([])
  expect(await app.connect().from('workspace_invitations').select()).toMatchObject({
    error: { code: '42501' },
  })
})

it('tables of views', async () => {
  const insert = ({ supabase }: Person, visibility: string) =>
    supabase
      .from('dashboard_views')
      .insert({ workspace_id, name: 'Plain', description: 'Empty', visibility })
      .select()
      .single()
  expect(await insert(mia, 'workspace')).toMatchObject({ error: null, data: { name: 'Plain', version: 1 } })
  expect((await insert(vic, 'personal')).error).toBeNull()
  expect(await insert(mia, 'everybody')).toMatchObject({
    error: { code: 'invalid_input', details: 'visibility' },
  })
  expect((await insert(vic, 'workspace')).error?.code).toMatch(/^(42501|permission_denied)$/)
  expect((await insert(eve, 'workspace')).error?.code).toMatch(/^(42501|not_found)$/)
})

it('tables of preferences', async () => {
  const read = ({ supabase }: Person) => supabase.from('preferences').select().match({ workspace_id })
  expect((await read(vic)).data).toEqual([])
  await vic.supabase.rpc('patch_preferences', { workspace_id, patch: { theme_mode: 'dark' } })
  expect((await read(vic)).data).toMatchObject([{ user_id: vic.id, theme_mode: 'dark' }])
  expect((await read(ada)).data).toEqual([])
  expect(await app.connect().from('preferences').select()).toMatchObject({ error: { code: '42501' } })
})

it('tables of notifications', async () => {
  await ada.supabase.rpc('change_member', { workspace_id, user_id: mia.id, role: 'viewer' }).throwOnError()
  const unread = ({ supabase }: Person) =>
    supabase.from('notifications').select().match({ workspace_id, kind: 'role_changed' }).is('read_at', null)
  expect((await unread(mia)).data).toMatchObject([{ user_id: mia.id }])
  expect((await unread(ada)).data).toEqual([])
  expect((await app.connect().from('notifications').select()).error).toMatchObject({ code: '42501' })
  const kinds = await mia.supabase.from('notification_kinds').select('key')
  expect(kinds.data).toContainEqual({ key: 'role_changed' })
  const chosen = () => mia.supabase.from('notification_preferences').select('kind, delivery')
  expect((await chosen()).data).toEqual([])
  await mia.supabase
    .rpc('set_notification_preference', { kind: 'role_changed', delivery: 'none' })
    .throwOnError()
  expect((await chosen()).data).toEqual([{ kind: 'role_changed', delivery: 'none' }])
})

it('tables of the audit log', async () => {
  const read = ({ supabase }: Person) =>
    supabase.from('audit_log').select('table_name').match({ workspace_id })
  expect((await read(ada)).data).toContainEqual({ table_name: 'workspaces' })
  expect((await read(mia)).data).toEqual([])
  const forged = {
    workspace_id,
    actor_type: 'user',
    action: 'update',
    table_name: 'x',
    row_id: 'x',
    changes: {},
  }
  expect(await ada.supabase.from('audit_log').insert(forged)).toMatchObject({ error: { code: '42501' } })
})
