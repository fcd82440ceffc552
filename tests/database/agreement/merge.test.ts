import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Choices } from '../../../types/conflict.ts'
import type { Layout, Widget } from '../../../types/layout.ts'
import { mergedLayoutSchema, mergeLayouts } from '../../../types/merge.ts'
import { policySuite } from '../../support/database/policy-suite.ts'

// The same outcome of types/merge.ts and of the database for any three layouts and any choices. Few widgets and few
// values, so that sides often agree, and often not. The seed is fixed, so a failure can be seen again.

const story = policySuite()
const seed = 20_261_125
const names = [1, 2, 3, 4].map((n) => `0000000${n}-0000-4000-8000-00000000000a`)

const stateOf = (instanceId: string): fc.Arbitrary<Widget | null> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 4,
      arbitrary: fc.record(
        {
          instanceId: fc.constantFrom(instanceId, instanceId.toUpperCase()),
          widgetId: fc.constantFrom('recent-orders', 'gauge'),
          position: fc.record({
            x: fc.constantFrom(0, 1),
            y: fc.constantFrom(0, 1),
            width: fc.constant(2),
            height: fc.constant(2),
          }),
          visible: fc.boolean(),
          config: fc.constantFrom<Widget['config']>(
            {},
            { limit: 1 },
            { limit: 1, more: [{ b: 0, a: null }] },
          ),
          componentVersion: fc.constantFrom('1.0.0', '2.0.0'),
          id: fc.constant('00000000-0000-4000-8000-0000000000ff'),
          version: fc.constantFrom(1, 2),
          lastUpdated: fc.constant('2026-01-31T12:00:00.000Z'),
        },
        { requiredKeys: ['instanceId', 'widgetId', 'position', 'visible', 'config'] },
      ),
    },
  )

const layouts: fc.Arbitrary<Layout> = fc
  .record({
    rowHeight: fc.constantFrom(80, 90),
    gap: fc.constantFrom(16, 16.5),
    widgets: fc.tuple(...names.map(stateOf)),
    isReversed: fc.boolean(),
  })
  .map(({ rowHeight, gap, widgets, isReversed }) => {
    const there = widgets.filter((widget) => widget !== null)
    return { version: 1, gridColumns: 12, rowHeight, gap, widgets: isReversed ? there.toReversed() : there }
  })

/** A side that began from the base: each widget and each part of it is as it was, or another. */
const sideOf = (base: Layout): fc.Arbitrary<Layout> =>
  fc
    .record({
      other: layouts,
      taken: fc.array(fc.constantFrom('base', 'position', 'visible', 'content', 'other'), {
        minLength: 4,
        maxLength: 4,
      }),
      isResized: fc.boolean(),
    })
    .map(({ other, taken, isResized }) => {
      const find = ({ widgets }: Layout, name: string) =>
        widgets.find(({ instanceId }) => instanceId.toLowerCase() === name)
      const widgets = names.flatMap((name, index) => {
        const [was, is] = [find(base, name), find(other, name)]
        const part = taken[index]
        if (part === 'other') return is ?? []
        if (!was || !is || part === 'base') return was ?? []
        if (part !== 'content')
          return { ...was, [part ?? '']: part === 'position' ? is.position : is.visible }
        return { ...was, widgetId: is.widgetId, config: is.config }
      })
      return { ...(isResized ? other : base), widgets }
    })

const merges = layouts.chain((base) =>
  fc.record({
    base: fc.option(fc.constant(base), { freq: 10 }),
    theirs: sideOf(base),
    mine: sideOf(base),
    choices: fc.dictionary(
      fc.constantFrom(
        'gap',
        'rowHeight',
        ...names.flatMap((name) =>
          ['', '.position', '.visible', '.content'].map((part) => `widgets.${name}${part}`),
        ),
        'widgets.elsewhere',
        'constructor',
      ),
      fc.constantFrom<Choices[string]>('mine', 'theirs'),
      { maxKeys: 12, noNullPrototype: true },
    ),
  }),
)

it(
  'agrees with the database on 2,000 merges, and what it says is a layout with conflicts',
  story(async (client) => {
    const drawn = fc.sample(merges, { seed, numRuns: 2_000 })
    const { rows } = await client.query<{ merged: unknown; conflicts: unknown }>(
      `select private.merged_layout(m.value -> 'theirs', d.decisions) as merged,
         coalesce(private.edit_conflicts(d.decisions, ''), '[]') as conflicts
       from jsonb_array_elements($1) with ordinality as m
       cross join lateral (
         select private.merge_decisions(
           nullif(m.value -> 'base', 'null'), m.value -> 'theirs', m.value -> 'mine', m.value -> 'theirs',
           m.value -> 'choices') as decisions
         offset 0
       ) as d
       order by m.ordinality`,
      [JSON.stringify(drawn)],
    )
    const merged = drawn.map((merge) => mergeLayouts(merge))
    merged.forEach((each, index) => {
      const byDatabase = { merged: rows[index]?.merged, conflicts: rows[index]?.conflicts }
      expect(byDatabase, JSON.stringify(drawn[index])).toEqual(each)
      mergedLayoutSchema.parse(each)
    })
    const some = (count: number) => expect(count).toBeGreaterThan(300)
    some(merged.filter(({ conflicts }) => conflicts.length === 0).length)
    some(merged.filter(({ conflicts }) => conflicts.some(({ part }) => part)).length)
    some(
      merged.filter(({ conflicts }) => conflicts.some(({ part, instanceId }) => instanceId && !part)).length,
    )
  }),
)

it('takes each part from who changed it, and asks about what both changed', () => {
  const widget: Widget = {
    instanceId: names[0] ?? '',
    widgetId: 'recent-orders',
    position: { x: 0, y: 0, width: 2, height: 2 },
    visible: true,
    config: { limit: 1 },
  }
  const layoutWith = (changes: Partial<Widget>): Layout => ({
    version: 1,
    gridColumns: 12,
    rowHeight: 80,
    gap: 16,
    widgets: [{ ...widget, ...changes }],
  })
  const base = layoutWith({})
  const theirs = layoutWith({ visible: false, config: { limit: 2 } })
  const mine = layoutWith({ position: { x: 3, y: 0, width: 2, height: 2 }, config: { limit: 3 } })
  const key = `widgets.${names[0]}.content`
  expect(mergeLayouts({ base, theirs, mine })).toMatchObject({
    merged: layoutWith({
      visible: false,
      position: { x: 3, y: 0, width: 2, height: 2 },
      config: { limit: 2 },
    }),
    conflicts: [{ key, path: 'widgets.0', part: 'content', mine: { config: { limit: 3 } } }],
  })
  expect(mergeLayouts({ base, theirs, mine, choices: { [key]: 'mine' } })).toEqual({
    merged: layoutWith({
      visible: false,
      position: { x: 3, y: 0, width: 2, height: 2 },
      config: { limit: 3 },
    }),
    conflicts: [],
  })
})
