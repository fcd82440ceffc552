import { beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { viewAudienceSchema } from '../../../types/access.ts'
import { restoredViewSchema, viewComparisonSchema, viewVersionSchema } from '../../../types/history.ts'
import { layoutSchema } from '../../../types/layout.ts'
import { exportSchema, importReportSchema } from '../../../types/transfer.ts'
import {
  deletedViewSchema,
  duplicatedViewSchema,
  type StoredView,
  shownViewSchema,
  storedViewSchema,
} from '../../../types/view.ts'
import { contractView, layoutOf, widget } from '../../support/dashboards/layouts.ts'
import {
  createSharedView,
  readView,
  saveLayout,
  storedState,
  withWidget,
} from '../../support/dashboards/view-calls.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about views that go beyond the roadmap.

let app: FrontEnd
/** An admin, a member, a viewer, and somebody who is not in the workspace. */
let ada: Person
let mia: Person
let vic: Person
let eve: Person
let workspace_id: string
/** A view that Mia shares with everyone in the workspace, and one that is hers. */
let view: StoredView
let view_id: string
let own_id: string
const one = widget({ config: { limit: 1 } })

const people = endpointSuite()

beforeEach(async () => {
  ;({ app, ada, mia, vic, eve, workspace_id } = people())
  view = await createSharedView(mia, workspace_id, [one])
  view_id = view.id
  const own = await mia.supabase.rpc('create_view', { workspace_id, name: 'Own' })
  own_id = storedViewSchema.parse(own.data).id
})

const stored = () => storedState(app.server, view_id)

const shown = async ({ supabase }: Person) =>
  shownViewSchema.parse((await supabase.rpc('active_view', { workspace_id })).data)

/** Mia's change of the view that was read in the beginning. */
async function changed(limit: number): Promise<StoredView> {
  const { data, error } = await saveLayout(mia, view, withWidget(view, one.instanceId, { config: { limit } }))
  if (error) throw error
  return storedViewSchema.parse(data)
}

it('views active', async () => {
  const active = ({ supabase }: Person) => supabase.rpc('active_view', { workspace_id })
  const { data, error } = await active(mia)
  expect(error).toBeNull()
  expect(shownViewSchema.parse(data)).toMatchObject({ source: 'own' })
  expect(shownViewSchema.parse((await active(vic)).data)).toMatchObject({ id: view_id, source: 'shared' })
  expect(await active(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('views watch', async () => {
  expect((await vic.supabase.rpc('watch_view', { view_id })).data).toEqual({ version: view.version })
  expect((await vic.supabase.rpc('watch_view', { view_id: own_id })).error).toMatchObject({
    code: 'not_found',
  })
  expect((await eve.supabase.rpc('watch_view', { view_id })).error).toMatchObject({ code: 'not_found' })
})

it('views get', async () => {
  const get = ({ supabase }: Person, view_id: string) => supabase.rpc('get_view', { view_id })
  const { data, error } = await get(vic, view_id)
  expect(error).toBeNull()
  expect(storedViewSchema.parse(data)).toMatchObject({ name: 'Shared', access: 'view', layout: view.layout })
  expect(await get(vic, own_id)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('views duplicate', async () => {
  const duplicate = ({ supabase }: Person, name: string) => supabase.rpc('duplicate_view', { view_id, name })
  const { data, error } = await duplicate(ada, 'Mine')
  expect(error).toBeNull()
  const copy = duplicatedViewSchema.parse(data)
  expect(copy).toMatchObject({ name: 'Mine', ownerId: ada.id, visibility: 'personal', access: 'manage' })
  expect(copy.skipped).toEqual([])
  expect(copy.layout.widgets).toMatchObject([{ instanceId: one.instanceId, config: one.config }])
  await expect(readView(mia, copy.id)).rejects.toMatchObject({ code: 'not_found' })
  expect((await duplicate(vic, 'Mine')).error).toBeNull()
  expect(await duplicate(eve, 'Mine')).toMatchObject({ status: 404, error: { code: 'not_found' } })
  expect(await duplicate(ada, '')).toMatchObject({ error: { code: 'invalid_input', details: 'name' } })
})

it('views undelete', async () => {
  const deleted = async ({ supabase }: Person) =>
    z
      .array(deletedViewSchema)
      .parse((await supabase.rpc('list_deleted_views', { workspace_id })).data)
      .map(({ id }) => id)
  const restore = ({ supabase }: Person) => supabase.rpc('restore_view', { view_id })
  expect((await mia.supabase.rpc('delete_view', { view_id })).error).toBeNull()
  expect([await deleted(mia), await deleted(vic)]).toEqual([[view_id], []])
  expect(await restore(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
  await expect(readView(mia, view_id)).rejects.toMatchObject({ code: 'not_found' })

  expect(storedViewSchema.parse((await restore(mia)).data).layout).toEqual(view.layout)
  expect(await deleted(mia)).toEqual([])
})

it('views default', async () => {
  const choose = ({ supabase }: Person, view_id: string) =>
    supabase.rpc('set_default_view', { workspace_id, view_id })
  expect((await choose(vic, view_id)).error).toBeNull()
  expect(await shown(vic)).toMatchObject({ id: view_id, source: 'default', isDefault: true })
  expect(await choose(vic, own_id)).toMatchObject({ status: 404, error: { code: 'not_found' } })
  expect(await shown(vic)).toMatchObject({ id: view_id, source: 'default' })
  expect((await vic.supabase.rpc('set_default_view', { workspace_id })).error).toBeNull()
  expect(await shown(vic)).toMatchObject({ source: 'shared' })
})

it('views role default', async () => {
  const choose = ({ supabase }: Person, role_key: string) =>
    supabase.rpc('set_role_default_view', { workspace_id, role_key, view_id })
  expect(await choose(mia, 'viewer')).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect(await choose(ada, 'guest')).toMatchObject({ error: { code: 'invalid_input', details: 'role_key' } })
  expect(await shown(vic)).toMatchObject({ source: 'shared' })

  expect(await choose(ada, 'viewer')).toMatchObject({
    error: null,
    data: { role: 'viewer', access: 'view', hidden: [] },
  })
  expect(await shown(vic)).toMatchObject({ id: view_id, source: 'role', roleId: 'viewer' })
  const defaults = await vic.supabase.from('role_default_views').select().match({ workspace_id })
  expect(defaults.data).toMatchObject([{ role_key: 'viewer', view_id }])
  const none = await ada.supabase.rpc('set_role_default_view', { workspace_id, role_key: 'viewer' })
  expect(none.error).toBeNull()
  expect(await shown(vic)).toMatchObject({ source: 'shared' })

  const forAll = await ada.supabase.rpc('set_role_default_view', { workspace_id, view_id })
  expect(viewAudienceSchema.parse(forAll.data)).toHaveLength(3)
  expect(await shown(vic)).toMatchObject({ id: view_id, source: 'workspace', isRoleDefault: true })
  const ofWorkspace = await vic.supabase.from('default_views').select().match({ workspace_id })
  expect(ofWorkspace.data).toMatchObject([{ view_id }])
})

it('views share', async () => {
  const share = ({ supabase }: Person, user_id: string, access: string) =>
    supabase
      .from('dashboard_view_shares')
      .insert({ workspace_id, view_id: own_id, user_id, access })
      .select()
      .single()
  expect(await share(vic, vic.id, 'edit')).toMatchObject({ status: 403, error: { code: '42501' } })
  expect(await share(mia, eve.id, 'view')).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'user_id' },
  })
  expect(await share(mia, vic.id, 'manage')).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'access' },
  })
  await expect(readView(vic, own_id)).rejects.toMatchObject({ code: 'not_found' })

  expect(await share(mia, vic.id, 'view')).toMatchObject({ error: null, data: { user_id: vic.id } })
  expect(await share(mia, vic.id, 'view')).toMatchObject({ status: 409, error: { code: '23505' } })
  expect(await readView(vic, own_id)).toMatchObject({ name: 'Own', access: 'view' })
  await expect(readView(ada, own_id)).rejects.toMatchObject({ code: 'not_found' })
  const forRole = await mia.supabase
    .from('dashboard_view_shares')
    .insert({ workspace_id, view_id: own_id, role_key: 'admin', access: 'edit' })
  expect(forRole.error).toBeNull()
  expect(await readView(ada, own_id)).toMatchObject({ access: 'edit' })
  const visible = await mia.supabase
    .from('dashboard_views')
    .update({ visibility: 'workspace' })
    .match({ workspace_id, id: own_id })
  expect(visible.error).toBeNull()
})

it('views unshare', async () => {
  const shares = () => mia.supabase.from('dashboard_view_shares')
  const made = await shares().insert({ workspace_id, view_id: own_id, user_id: vic.id }).select().single()
  const id = made.data?.id ?? ''
  const unshare = ({ supabase }: Person) =>
    supabase.from('dashboard_view_shares').delete().match({ workspace_id, id }).select('id').single()
  expect(await unshare(vic)).toMatchObject({ status: 406, error: { code: 'PGRST116' } })
  const raised = await shares().update({ access: 'edit' }).match({ workspace_id, id }).select().single()
  expect(raised.data).toMatchObject({ access: 'edit' })
  expect(await readView(vic, own_id)).toMatchObject({ name: 'Own' })

  expect(await unshare(mia)).toMatchObject({ error: null, data: { id } })
  await expect(readView(vic, own_id)).rejects.toMatchObject({ code: 'not_found' })
})

it('views history', async () => {
  const list = ({ supabase }: Person, page: { before?: number; per_page?: number } = {}) =>
    supabase.rpc('list_view_versions', { view_id, ...page })
  const { version } = await changed(2)
  const { data, error } = await list(vic)
  expect(error).toBeNull()
  expect(z.array(viewVersionSchema).parse(data)).toMatchObject([
    { version, isCurrent: true, savedBy: { id: mia.id, name: 'Mia' } },
    { version: view.version, isCurrent: false },
  ])
  expect((await list(vic, { before: version, per_page: 1 })).data).toMatchObject([{ version: view.version }])
  expect(await list(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })

  const before = await vic.supabase.rpc('get_view_version', { view_id, version: view.version })
  expect(layoutSchema.parse(before.data)).toMatchObject({ widgets: [{ config: one.config }] })
})

it('views compare', async () => {
  const compare = ({ supabase }: Person, from_version: number, to_version: number) =>
    supabase.rpc('compare_view_versions', { view_id, from_version, to_version })
  const { version } = await changed(2)
  const { data, error } = await compare(vic, view.version, version)
  expect(error).toBeNull()
  expect(viewComparisonSchema.parse(data)).toMatchObject({
    from: view.version,
    to: version,
    added: [],
    changed: [{ instanceId: one.instanceId, from: { config: one.config }, to: { config: { limit: 2 } } }],
  })
  expect(await compare(vic, view.version, 99)).toMatchObject({
    status: 404,
    error: { code: 'not_found', details: 'to_version' },
  })
})

it('views undo', async () => {
  const restore = ({ supabase }: Person, version: number, expected_version: number) =>
    supabase.rpc('restore_view_version', { view_id, version, expected_version })
  const { version } = await changed(2)
  const untouched = await stored()
  expect(await restore(vic, view.version, version)).toMatchObject({ error: { code: 'permission_denied' } })
  expect(await restore(mia, 99, version)).toMatchObject({ error: { code: 'not_found', details: 'version' } })
  expect(await stored()).toEqual(untouched)

  const { data, error } = await restore(mia, view.version, version)
  expect(error).toBeNull()
  const undone = restoredViewSchema.parse(data)
  expect(undone).toMatchObject({ skipped: [], layout: { widgets: [{ config: one.config }] } })
  expect((await restore(mia, version, undone.version)).error).toBeNull()
  expect(await readView(vic, view_id)).toMatchObject({ layout: { widgets: [{ config: { limit: 2 } }] } })
})

it('views export', async () => {
  const exportView = ({ supabase }: Person) => supabase.rpc('export_view', { view_id })
  const { data, error } = await exportView(vic)
  expect(error).toBeNull()
  expect(exportSchema.parse(data)).toMatchObject({ kind: 'view', views: [{ id: view_id, name: 'Shared' }] })
  expect(await exportView(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('views import', async () => {
  const document = contractView
  const importView = ({ supabase }: Person, changes: Partial<typeof document> = {}) =>
    supabase.rpc('import_view', {
      workspace_id,
      document: { ...document, ...changes },
      visibility: 'workspace',
    })
  const names = async () => {
    const { data } = await ada.supabase.rpc('list_views', { workspace_id })
    return z.array(z.object({ name: z.string() })).parse(data)
  }
  expect(await importView(vic)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  const beyond = widget({ position: { x: 8, y: 0, width: 6, height: 1 } })
  expect(await importView(mia, { layout: layoutOf(beyond) })).toMatchObject({
    error: { code: 'invalid_input', details: 'layout.widgets.0.position.width' },
  })
  expect(await names()).toEqual([{ name: 'Shared' }])

  const { data, error } = await importView(mia)
  expect(error).toBeNull()
  const report = importReportSchema.parse(data)
  expect(report).toMatchObject({ views: [{ from: document.id, name: 'Overview' }], skipped: [] })
  expect(await names()).toEqual([{ name: 'Overview' }, { name: 'Shared' }])
})
