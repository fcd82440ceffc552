import { beforeEach, describe, expect, it } from 'vitest'
import type { Widget } from '../../../../types/layout.ts'
import type { StoredView } from '../../../../types/view.ts'
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
import { listVersions, readView } from '../../../support/dashboards/view-calls.ts'
import type { Person } from '../../../support/http/front-end.ts'

// Two people who send many changes of one view at the same time.

const tiles = Array.from({ length: 20 }, (_, index) =>
  widget({ config: { limit: 1 }, position: { x: index % 12, y: index, width: 1, height: 1 } }),
)
const limit = (index: number) => ({ limit: 10 + index })

const suite = sharedViewSuite(tiles)
let ada: Person
let bob: Person
let workspace_id: string
let view: StoredView

beforeEach(() => {
  ;({ ada, bob, workspace_id, view } = suite())
})

const save = (by: Person, one: Widget, changes: Partial<Widget>) => saveWidget(by, view, one, changes)

describe('many at once', () => {
  /** Every version from the first to the present one is there, once. */
  async function expectNoGaps(present: number) {
    const versions = (await listVersions(ada, view.id)).map(({ version }) => version)
    expect(versions).toEqual(Array.from({ length: present }, (_, index) => present - index))
  }

  it('20 saves of different widgets all succeed', async () => {
    const answers = await Promise.all(
      tiles.map((tile, index) => save(index % 2 ? ada : bob, tile, { config: limit(index) })),
    )
    expect(answers.filter(({ error }) => error)).toEqual([])
    const after = await readView(ada, view.id)
    expect(after.version).toBe(view.version + 20)
    expect(configs(after)).toEqual(
      Object.fromEntries(tiles.map(({ instanceId }, index) => [instanceId, limit(index)])),
    )
    await expectNoGaps(after.version)
  })

  it('20 saves of five widgets succeed or conflict, and leave what the successful ones said', async () => {
    const answers = await Promise.all(
      tiles.map((_, index) => {
        const tile = tiles[index % 5] ?? one
        return save(index % 2 ? ada : bob, tile, { config: limit(index) })
      }),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([
      ...Array(5).fill(200),
      ...Array(15).fill(409),
    ])
    const winners = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []))
    const after = await readView(ada, view.id)
    expect(after.version).toBe(view.version + 5)
    expect(configs(after)).toEqual({
      ...configs(view),
      ...Object.fromEntries(winners.map((index) => [tiles[index % 5]?.instanceId, limit(index)])),
    })
    await expectNoGaps(after.version)
  })

  it('saves, single rows, whole columns, new widgets and removals do not stand in each other’s way', async () => {
    const [first = one, second = two, third = three] = tiles
    const all = { workspace_id, view_id: view.id }
    const answers = await Promise.all([
      ...tiles.slice(5).map((tile, index) => save(ada, tile, { config: limit(index) })),
      ...tiles.slice(3, 5).map((tile, index) => updateRow(bob, suite(), tile, { config: limit(index) })),
      bob.supabase.from('widgets').update({ height: 3 }).match(all),
      bob.supabase
        .from('widgets')
        .update({ y: 500 })
        .match({ ...all, instance_id: first.instanceId }),
      ada.supabase
        .from('widgets')
        .delete()
        .match({ ...all, instance_id: second.instanceId }),
      bob.supabase
        .from('widgets')
        .delete()
        .match({ ...all, instance_id: third.instanceId }),
      ...[1, 2, 3].map(() =>
        bob.supabase
          .from('widgets')
          .insert({ ...all, component_key: 'total-users', x: 0, y: 900, width: 2, height: 2 }),
      ),
    ])
    // Whoever saves a widget that a whole column has changed is told so.
    expect(answers.flatMap(({ error }) => (error && error.code !== 'conflict' ? [error] : []))).toEqual([])
    const after = await readView(ada, view.id)
    expect(after.layout.widgets).toHaveLength(21)
    expect(after.layout.widgets.find(({ instanceId }) => instanceId === first.instanceId)).toMatchObject({
      position: { y: 500, height: 3 },
    })
    await expectNoGaps(after.version)
  })
})
