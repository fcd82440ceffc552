import { beforeEach, expect, it, vi } from 'vitest'
import { availableComponentSchema } from '../../../types/component.ts'
import { dashboardPartSchema, exportDashboard } from '../../../types/dashboard-export.ts'
import { exportSchema, importReportSchema } from '../../../types/transfer.ts'
import type { StoredView } from '../../../types/view.ts'
import { gauge, insertComponent } from '../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { createSharedView, readView, storedState } from '../../support/dashboards/view-calls.ts'
import { listOf } from '../../support/database/rpc.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about widgets, components and whole dashboards that go beyond the roadmap.

let app: FrontEnd
/** An admin, a member, a viewer, and somebody with a workspace of her own. */
let ada: Person
let mia: Person
let vic: Person
let eve: Person
let workspace_id: string
/** A view that Mia shares with everyone in the workspace. */
let view: StoredView
let view_id: string
/** The row of its widget. */
let id: string
const one = widget({ config: { limit: 1 } })

const people = endpointSuite()

beforeEach(async () => {
  ;({ app, ada, mia, vic, eve, workspace_id } = people())
  view = await createSharedView(mia, workspace_id, [one])
  view_id = view.id
  id = view.layout.widgets[0]?.id ?? ''
})

const stored = () => storedState(app.server, view_id)

it('widgets add', async () => {
  const add = ({ supabase }: Person, component_key: string, config: { limit: number }) =>
    supabase
      .from('widgets')
      .insert({ workspace_id, view_id, component_key, x: 4, y: 0, width: 4, height: 2, config })
      .select()
      .single()
  const untouched = await stored()
  expect(await add(mia, 'unheard-of', { limit: 5 })).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'component_key' },
  })
  expect(await add(mia, 'recent-orders', { limit: 0 })).toMatchObject({
    error: { code: 'invalid_input', details: 'config.limit' },
  })
  expect(await add(vic, 'recent-orders', { limit: 5 })).toMatchObject({
    status: 403,
    error: { code: '42501' },
  })
  expect(await stored()).toEqual(untouched)

  expect(await add(mia, 'recent-orders', { limit: 5 })).toMatchObject({
    error: null,
    data: { component_key: 'recent-orders', x: 4, visible: true, version: 1 },
  })
  const { version, layout } = await readView(vic, view_id)
  expect(version).toBe(view.version + 1)
  expect(layout.widgets.map(({ config }) => config)).toEqual([{ limit: 1 }, { limit: 5 }])
})

it('widgets move', async () => {
  const move = ({ supabase }: Person, x: number, version: number) =>
    supabase
      .from('widgets')
      .update({ x, y: 3, width: 6, height: 1, version })
      .match({ workspace_id, id })
      .select()
      .single()
  expect(await move(mia, 6, 1)).toMatchObject({ error: null, data: { x: 6, width: 6, version: 2 } })
  const moved = await stored()
  expect(await move(mia, 5, 1)).toMatchObject({ status: 409, error: { code: 'conflict' } })
  expect(await move(mia, 7, 2)).toMatchObject({ error: { code: 'invalid_input', details: 'width' } })
  expect(await move(vic, 5, 2)).toMatchObject({ status: 406, error: { code: 'PGRST116' } })
  expect(await stored()).toEqual(moved)
  expect((await readView(vic, view_id)).layout.widgets).toMatchObject([
    { position: { x: 6, y: 3, width: 6, height: 1 } },
  ])
})

it('widgets remove', async () => {
  const remove = ({ supabase }: Person) =>
    supabase.from('widgets').delete().match({ workspace_id, id }).select('id').single()
  expect(await remove(vic)).toMatchObject({ status: 406, error: { code: 'PGRST116' } })
  expect((await readView(vic, view_id)).layout.widgets).toHaveLength(1)
  expect(await remove(mia)).toMatchObject({ error: null, data: { id } })
  expect(await readView(vic, view_id)).toMatchObject({ version: view.version + 1, layout: { widgets: [] } })
})

it('components get', async () => {
  const get = ({ supabase }: Person, key: string, version: string) =>
    supabase.rpc('get_component', { workspace_id, key, version })
  await insertComponent(app.server, workspace_id, {})
  await insertComponent(app.server, workspace_id, { version: '1.1.0' })
  const { data, error } = await get(vic, 'gauge', '1.0.0')
  expect(error).toBeNull()
  expect(availableComponentSchema.parse(data)).toMatchObject({ ...gauge, version: '1.0.0' })
  const latest = await vic.supabase.rpc('get_component', { workspace_id, key: 'gauge' })
  expect(availableComponentSchema.parse(latest.data)).toMatchObject({ version: '1.1.0' })
  expect(await get(vic, 'gauge', '2.0.0')).toMatchObject({ status: 404, error: { code: 'not_found' } })
  expect(await get(eve, 'gauge', '1.0.0')).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('components delete', async () => {
  const remove = ({ supabase }: Person) => supabase.rpc('delete_component', { workspace_id, key: 'gauge' })
  await insertComponent(app.server, workspace_id, {})
  const shows = { workspace_id, view_id, component_key: 'gauge', config: { unit: 'l' } }
  const made = await mia.supabase
    .from('widgets')
    .insert({ ...shows, x: 4, y: 0, width: 4, height: 2 })
    .select()
    .single()
  expect(await remove(vic)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect(await remove(ada)).toMatchObject({ status: 409, error: { code: 'conflict', details: '1' } })
  expect((await vic.supabase.rpc('get_component', { workspace_id, key: 'gauge' })).error).toBeNull()

  await mia.supabase.from('widgets').delete().match({ workspace_id, id: made.data?.id })
  expect((await remove(ada)).error).toBeNull()
  expect(await remove(ada)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('dashboard export', async () => {
  const exportAll = ({ supabase }: Person) => supabase.rpc('export_dashboard', { workspace_id })
  await mia.supabase.rpc('patch_preferences', { workspace_id, patch: { theme_mode: 'dark' } })
  const { data, error } = await exportAll(mia)
  expect(error).toBeNull()
  expect(exportSchema.parse(data)).toMatchObject({
    kind: 'dashboard',
    views: [{ id: view_id, layout: { widgets: [{ instanceId: one.instanceId }] } }],
    preferences: { theme_mode: 'dark' },
  })
  expect(exportSchema.parse((await exportAll(vic)).data).views).toEqual([])
  expect(await exportAll(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('dashboard export in parts', async () => {
  const exportPart = ({ supabase }: Person, after?: string) =>
    supabase.rpc('export_dashboard_part', { workspace_id, ...(after !== undefined && { after }) })
  const { data, error } = await exportPart(mia)
  expect(error).toBeNull()
  const { document, next, skipped } = dashboardPartSchema.parse(data)
  const whole = await mia.supabase.rpc('export_dashboard', { workspace_id })
  expect({ ...document, exportedAt: '' }).toEqual({ ...exportSchema.parse(whole.data), exportedAt: '' })
  expect([next, skipped]).toEqual([null, []])
  const warn = vi.fn()
  expect(await listOf(exportDashboard(mia.supabase, workspace_id, warn))).toMatchObject([
    { kind: 'dashboard', views: [{ id: view_id }] },
  ])
  expect(warn).not.toHaveBeenCalled()
  const untold = exportDashboard(mia.supabase, workspace_id, undefined as never)
  await expect(untold.next()).rejects.toThrow('Give onSkipped.')
  expect(await exportPart(mia, 'further')).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'after' },
  })
  expect(await exportPart(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('dashboard import', async () => {
  const exported = exportSchema.parse((await mia.supabase.rpc('export_dashboard', { workspace_id })).data)
  const elsewhere = await app.createWorkspace(eve)
  const importAll = ({ supabase }: Person, changes: Partial<typeof exported> = {}) =>
    supabase.rpc('import_dashboard', {
      workspace_id: elsewhere,
      document: { ...exported, ...changes },
    })
  const views = async () => (await eve.supabase.rpc('list_views', { workspace_id: elsewhere })).data
  const broken = { name: 'Broken', layout: layoutOf(widget({ config: { limit: 0 } })) }
  expect(await importAll(eve, { views: [...exported.views, { id: 'broken', ...broken }] })).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'views.1.layout.widgets.0.config.limit' },
  })
  expect(await importAll(mia)).toMatchObject({ status: 404, error: { code: 'not_found' } })
  expect(await views()).toEqual([])

  const { data, error } = await importAll(eve)
  expect(error).toBeNull()
  expect(importReportSchema.parse(data)).toMatchObject({ views: [{ from: view_id, name: 'Shared' }] })
  expect(await views()).toMatchObject([{ name: 'Shared', ownerId: eve.id, widgetCount: 1 }])
})
