import { beforeEach, describe, expect, it } from 'vitest'
import { restoredViewSchema } from '../../../../types/history.ts'
import type { Layout } from '../../../../types/layout.ts'
import type { StoredView } from '../../../../types/view.ts'
import { insertComponent } from '../../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../../support/dashboards/layouts.ts'
import { decided, one, saved, sharedViewSuite, two } from '../../../support/dashboards/shared-view.ts'
import {
  listVersions,
  restoreVersion,
  storedState,
  withWidget,
} from '../../../support/dashboards/view-calls.ts'
import type { FrontEnd, Person } from '../../../support/http/front-end.ts'

// Going back to a version of a view, which is a version more.

const suite = sharedViewSuite()
let app: FrontEnd
let ada: Person
let bob: Person
let workspace_id: string
let view: StoredView

beforeEach(() => {
  ;({ app, ada, bob, workspace_id, view } = suite())
})

const restore = (by: Person, version: number, expected?: number) =>
  restoreVersion(by, view, version, expected)

const without = ({ layout }: StoredView, gone: string): Layout => ({
  ...layout,
  widgets: layout.widgets.filter(({ instanceId }) => instanceId !== gone),
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
    expect(await restore(ada, view.version, third.version)).toMatchObject({
      status: 409,
      error: { code: 'conflict' },
    })
    expect(await storedState(app.server, view.id)).toEqual(stored)
    expect(fourth.version).toBe(stored.version)
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
