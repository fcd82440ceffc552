import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Resolve } from '../../../../types/conflict.ts'
import type { Layout } from '../../../../types/layout.ts'
import { mergeLayouts } from '../../../../types/merge.ts'
import { type StoredView, storedViewSchema } from '../../../../types/view.ts'
import { layoutOf, widget } from '../../../support/dashboards/layouts.ts'
import {
  conflictsOf,
  createSharedView,
  readView,
  saveLayout,
  storedState,
  withWidget,
} from '../../../support/dashboards/view-calls.ts'
import { borrowFrontEnd, type FrontEnd, type Person } from '../../../support/http/front-end.ts'

// A save that meets a colleague's change of the same part, and how the person answers.

let app: FrontEnd
let ada: Person
let bob: Person
let workspace_id: string
let view: StoredView
const one = widget({ config: { limit: 1 } })
const two = widget({ position: { x: 3, y: 0, width: 3, height: 2 } })
const content = `widgets.${one.instanceId}.content`

beforeAll(async () => {
  app = await borrowFrontEnd()
  ada = await app.signUp('Ada')
  bob = await app.signUp('Bob')
  workspace_id = await app.createWorkspace(ada, { member: bob })
})
afterAll(() => app[Symbol.asyncDispose]())

beforeEach(async () => {
  view = await createSharedView(ada, workspace_id, [one, two])
})

const answer = ({ supabase }: Person, layout: Layout, resolve: Resolve) =>
  supabase.rpc('save_layout', { view_id: view.id, layout, expected_version: view.version, resolve })

const saveView = (
  { supabase }: Person,
  document: Omit<StoredView, 'layout'> & { layout: Layout },
  resolve?: Resolve,
) =>
  supabase.rpc('save_view', {
    view_id: document.id,
    document,
    expected_version: document.version,
    ...(resolve ? { resolve } : {}),
  })

const configured = (limit: number) => withWidget(view, one.instanceId, { config: { limit } })

describe('of one widget', () => {
  it('position, visibility and content are changed by three people at once', async () => {
    const changes = [{ visible: false }, { position: { ...one.position, y: 7 } }, { config: { limit: 9 } }]
    for (const [index, change] of changes.entries())
      expect(
        (await saveLayout(index % 2 ? bob : ada, view, withWidget(view, one.instanceId, change))).error,
      ).toBeNull()
    const { layout } = await readView(ada, view.id)
    expect(layout.widgets.find(({ instanceId }) => instanceId === one.instanceId)).toMatchObject(
      Object.assign({}, ...changes),
    )
  })

  it('what both changed is asked, and merged is what a front end would show meanwhile', async () => {
    expect((await saveLayout(ada, view, { ...configured(2), gap: 4 })).error).toBeNull()
    const mine = { ...configured(3), rowHeight: 90 }
    const { error } = await saveLayout(bob, view, mine)
    const { version, conflicts, merged } = conflictsOf(error)
    expect(version).toBe(view.version + 1)
    const theirs = (await readView(bob, view.id)).layout
    expect({ conflicts, merged }).toEqual(mergeLayouts({ base: view.layout, theirs, mine }))
    expect(merged).toMatchObject({ gap: 4, rowHeight: 90 })
  })

  it.each([
    ['mine', 3],
    ['theirs', 2],
  ] as const)(
    'the answer %s is what stands, and nothing else of either side is lost',
    async (choice, limit) => {
      expect((await saveLayout(ada, view, { ...configured(2), gap: 4 })).error).toBeNull()
      const mine = { ...configured(3), rowHeight: 90 }
      const { version } = conflictsOf((await saveLayout(bob, view, mine)).error)
      // Somebody else, elsewhere in the view, between the question and the answer.
      const now = await readView(ada, view.id)
      await saveLayout(ada, now, withWidget(now, two.instanceId, { visible: false }))
      const { data, error } = await answer(bob, mine, {
        version,
        choices: { [content]: choice, gone: 'mine' },
      })
      expect(error).toBeNull()
      expect(storedViewSchema.parse(data)).toMatchObject({
        version: view.version + 3,
        layout: {
          gap: 4,
          rowHeight: 90,
          widgets: [
            { instanceId: one.instanceId, config: { limit } },
            { instanceId: two.instanceId, visible: false },
          ],
        },
      })
    },
  )

  it('an answer about what changed again meanwhile does not count', async () => {
    expect((await saveLayout(ada, view, configured(2))).error).toBeNull()
    const { version } = conflictsOf((await saveLayout(bob, view, configured(3))).error)
    const now = await readView(ada, view.id)
    await saveLayout(ada, now, withWidget(now, one.instanceId, { config: { limit: 5 } }))
    const stored = await storedState(app.server, view.id)
    const again = await answer(bob, configured(3), { version, choices: { [content]: 'mine' } })
    expect(conflictsOf(again.error)).toMatchObject({
      version: version + 1,
      conflicts: [{ key: content, base: { config: { limit: 1 } }, theirs: { config: { limit: 5 } } }],
    })
    expect(await storedState(app.server, view.id)).toEqual(stored)
    const last = await answer(bob, configured(3), { version: version + 1, choices: { [content]: 'mine' } })
    expect(last.error).toBeNull()
  })

  it('a removal against a change is asked of the whole widget, which comes back as the one that it was', async () => {
    const [kept] = view.layout.widgets
    const without = { ...view.layout, widgets: view.layout.widgets.slice(1) }
    expect((await saveLayout(ada, view, without)).error).toBeNull()
    const { version, conflicts } = conflictsOf((await saveLayout(bob, view, configured(3))).error)
    const key = `widgets.${one.instanceId}`
    expect(conflicts).toMatchObject([{ key, path: 'widgets.0', theirs: null, base: kept }])
    expect(conflicts[0]).not.toHaveProperty('part')
    const { data } = await answer(bob, configured(3), { version, choices: { [key]: 'mine' } })
    expect(storedViewSchema.parse(data).layout.widgets[0]).toMatchObject({
      id: kept?.id,
      version: 2,
      config: { limit: 3 },
    })
  })
})

it.each([
  ['resolve', 'mine'],
  ['resolve.version', { choices: {} }],
  ['resolve.version', { version: 0, choices: {} }],
  ['resolve.version', { version: 99, choices: {} }],
  ['resolve.choices', { version: 1, choices: [] }],
  ['resolve.choices', { version: 1, choices: { gap: 'ours' } }],
  [
    'resolve.choices',
    {
      version: 1,
      choices: Object.fromEntries(
        Array(1_001)
          .fill(0)
          .map((_, n) => [n, 'mine']),
      ),
    },
  ],
  ['resolve.more', { version: 1, choices: {}, more: 1 }],
])('an answer that is wrong in %s is refused, and nothing is saved', async (details, resolve) => {
  const stored = await storedState(app.server, view.id)
  const { error } = await ada.supabase.rpc('save_layout', {
    view_id: view.id,
    layout: configured(9),
    expected_version: view.version,
    resolve,
  })
  expect(error).toMatchObject({ code: 'invalid_input', details })
  expect(await storedState(app.server, view.id)).toEqual(stored)
})

describe('a name', () => {
  const rename = ({ supabase }: Person, name: string) =>
    supabase.from('dashboard_views').update({ name }).match({ workspace_id, id: view.id })

  it('that a colleague gave is kept by who saves the view with the one that they read', async () => {
    expect((await rename(ada, 'Sales')).error).toBeNull()
    const { data, error } = await saveView(bob, { ...view, description: 'Ours', layout: configured(4) })
    expect(error).toBeNull()
    expect(storedViewSchema.parse(data)).toMatchObject({
      name: 'Sales',
      description: 'Ours',
      layout: { widgets: [{ config: { limit: 4 } }, {}] },
    })
  })

  it('that both gave is a conflict, and the answer stands', async () => {
    expect((await rename(ada, 'Sales')).error).toBeNull()
    const mine = { ...view, name: ' Revenue ', layout: { ...configured(4), gap: 1 } }
    const { error } = await saveView(bob, mine)
    const { version, conflicts, merged } = conflictsOf(error)
    expect(conflicts).toEqual([
      { key: 'name', path: 'name', base: 'Shared', theirs: 'Sales', mine: 'Revenue' },
    ])
    expect(merged).toMatchObject({ name: 'Sales', description: '', layout: { gap: 1 } })
    const answered = await saveView(bob, mine, { version, choices: { name: 'mine' } })
    expect(answered.error).toBeNull()
    expect(await readView(ada, view.id)).toMatchObject({ name: 'Revenue', layout: { gap: 1 } })
  })
})

it('who replaces everything in a shared view is named in the audit log', async () => {
  expect((await saveLayout(bob, view, layoutOf(widget()))).error).toBeNull()
  const { rows } = await app.server.query(
    "select actor_id, changes from public.audit_log where row_id = $1 and changes ? 'layout'",
    [view.id],
  )
  expect(rows).toEqual([
    {
      actor_id: bob.id,
      changes: {
        version: { old: view.version, new: view.version + 1 },
        layout: { old: { widgets: 2 }, new: { widgets: 1 } },
      },
    },
  ])
})
