import { beforeEach, describe, expect, it } from 'vitest'
import type { Widget } from '../../../../types/layout.ts'
import { type StoredView, storedViewSchema } from '../../../../types/view.ts'
import { widget } from '../../../support/dashboards/layouts.ts'
import {
  configs,
  one,
  saveWidget,
  sharedViewSuite,
  three,
  two,
  updateRow,
} from '../../../support/dashboards/shared-view.ts'
import {
  conflictsOf,
  readView,
  saveLayout,
  storedState,
  withWidget,
} from '../../../support/dashboards/view-calls.ts'
import type { FrontEnd, Person } from '../../../support/http/front-end.ts'

// Two people, each with a client of their own, who edit one view at the same time.

const suite = sharedViewSuite()
let app: FrontEnd
let ada: Person
let bob: Person
let view: StoredView

beforeEach(() => {
  ;({ app, ada, bob, view } = suite())
})

const save = (by: Person, one: Widget, changes: Partial<Widget>) => saveWidget(by, view, one, changes)
const before = { [one.instanceId]: one.config, [two.instanceId]: two.config, [three.instanceId]: {} }

describe('two people who change different widgets both succeed', () => {
  it('with whole layouts that begin from the same version', async () => {
    const answers = await Promise.all([
      save(ada, one, { config: { limit: 7 } }),
      save(bob, two, { config: { limit: 8 }, visible: false }),
    ])
    expect(answers.map(({ error }) => error)).toEqual([null, null])

    const after = await readView(bob, view.id)
    expect(after.version).toBe(view.version + 2)
    expect(configs(after)).toEqual({
      ...before,
      [one.instanceId]: { limit: 7 },
      [two.instanceId]: { limit: 8 },
    })
    const answered = answers.map(({ data }) => storedViewSchema.parse(data))
    expect(answered.map(({ version }) => version).sort()).toEqual([view.version + 1, view.version + 2])
    expect(answered.find(({ version }) => version === after.version)?.layout).toEqual(after.layout)
  })

  it('with a whole layout and a single row', async () => {
    const answers = await Promise.all([
      save(ada, one, { config: { limit: 7 } }),
      updateRow(bob, suite(), two, { config: { limit: 8 }, version: 1 }),
    ])
    expect(answers.map(({ error }) => error)).toEqual([null, null])
    const after = await readView(ada, view.id)
    expect(after.version).toBe(view.version + 2)
    expect(configs(after)).toEqual({
      ...before,
      [one.instanceId]: { limit: 7 },
      [two.instanceId]: { limit: 8 },
    })
  })

  it('with two single rows', async () => {
    const answers = await Promise.all([
      updateRow(ada, suite(), one, { config: { limit: 7 }, version: 1 }),
      updateRow(bob, suite(), two, { x: 9, version: 1 }),
    ])
    expect(answers.map(({ error }) => error)).toEqual([null, null])
    const after = await readView(ada, view.id)
    expect(after.version).toBe(view.version + 2)
    expect(after.layout.widgets).toMatchObject([
      { instanceId: one.instanceId, config: { limit: 7 }, version: 2 },
      { instanceId: three.instanceId, version: 1 },
      { instanceId: two.instanceId, position: { x: 9, y: 0, width: 3, height: 2 }, version: 2 },
    ])
  })

  it('where one adds, one removes and one changes the gap', async () => {
    const four = widget({ position: { x: 0, y: 9, width: 12, height: 1 } })
    const answers = await Promise.all([
      saveLayout(ada, view, { ...view.layout, widgets: [...view.layout.widgets, four] }),
      saveLayout(bob, view, {
        ...view.layout,
        widgets: view.layout.widgets.filter(({ instanceId }) => instanceId !== three.instanceId),
      }),
      saveLayout(ada, view, { ...view.layout, gap: 24 }),
    ])
    expect(answers.map(({ error }) => error)).toEqual([null, null, null])
    const { layout, version } = await readView(ada, view.id)
    expect(version).toBe(view.version + 3)
    expect(layout).toMatchObject({ rowHeight: 80, gap: 24 })
    expect(layout.widgets.map(({ instanceId }) => instanceId)).toEqual([
      one.instanceId,
      two.instanceId,
      four.instanceId,
    ])
  })

  it('and where both made the same change, nobody is asked', async () => {
    const answers = await Promise.all([
      save(ada, one, { config: { limit: 7 } }),
      save(bob, one, { config: { limit: 7 } }),
    ])
    expect(answers.map(({ error }) => error)).toEqual([null, null])
    expect((await readView(ada, view.id)).version).toBe(view.version + 1)
  })
})

describe('of two people who change the same widget, the second', () => {
  it('gets what they began from, what is there and what they would have, and changes nothing', async () => {
    expect((await save(ada, one, { config: { limit: 7 } })).error).toBeNull()
    const stored = await storedState(app.server, view.id)

    const { status, error } = await save(bob, one, { config: { limit: 8 }, visible: false })
    expect([status, error?.code]).toEqual([409, 'conflict'])
    const content = (limit: number) => ({ widgetId: one.widgetId, config: { limit } })
    const conflicts = conflictsOf(error)
    expect(conflicts).toMatchObject({
      version: view.version + 1,
      conflicts: [
        {
          key: `widgets.${one.instanceId}.content`,
          path: 'widgets.0',
          instanceId: one.instanceId,
          part: 'content',
          base: content(1),
          theirs: content(7),
          mine: content(8),
        },
      ],
      merged: withWidget(await readView(bob, view.id), one.instanceId, { visible: false }),
    })
    expect(await storedState(app.server, view.id)).toEqual(stored)

    const decided = await bob.supabase.rpc('save_layout', {
      view_id: view.id,
      layout: withWidget(view, one.instanceId, { config: { limit: 8 }, visible: false }),
      expected_version: view.version,
      resolve: { version: conflicts.version, choices: { [conflicts.conflicts[0]?.key ?? '']: 'mine' } },
    })
    expect(decided.error).toBeNull()
    const after = await readView(ada, view.id)
    expect(configs(after)).toEqual({ ...before, [one.instanceId]: { limit: 8 } })
    expect(after.layout.widgets[0]?.visible).toBe(false)
  })

  it('gets the same of a single row', async () => {
    expect((await save(ada, one, { config: { limit: 7 } })).error).toBeNull()
    const stored = await storedState(app.server, view.id)

    const { status, error } = await updateRow(bob, suite(), one, { config: { limit: 8 }, version: 1 })
    expect([status, error?.code]).toEqual([409, 'conflict'])
    const [kept] = view.layout.widgets
    expect(conflictsOf(error)).toEqual({
      version: 2,
      conflicts: [
        {
          key: `widgets.${one.instanceId}`,
          path: '',
          instanceId: one.instanceId,
          base: kept,
          theirs: { ...kept, config: { limit: 7 }, version: 2, lastUpdated: expect.any(String) },
          mine: { ...kept, config: { limit: 8 }, lastUpdated: expect.any(String) },
        },
      ],
    })
    expect(await storedState(app.server, view.id)).toEqual(stored)
  })

  it('is the second also where both come at once', async () => {
    const answers = await Promise.all([
      save(ada, one, { config: { limit: 7 } }),
      save(bob, one, { config: { limit: 8 } }),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const winner = answers.findIndex(({ status }) => status === 200)
    expect(configs(await readView(ada, view.id))[one.instanceId]).toEqual({ limit: 7 + winner })
  })

  it('gets a conflict also where one side removed the widget', async () => {
    const without = {
      ...view.layout,
      widgets: view.layout.widgets.filter(({ instanceId }) => instanceId !== one.instanceId),
    }
    const [kept] = view.layout.widgets
    expect((await save(ada, one, { visible: false })).error).toBeNull()
    const removal = await saveLayout(bob, view, without)
    expect(removal.error?.code).toBe('conflict')
    expect(conflictsOf(removal.error).conflicts).toMatchObject([
      { path: null, instanceId: one.instanceId, base: kept, theirs: { visible: false }, mine: null },
    ])

    const now = await readView(ada, view.id)
    expect((await saveLayout(bob, now, without)).error).toBeNull()
    const change = await saveLayout(ada, now, withWidget(now, one.instanceId, { visible: true }))
    expect(change.error?.code).toBe('conflict')
    expect(conflictsOf(change.error).conflicts).toMatchObject([
      { path: 'widgets.0', instanceId: one.instanceId, theirs: null, mine: { visible: true } },
    ])
  })

  it('gets a conflict about the gap', async () => {
    expect((await saveLayout(ada, view, { ...view.layout, gap: 20 })).error).toBeNull()
    const { error } = await saveLayout(bob, view, { ...view.layout, gap: 30, rowHeight: 90 })
    expect(conflictsOf(error).conflicts).toEqual([
      { key: 'gap', path: 'gap', base: 16, theirs: 20, mine: 30 },
    ])
    expect((await readView(ada, view.id)).layout).toMatchObject({ gap: 20, rowHeight: 80 })
  })
})

it('a layout that is saved as it is makes no version', async () => {
  const stored = await storedState(app.server, view.id)
  const { data, error } = await saveLayout(bob, view, view.layout)
  expect(error).toBeNull()
  expect(storedViewSchema.parse(data)).toMatchObject({ version: view.version, layout: view.layout })
  expect(await storedState(app.server, view.id)).toEqual(stored)
})
