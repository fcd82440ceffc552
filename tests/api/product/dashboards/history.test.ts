import { beforeEach, describe, expect, it } from 'vitest'
import type { StoredView } from '../../../../types/view.ts'
import { widget } from '../../../support/dashboards/layouts.ts'
import { decided, one, saved, sharedViewSuite, three, two } from '../../../support/dashboards/shared-view.ts'
import {
  compareVersions,
  layoutAt,
  listVersions,
  restoreVersion,
  saveLayout,
  storedState,
  withWidget,
} from '../../../support/dashboards/view-calls.ts'
import type { FrontEnd, Person } from '../../../support/http/front-end.ts'
import { setPlan } from '../../../support/people/plan.ts'

// The history of a view, as a front end shows it: every save is a version.

const suite = sharedViewSuite()
let app: FrontEnd
let ada: Person
let bob: Person
let workspace_id: string
let view: StoredView

beforeEach(() => {
  ;({ app, ada, bob, workspace_id, view } = suite())
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
    expect(await restoreVersion(ada, view, view.version)).toMatchObject({
      status: 404,
      error: { code: 'not_found' },
    })
    expect((await restoreVersion(ada, view, now.version - 48)).error).toBeNull()

    // Somebody who began from a version that is gone is in conflict about what changed since, and about nothing else.
    const late = await saveLayout(bob, view, withWidget(view, one.instanceId, { config: { limit: 99 } }))
    expect(late).toMatchObject({ status: 409, error: { code: 'conflict' } })
  })

  it('is everything on premium, and stays when the plan ends, out of reach until it is premium again', async () => {
    const plan = (name: 'free' | 'premium') => setPlan(app.server, name, workspace_id)
    await plan('premium')
    const now = await saveTimes(53)
    const reach = async () => (await listVersions(ada, view.id, { per_page: 100 })).length
    await age('8 days')
    const next = await saved(ada, now, withWidget(now, one.instanceId, { visible: false }))
    expect(await reach()).toBe(next.version)
    expect(decided(await layoutAt(ada, view.id, view.version))).toEqual(decided(view.layout))

    await plan('free')
    expect(await reach()).toBe(50)
    await saved(ada, next, withWidget(next, one.instanceId, { visible: true }))
    expect(await reach()).toBe(50)
    await expect(layoutAt(ada, view.id, view.version)).rejects.toMatchObject({ code: 'not_found' })

    await plan('premium')
    expect(await reach()).toBe(next.version + 1)
    expect(decided(await layoutAt(ada, view.id, view.version))).toEqual(decided(view.layout))
  })
})
