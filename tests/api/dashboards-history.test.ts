import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { restoredViewSchema } from '../../types/history.ts'
import type { Layout } from '../../types/layout.ts'
import { type StoredView, storedViewSchema } from '../../types/view.ts'
import { insertComponent } from '../support/components.ts'
import { type FrontEnd, type Person, startFrontEnd } from '../support/front-end.ts'
import { layoutOf, widget } from '../support/layouts.ts'
import {
  compareVersions,
  createSharedView,
  layoutAt,
  listVersions,
  saveLayout,
  storedState,
  withWidget,
} from '../support/view-calls.ts'

// The history of a view, as a front end shows it: every save is a version, and going back is one more.

let app: FrontEnd
let ada: Person
let bob: Person
let workspace_id: string
let view: StoredView
const one = widget({ config: { limit: 1 } })
const two = widget({ position: { x: 3, y: 0, width: 3, height: 2 } })
const three = widget({ widgetId: 'total-revenue', config: {}, position: { x: 6, y: 0, width: 3, height: 2 } })

beforeAll(async () => {
  app = await startFrontEnd()
  ada = await app.signUp('Ada')
  bob = await app.signUp('Bob')
})
afterAll(() => app[Symbol.asyncDispose]())

beforeEach(async () => {
  workspace_id = await app.createWorkspace(ada, { member: bob })
  view = await createSharedView(ada, workspace_id, [one, two, three])
})

/** Saves a layout, and gives the view as it is then. */
async function saved(by: Person, from: StoredView, layout: Layout, label?: string): Promise<StoredView> {
  const { data, error } = await saveLayout(by, from, layout, label)
  if (error) throw error
  return storedViewSchema.parse(data)
}

const restore = ({ supabase }: Person, version: number, expected_version?: number) =>
  supabase.rpc('restore_view_version', {
    view_id: view.id,
    version,
    ...(expected_version === undefined ? {} : { expected_version }),
  })

/** The parts of widgets that a person decides about, by name. */
const decided = ({ widgets }: Layout) =>
  Object.fromEntries(
    widgets.map(({ instanceId, widgetId, position, visible, config }) => [
      instanceId,
      { widgetId, position, visible, config },
    ]),
  )

const without = ({ layout }: StoredView, gone: string): Layout => ({
  ...layout,
  widgets: layout.widgets.filter(({ instanceId }) => instanceId !== gone),
})

describe('the list of versions', () => {
  it('says who saved what, when, and what they called it', async () => {
    const second = await saved(
      bob,
      view,
      withWidget(view, one.instanceId, { visible: false }),
      ' Less\u202e ',
    )
    expect(second.version).toBe(view.version + 1)
    const versions = await listVersions(ada, view.id)
    expect(versions).toMatchObject([
      {
        version: view.version + 1,
        label: 'Less',
        savedBy: { id: bob.id, name: 'Bob' },
        isCurrent: true,
      },
      { version: view.version, label: null, savedBy: { id: ada.id, name: 'Ada' }, isCurrent: false },
    ])
    const [latest, first] = versions
    expect(Date.parse(latest?.savedAt ?? '')).toBeGreaterThan(Date.parse(first?.savedAt ?? ''))
    expect(await listVersions(ada, view.id, { before: view.version + 1, per_page: 1 })).toEqual([first])
  })

  it('refuses a label and a page that are none, and writes nothing', async () => {
    const stored = await storedState(app.server, view.id)
    const change = withWidget(view, one.instanceId, { visible: false })
    for (const label of ['x'.repeat(101), ' \u200b '])
      expect(await saveLayout(ada, view, change, label)).toMatchObject({
        status: 400,
        error: { code: 'invalid_input', details: 'label' },
      })
    expect(await storedState(app.server, view.id)).toEqual(stored)
    expect(await ada.supabase.rpc('list_view_versions', { view_id: view.id, per_page: 101 })).toMatchObject({
      status: 400,
      error: { code: 'invalid_input', details: 'per_page' },
    })
  })

  it('grows by one for each change of a single row', async () => {
    const row = {
      workspace_id,
      view_id: view.id,
      component_key: 'total-users',
      x: 0,
      y: 5,
      width: 3,
      height: 2,
    }
    const made = await bob.supabase.from('widgets').insert(row).select('id, instance_id').single()
    const id = made.data?.id ?? ''
    const instanceId = made.data?.instance_id ?? ''
    const match = { workspace_id, id }
    expect((await bob.supabase.from('widgets').update({ x: 9 }).match(match)).error).toBeNull()
    expect((await bob.supabase.from('widgets').update({ x: 9 }).match(match)).error).toBeNull()
    expect((await bob.supabase.from('widgets').delete().match(match)).error).toBeNull()

    const start = view.version
    expect((await listVersions(ada, view.id)).map(({ version }) => version)).toEqual([
      start + 3,
      start + 2,
      start + 1,
      start,
    ])
    const [made1, moved, gone] = await Promise.all(
      [1, 2, 3].map((step) => compareVersions(ada, view.id, start + step - 1, start + step)),
    )
    expect(made1).toMatchObject({ added: [{ instanceId, id }], removed: [], moved: [], changed: [] })
    expect(moved).toMatchObject({
      added: [],
      removed: [],
      moved: [{ instanceId, to: { x: 9 } }],
      changed: [],
    })
    expect(gone).toMatchObject({ added: [], removed: [{ instanceId, id }], moved: [], changed: [] })
    expect(decided(await layoutAt(ada, view.id, start))).toEqual(decided(view.layout))
  })
})

it('a comparison tells added, removed, moved and changed widgets, and the settings', async () => {
  const four = widget()
  const next = {
    ...withWidget(view, two.instanceId, { position: { x: 0, y: 8, width: 3, height: 2 } }),
    gap: 24,
  }
  next.widgets = [
    ...next.widgets
      .filter(({ instanceId }) => instanceId !== three.instanceId)
      .map((each) => (each.instanceId === one.instanceId ? { ...each, config: { limit: 9 } } : each)),
    four,
  ]
  const after = await saved(bob, view, next)

  const forwards = await compareVersions(ada, view.id, view.version)
  expect(forwards).toMatchObject({
    from: view.version,
    to: after.version,
    added: [{ instanceId: four.instanceId }],
    removed: [{ instanceId: three.instanceId }],
    moved: [{ instanceId: two.instanceId, from: two.position, to: { x: 0, y: 8, width: 3, height: 2 } }],
    changed: [{ instanceId: one.instanceId, from: { config: { limit: 1 } }, to: { config: { limit: 9 } } }],
    settings: { gap: { from: 16, to: 24 } },
  })
  const backwards = await compareVersions(ada, view.id, after.version, view.version)
  expect(backwards).toMatchObject({
    added: forwards.removed,
    removed: forwards.added,
    settings: { gap: { from: 24, to: 16 } },
  })
  expect(await compareVersions(ada, view.id, after.version)).toMatchObject({
    added: [],
    removed: [],
    moved: [],
    changed: [],
    settings: {},
  })
})

describe('a restored version', () => {
  it('is a version of its own, and its widgets are the ones that they were', async () => {
    const [kept] = view.layout.widgets
    const changed = await saved(ada, view, {
      ...without(view, one.instanceId),
      rowHeight: 100,
    })
    const { data, error } = await restore(bob, view.version)
    expect(error).toBeNull()
    const restored = restoredViewSchema.parse(data)
    expect(restored.version).toBe(changed.version + 1)
    expect(restored.skipped).toEqual([])
    expect(restored.layout.rowHeight).toBe(80)
    expect(decided(restored.layout)).toEqual(decided(view.layout))
    expect(restored.layout.widgets.find(({ instanceId }) => instanceId === one.instanceId)?.id).toBe(kept?.id)
    expect((await listVersions(ada, view.id))[0]).toMatchObject({
      label: `Restored from version ${view.version}`,
      savedBy: { id: bob.id },
    })
  })

  it('undoes, and what it undid can be had back', async () => {
    const changed = await saved(
      ada,
      view,
      withWidget(view, one.instanceId, { config: { limit: 50 }, visible: false }),
    )
    const undone = restoredViewSchema.parse((await restore(ada, view.version)).data)
    expect(decided(undone.layout)).toEqual(decided(view.layout))
    const redone = restoredViewSchema.parse((await restore(ada, changed.version)).data)
    expect(decided(redone.layout)).toEqual(decided(changed.layout))
    expect(redone.version).toBe(changed.version + 2)
  })

  it('leaves alone what others changed since a version that is named, and conflicts where it would not', async () => {
    const first = await saved(ada, view, withWidget(view, one.instanceId, { visible: false }))
    await saved(bob, first, withWidget(first, two.instanceId, { visible: false }))
    const undone = restoredViewSchema.parse((await restore(ada, view.version, first.version)).data)
    expect(decided(undone.layout)).toMatchObject({
      [one.instanceId]: { visible: true },
      [two.instanceId]: { visible: false },
    })

    const third = await saved(bob, undone, withWidget(undone, one.instanceId, { config: { limit: 3 } }))
    const fourth = await saved(bob, third, withWidget(third, one.instanceId, { config: { limit: 4 } }))
    const stored = await storedState(app.server, view.id)
    expect(fourth.version).toBe(stored.version)
    expect(await restore(ada, view.version, third.version)).toMatchObject({
      status: 409,
      error: { code: 'conflict' },
    })
    expect(await storedState(app.server, view.id)).toEqual(stored)
  })

  it('says which widgets it had to leave out, and brings the others', async () => {
    await insertComponent(app.server, workspace_id, {})
    const custom = widget({ widgetId: 'gauge', config: { unit: 'l' } })
    const withGauge = await saved(ada, view, {
      ...view.layout,
      widgets: [custom, ...view.layout.widgets],
    })
    const place = withGauge.layout.widgets.findIndex(({ instanceId }) => instanceId === custom.instanceId)
    await saved(ada, withGauge, layoutOf())
    expect((await ada.supabase.rpc('delete_component', { workspace_id, key: 'gauge' })).error).toBeNull()

    const restored = restoredViewSchema.parse((await restore(ada, withGauge.version)).data)
    expect(restored.skipped).toEqual([
      {
        path: `widgets.${place}`,
        instanceId: custom.instanceId,
        code: 'not_found',
        message: expect.any(String),
      },
    ])
    expect(decided(restored.layout)).toEqual(decided(view.layout))
  })

  it('has to be there, and to be restored by somebody who may edit', async () => {
    const vic = await app.signUp('Vic')
    await app.server.query(
      "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'viewer')",
      [workspace_id, vic.id],
    )
    const stored = await storedState(app.server, view.id)
    for (const version of [0, -1, view.version + 1, 2 ** 40])
      expect(await restore(ada, version)).toMatchObject({
        status: 404,
        error: { code: 'not_found', details: 'version' },
      })
    expect(await restore(ada, view.version, view.version + 1)).toMatchObject({
      status: 400,
      error: { code: 'invalid_input', details: 'expected_version' },
    })
    expect(await restore(vic, view.version)).toMatchObject({
      status: 403,
      error: { code: 'permission_denied' },
    })
    expect(await storedState(app.server, view.id)).toEqual(stored)
    expect(await listVersions(vic, view.id)).toHaveLength(1)
  })
})

describe('what is kept', () => {
  /** Moves a widget that many times, each a version. */
  async function saveTimes(times: number): Promise<StoredView> {
    let now = view
    for (let time = 1; time <= times; time++)
      now = await saved(ada, now, withWidget(now, one.instanceId, { config: { limit: (time % 90) + 2 } }))
    return now
  }

  const age = (interval: string) =>
    app.server.query(
      'update private.view_versions set saved_at = saved_at - $2::interval where view_id = $1',
      [view.id, interval],
    )

  it('is on the free plan 50 versions, and those of the last seven days', async () => {
    const recent = await saveTimes(54)
    expect(await listVersions(ada, view.id, { per_page: 100 })).toHaveLength(recent.version)
    await age('7 days 1 hour')
    const now = await saved(
      ada,
      recent,
      withWidget(recent, one.instanceId, { config: { limit: 1 }, visible: false }),
    )
    const versions = (await listVersions(ada, view.id, { per_page: 100 })).map(({ version }) => version)
    expect(versions).toEqual(Array.from({ length: 50 }, (_, index) => now.version - index))
    const { rows } = await app.server.query(
      'select count(*)::integer from private.view_versions where view_id = $1',
      [view.id],
    )
    expect(rows).toEqual([{ count: 50 }])
    expect(await restore(ada, view.version)).toMatchObject({ status: 404, error: { code: 'not_found' } })
    expect((await restore(ada, now.version - 48)).error).toBeNull()

    // Somebody who began from a version that is gone is in conflict about what changed since, and about nothing else.
    const late = await saveLayout(bob, view, withWidget(view, one.instanceId, { config: { limit: 99 } }))
    expect(late).toMatchObject({ status: 409, error: { code: 'conflict' } })
  })

  it('is everything on premium, until something is saved on the free plan', async () => {
    const plan = (name: string) =>
      app.server.query('update public.workspaces set plan_type = $2 where id = $1', [workspace_id, name])
    await plan('premium')
    const now = await saveTimes(53)
    const reach = async () => (await listVersions(ada, view.id, { per_page: 100 })).length
    await age('8 days')
    const next = await saved(ada, now, withWidget(now, one.instanceId, { visible: false }))
    expect(await reach()).toBe(next.version)
    expect(decided(await layoutAt(ada, view.id, view.version))).toEqual(decided(view.layout))

    await plan('free')
    expect(await reach()).toBe(next.version)
    await saved(ada, next, withWidget(next, one.instanceId, { visible: true }))
    expect(await reach()).toBe(50)
    await expect(layoutAt(ada, view.id, view.version)).rejects.toMatchObject({ code: 'not_found' })
  })
})
