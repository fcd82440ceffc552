import { beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { availableComponentSchema } from '../../../types/component.ts'
import { editConflictsSchema } from '../../../types/conflict.ts'
import { dashboardSchema } from '../../../types/dashboard.ts'
import { listedViewSchema, type StoredView, storedViewSchema } from '../../../types/view.ts'
import { contractComponents, gauge } from '../../support/dashboards/components.ts'
import { contractView, layoutOf, widget } from '../../support/dashboards/layouts.ts'
import {
  conflictsOf,
  createSharedView,
  readView,
  storedState,
  withWidget,
} from '../../support/dashboards/view-calls.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'
import { setPlan } from '../../support/people/plan.ts'

// The rows of docs/endpoints.md about the dashboard and its widgets.

let app: FrontEnd
/** A member, a viewer, and somebody who is not in the workspace. */
let mia: Person
let vic: Person
let eve: Person
let workspace_id: string
/** A view that Mia shares with everyone in the workspace. */
let view: StoredView
let view_id: string
const one = widget({ config: { limit: 1 } })

const people = endpointSuite()

beforeEach(async () => {
  ;({ app, mia, vic, eve, workspace_id } = people())
  view = await createSharedView(mia, workspace_id, [one])
  view_id = view.id
})

const stored = () => storedState(app.server, view_id)

it('dashboard config get', async () => {
  const get = ({ supabase }: Person, more: { view_id?: string } = {}) =>
    supabase.rpc('get_dashboard', { workspace_id, ...more })
  const { data, error } = await get(vic)
  expect(error).toBeNull()
  expect(dashboardSchema.parse(data)).toMatchObject({
    view: { id: view_id, source: 'shared', access: 'view', layout: { widgets: [one] } },
    components: [{ id: one.widgetId, kind: 'built_in', type: 'table', version: null }],
    theme: { id: 'default', source: 'built_in' },
    preferences: { theme_mode: 'system', active_dashboard_view: null },
  })
  expect(dashboardSchema.parse((await get(mia)).data).view).toMatchObject({ id: view_id, source: 'own' })
  expect(dashboardSchema.parse((await get(vic, { view_id })).data)).toMatchObject({
    view: { id: view_id, access: 'view', layout: { widgets: [one] } },
  })
  expect(await get(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })

  // Where nothing is shared it is the initial view, of which a viewer sees the widgets whose component is for viewers.
  expect((await mia.supabase.rpc('delete_view', { view_id })).error).toBeNull()
  expect(dashboardSchema.parse((await get(vic)).data).view).toMatchObject({
    ...contractView,
    source: 'built_in',
    layout: {
      ...contractView.layout,
      widgets: contractView.layout.widgets.filter(({ widgetId }) => widgetId === 'recent-orders'),
    },
  })
})

it('dashboard config save', async () => {
  const save = ({ supabase }: Person, changes: Partial<StoredView>) =>
    supabase.rpc('save_view', {
      view_id,
      document: { ...view, ...changes },
      expected_version: view.version,
    })
  const untouched = await stored()
  expect(await save(vic, { name: 'Mine' })).toMatchObject({
    status: 403,
    error: { code: 'permission_denied' },
  })
  expect(await save(mia, { name: '' })).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'name' },
  })
  expect(await stored()).toEqual(untouched)

  const layout = { ...view.layout, gap: 8 }
  const { data, error } = await save(mia, { name: 'Sales', description: 'By day', layout })
  expect(error).toBeNull()
  expect(storedViewSchema.parse(data)).toMatchObject({
    name: 'Sales',
    description: 'By day',
    layout,
    version: view.version + 1,
  })
  expect(await readView(vic, view_id)).toMatchObject({ name: 'Sales', layout: { gap: 8 } })
  const opened = dashboardSchema.parse((await mia.supabase.rpc('get_dashboard', { workspace_id })).data).view
  const again = await mia.supabase.rpc('save_view', {
    view_id,
    document: opened,
    expected_version: view.version + 1,
  })
  expect(again).toMatchObject({ error: null, data: { name: 'Sales', version: view.version + 1 } })
  const late = await save(mia, { layout: { ...view.layout, gap: 9 } })
  expect(late).toMatchObject({ status: 409, error: { code: 'conflict' } })
})

it('dashboard views list', async () => {
  await mia.supabase.rpc('create_view', { workspace_id, name: 'Private' })
  const list = ({ supabase }: Person) => supabase.rpc('list_views', { workspace_id })
  const { data, error } = await list(vic)
  expect(error).toBeNull()
  expect(z.array(listedViewSchema).parse(data)).toMatchObject([
    { id: view_id, name: 'Shared', access: 'view', ownerId: mia.id, widgetCount: 1, isActive: false },
  ])
  expect(z.array(listedViewSchema).parse((await list(mia)).data)).toMatchObject([
    { name: 'Private', access: 'manage', visibility: 'personal' },
    { id: view_id, access: 'manage', visibility: 'workspace' },
  ])
  expect(await list(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('dashboard views create', async () => {
  const create = ({ supabase }: Person, name: string, limit: number) =>
    supabase.rpc('create_view', {
      workspace_id,
      name,
      description: 'By day',
      layout: layoutOf(widget({ config: { limit } })),
      visibility: 'workspace',
    })
  const made = await create(mia, 'Sales', 5)
  expect(made.error).toBeNull()
  const sales = storedViewSchema.parse(made.data)
  expect(sales).toMatchObject({ name: 'Sales', description: 'By day', ownerId: mia.id, access: 'manage' })
  expect(await readView(vic, sales.id)).toMatchObject({ layout: { widgets: [{ config: { limit: 5 } }] } })

  expect(await create(mia, 'Sales', 0)).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'layout.widgets.0.config.limit' },
  })
  expect(await create(vic, 'Sales', 5)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  const { rows } = await app.server.query(
    'select name from public.dashboard_views where workspace_id = $1 order by name',
    [workspace_id],
  )
  expect(rows).toEqual([{ name: 'Sales' }, { name: 'Shared' }])
})

it('dashboard views update', async () => {
  const update = (
    { supabase }: Person,
    columns: { name?: string; description?: string; visibility?: string },
  ) => supabase.from('dashboard_views').update(columns).match({ workspace_id, id: view_id }).select().single()
  const renamed = await update(mia, { name: 'Sales', description: 'By day', visibility: 'workspace' })
  expect(renamed).toMatchObject({
    error: null,
    data: { name: 'Sales', description: 'By day', version: view.version + 1 },
  })
  expect(await update(mia, { name: ' ' })).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'name' },
  })
  expect(await update(vic, { name: 'Mine' })).toMatchObject({ status: 406, error: { code: 'PGRST116' } })
  expect(await readView(vic, view_id)).toMatchObject({ name: 'Sales', description: 'By day' })
})

it('dashboard views delete', async () => {
  const remove = ({ supabase }: Person) => supabase.rpc('delete_view', { view_id })
  expect(await remove(vic)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect(await remove(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
  expect(await readView(vic, view_id)).toMatchObject({ name: 'Shared' })

  expect((await remove(mia)).error).toBeNull()
  await expect(readView(vic, view_id)).rejects.toMatchObject({ code: 'not_found' })
  const restored = await mia.supabase.rpc('restore_view', { view_id })
  expect(storedViewSchema.parse(restored.data).layout).toEqual(view.layout)
  expect((await readView(vic, view_id)).layout).toEqual(view.layout)
})

it('dashboard views activate', async () => {
  const activate = ({ supabase }: Person) => supabase.rpc('activate_view', { workspace_id, view_id })
  expect(await activate(vic)).toMatchObject({
    error: null,
    data: { id: view_id, source: 'active', isActive: true },
  })
  expect(await activate(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })

  const active = async ({ supabase }: Person) => (await supabase.rpc('active_view', { workspace_id })).data
  expect(await active(vic)).toMatchObject({ id: view_id, source: 'active' })
  expect(await active(mia)).toMatchObject({ id: view_id, source: 'own' })
  const none = await vic.supabase.rpc('activate_view', { workspace_id })
  expect(none).toMatchObject({ error: null, data: { source: 'shared' } })
})

it('dashboard layout', async () => {
  const save = ({ supabase }: Person, limit: number) =>
    supabase.rpc('save_layout', {
      view_id,
      layout: withWidget(view, one.instanceId, { config: { limit } }),
      expected_version: view.version,
      label: 'Longer',
    })
  const { data, error } = await save(mia, 7)
  expect(error).toBeNull()
  expect(storedViewSchema.parse(data)).toMatchObject({
    version: view.version + 1,
    layout: { widgets: [{ ...one, config: { limit: 7 } }] },
  })
  const saved = await stored()
  const late = await save(mia, 8)
  expect(late).toMatchObject({ status: 409, error: { code: 'conflict' } })
  expect(conflictsOf(late.error)).toMatchObject({
    version: view.version + 1,
    conflicts: [{ path: 'widgets.0', instanceId: one.instanceId, theirs: { config: { limit: 7 } } }],
  })
  expect(await save(vic, 8)).toMatchObject({ status: 403, error: { code: 'permission_denied' } })
  expect(await save(eve, 8)).toMatchObject({ status: 404, error: { code: 'not_found' } })
  expect(await stored()).toEqual(saved)

  const versions = await vic.supabase.rpc('list_view_versions', { view_id })
  expect(versions.data).toMatchObject([
    { version: view.version + 1, label: 'Longer', savedBy: { id: mia.id, name: 'Mia' } },
    { version: view.version, label: null },
  ])
})

it('dashboard components list', async () => {
  const list = ({ supabase }: Person) => supabase.rpc('available_components', { workspace_id })
  const { data, error } = await list(vic)
  expect(error).toBeNull()
  const forViewers = contractComponents.filter(({ allowedRoles }) => allowedRoles.includes('viewer'))
  expect(z.array(availableComponentSchema).parse(data)).toMatchObject(forViewers)
  expect(forViewers.length).toBeLessThan(contractComponents.length)
  expect(await list(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('dashboard components add', async () => {
  const ada = await app.signUp('Ada')
  const workspace_id = await app.createWorkspace(ada, { member: mia, viewer: vic })
  const publish = ({ supabase }: Person, changes: Partial<typeof gauge> = {}) =>
    supabase.rpc('publish_component', { workspace_id, document: { ...gauge, ...changes } })
  expect(await publish(ada)).toMatchObject({ status: 402, error: { code: 'payment_required' } })
  await setPlan(app.server, 'premium', workspace_id)

  const { data, error } = await publish(ada)
  expect(error).toBeNull()
  expect(availableComponentSchema.parse(data)).toMatchObject({ ...gauge, kind: 'custom' })
  expect(await publish(ada)).toMatchObject({ status: 409, error: { code: 'conflict', details: '1.0.0' } })
  expect(await publish(vic, { version: '1.1.0' })).toMatchObject({
    status: 403,
    error: { code: 'permission_denied' },
  })

  const listed = await mia.supabase.rpc('available_components', { workspace_id })
  expect(z.array(availableComponentSchema).parse(listed.data).at(-1)).toMatchObject({
    id: 'gauge',
    version: '1.0.0',
  })
})

it('widgets list', async () => {
  const list = ({ supabase }: Person) => supabase.from('widgets').select().match({ workspace_id, view_id })
  const [first] = view.layout.widgets
  expect(await list(vic)).toMatchObject({
    error: null,
    data: [
      {
        id: first?.id,
        instance_id: one.instanceId,
        component_key: one.widgetId,
        ...one.position,
        visible: true,
        config: one.config,
        version: 1,
      },
    ],
  })
  expect(await list(eve)).toMatchObject({ error: null, data: [] })
})

it('widgets config', async () => {
  const id = view.layout.widgets[0]?.id ?? ''
  const configure = ({ supabase }: Person, config: { limit: number }, version: number) =>
    supabase.from('widgets').update({ config, version }).match({ workspace_id, id }).select().single()
  expect(await configure(mia, { limit: 7 }, 1)).toMatchObject({
    error: null,
    data: { config: { limit: 7 }, version: 2 },
  })
  const configured = await stored()
  const late = await configure(mia, { limit: 8 }, 1)
  expect(late).toMatchObject({ status: 409, error: { code: 'conflict' } })
  expect(editConflictsSchema.parse(JSON.parse(late.error?.details ?? ''))).toMatchObject({
    version: 2,
    conflicts: [
      { base: { config: { limit: 1 } }, theirs: { config: { limit: 7 } }, mine: { config: { limit: 8 } } },
    ],
  })
  expect(await configure(mia, { limit: 0 }, 2)).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'config.limit' },
  })
  expect(await configure(vic, { limit: 8 }, 2)).toMatchObject({ status: 406, error: { code: 'PGRST116' } })
  expect(await stored()).toEqual(configured)
  expect(await readView(vic, view_id)).toMatchObject({
    version: view.version + 1,
    layout: { widgets: [{ config: { limit: 7 } }] },
  })
})
