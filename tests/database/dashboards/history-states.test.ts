import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { Layout } from '../../../types/layout.ts'
import type { StoredView } from '../../../types/view.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory } from '../../support/database/policy-suite.ts'
import { ids, member, ours } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// What the history keeps: each state of a widget once, for as long as a version needs it, and of a view what it was.

const committed = committedStory()

async function createView(client: pg.Client, layout: Layout): Promise<StoredView> {
  const view = await call<StoredView>(client, member, 'create_view', [ours, 'A view', '', layout])
  await commit(client)
  return view
}

const tiles = (count: number) =>
  Array.from({ length: count }, (_, index) => widget({ position: { x: 0, y: index, width: 1, height: 1 } }))

const read = (client: pg.Client, id: string) => call<StoredView>(client, member, 'get_view', [id])
const layoutAt = (client: pg.Client, id: string, version: number) =>
  call<Layout>(client, member, 'get_view_version', [id, version])

async function states(client: pg.Client): Promise<{ widget_id: string; from: number; until: number }[]> {
  const { rows } = await client.query<{ widget_id: string; from: number; until: number }>(
    `select widget_id, from_version::integer as from, until_version::integer as until
     from private.widget_versions order by until_version, from_version, widget_id`,
  )
  return rows
}

const update = (client: pg.Client, set: string, id: string | undefined) =>
  actAs(client, member, `update public.widgets set ${set} where id = $1`, [id])

describe('a state of a widget', () => {
  it(
    'is kept when it is superseded, and what did not change is kept once, in no version at all',
    committed(async (client) => {
      const view = await createView(client, layoutOf(...tiles(100)))
      const [one, two] = view.layout.widgets
      await update(client, 'x = 1', one?.id)
      await commit(client)
      await update(client, 'x = 2', two?.id)
      await commit(client)
      await update(client, 'x = 2', one?.id)
      await commit(client)
      expect(await states(client)).toEqual([
        { widget_id: one?.id, from: 1, until: 1 },
        { widget_id: two?.id, from: 1, until: 2 },
        { widget_id: one?.id, from: 2, until: 3 },
      ])
      const { rows } = await client.query(
        'select sum(pg_column_size(h.*))::integer as bytes from private.widget_versions h',
      )
      expect(rows[0].bytes).toBeLessThan(3_000)
    }),
  )

  it(
    'that a transaction makes and supersedes belongs to no version',
    committed(async (client) => {
      const view = await createView(client, layoutOf(...tiles(1)))
      const [kept] = view.layout.widgets
      await update(client, 'x = 1', kept?.id)
      await update(client, 'x = 2', kept?.id)
      const made = await call<StoredView>(client, member, 'save_layout', [
        view.id,
        { ...view.layout, widgets: tiles(1) },
        view.version + 1,
      ])
      await actAs(client, member, 'delete from public.widgets where id = $1', [made.layout.widgets[0]?.id])
      await commit(client)
      expect(await states(client)).toEqual([{ widget_id: kept?.id, from: 1, until: 1 }])
      expect((await read(client, view.id)).version).toBe(2)
      expect(await layoutAt(client, view.id, 1)).toEqual(view.layout)
    }),
  )
})

it(
  'every version is what get_view gave when it was the present one, whichever way it came about',
  committed(async (client) => {
    const view = await createView(client, layoutOf(...tiles(3)))
    const [one, two, three] = view.layout.widgets
    const seen = [view]
    const steps: (() => Promise<unknown>)[] = [
      () => update(client, "config = '{}'", one?.id),
      () => actAs(client, member, 'delete from public.widgets where id = $1', [two?.id]),
      () => actAs(client, member, "update public.dashboard_views set name = 'Another', gap = 3"),
      () => call(client, member, 'restore_view_version', [view.id, 1]),
      async () => {
        const { layout, version } = await read(client, view.id)
        await call(client, member, 'save_layout', [
          view.id,
          { ...layout, widgets: tiles(2), gap: 9 },
          version,
        ])
      },
      () => call(client, member, 'restore_view_version', [view.id, 3]),
      () => update(client, 'height = 9', three?.id),
      () => actAs(client, member, 'delete from public.widgets'),
      () => call(client, member, 'restore_view_version', [view.id, 7]),
    ]
    for (const step of steps) {
      await step()
      await commit(client)
      seen.push(await read(client, view.id))
    }
    expect(seen.map(({ version }) => version)).toEqual(seen.map((_, index) => index + 1))
    for (const { version, layout } of seen) expect(await layoutAt(client, view.id, version)).toEqual(layout)
    const listed = await call<{ version: number; name: string }[]>(client, member, 'list_view_versions', [
      view.id,
    ])
    expect(listed.map(({ version, name }) => ({ version, name }))).toEqual(
      seen.map(({ version, name }) => ({ version, name })).toReversed(),
    )
  }),
)

describe('the versions of a view', () => {
  it(
    'are told with each field under its own name, as many as are asked for',
    committed(async (client) => {
      const [stays, goes] = tiles(2)
      const view = await createView(client, layoutOf(...[stays, goes].flatMap((each) => each ?? [])))
      const comes = widget({ position: { x: 5, y: 9, width: 2, height: 1 } })
      const moved = { ...view.layout.widgets.find(({ instanceId }) => instanceId === stays?.instanceId) }
      const layout = { ...layoutOf({ ...moved, visible: false } as typeof comes, comes), gap: 4 }
      const document = { name: 'Sales', description: 'By region', layout }
      await call(client, member, 'save_view', [view.id, JSON.stringify(document), 1, 'Quarter'])
      await commit(client)
      await client.query(
        `update private.view_versions set saved_at = '2026-01-01Z'::timestamptz + version * interval '1 day',
           saved_by = case version when 2 then saved_by end`,
      )
      const second = {
        version: 2,
        name: 'Sales',
        description: 'By region',
        label: 'Quarter',
        savedAt: '2026-01-03T00:00:00.000Z',
        savedBy: { id: ids.member, name: 'member' },
        isCurrent: true,
      }
      const first = {
        version: 1,
        name: 'A view',
        description: '',
        label: null,
        savedAt: '2026-01-02T00:00:00.000Z',
        savedBy: null,
        isCurrent: false,
      }
      const list = (...page: (number | null)[]) =>
        call(client, member, 'list_view_versions', [view.id, ...page])
      expect(await list()).toEqual([second, first])
      expect(await list(null, 1)).toEqual([second])
      expect(await list(2, 100)).toEqual([first])
      expect(await list(3)).toEqual([second, first])
      for (const per_page of [0, 101, null])
        expect(await clientError(list(null, per_page))).toMatchObject({
          status: 400,
          code: 'invalid_input',
          details: 'per_page',
        })

      const now = (await read(client, view.id)).layout.widgets
      const was = (id?: string) => view.layout.widgets.find(({ instanceId }) => instanceId === id)
      const is = (id?: string) => now.find(({ instanceId }) => instanceId === id)
      const compare = (...versions: number[]) =>
        call(client, member, 'compare_view_versions', [view.id, ...versions])
      expect(await compare(1)).toEqual({
        from: 1,
        to: 2,
        added: [is(comes.instanceId)],
        removed: [was(goes?.instanceId)],
        moved: [],
        changed: [{ instanceId: stays?.instanceId, from: was(stays?.instanceId), to: is(stays?.instanceId) }],
        settings: {
          name: { from: 'A view', to: 'Sales' },
          description: { from: '', to: 'By region' },
          gap: { from: 16, to: 4 },
        },
      })
      expect(await compare(2, 1)).toMatchObject({
        from: 2,
        to: 1,
        added: [was(goes?.instanceId)],
        removed: [is(comes.instanceId)],
      })
    }),
  )
})

it(
  'a version is restored with its own widget, where another had the name of that meanwhile',
  committed(async (client) => {
    const [named] = tiles(1)
    const view = await createView(client, layoutOf(...tiles(1), ...(named ? [named] : [])))
    const first = view.layout.widgets.find(({ instanceId }) => instanceId === named?.instanceId)
    const others = view.layout.widgets.filter((each) => each !== first)
    const save = async (version: number, ...widgets: Layout['widgets']) => {
      await call(client, member, 'save_layout', [view.id, layoutOf(...widgets), version])
      await commit(client)
    }
    await save(1, ...others)
    await client.query(
      `insert into public.widgets (workspace_id, view_id, instance_id, component_key, x, y, width, height)
       values ($1, $2, $3, 'recent-orders', 8, 8, 1, 1)`,
      [ours, view.id, named?.instanceId],
    )
    await commit(client)
    await save(3, ...others)
    const restored = await call<StoredView>(client, member, 'restore_view_version', [
      view.id,
      1,
      3,
      JSON.stringify({ version: 4, choices: { [`widgets.${named?.instanceId}`]: 'mine' } }),
    ])
    expect(restored.layout.widgets).toContainEqual(
      expect.objectContaining({ id: first?.id, instanceId: named?.instanceId, position: first?.position }),
    )
  }),
)

describe('a rename', () => {
  it(
    'is a version, once in a transaction, and is compared and undone like the rest',
    committed(async (client) => {
      const view = await createView(client, layoutOf(...tiles(1)))
      await actAs(client, member, "update public.dashboard_views set name = 'Sales'")
      await actAs(client, member, "update public.dashboard_views set name = 'Sales', description = 'Ours'")
      await update(client, 'x = 5', view.layout.widgets[0]?.id)
      await commit(client)
      await actAs(client, member, "update public.dashboard_views set name = ' Sales ', row_height = 80")
      await commit(client)
      expect(await read(client, view.id)).toMatchObject({ name: 'Sales', version: 2 })
      expect(await call(client, member, 'compare_view_versions', [view.id, 1])).toMatchObject({
        moved: [{}],
        settings: {
          name: { from: 'A view', to: 'Sales' },
          description: { from: '', to: 'Ours' },
        },
      })
      expect(await call(client, member, 'restore_view_version', [view.id, 1])).toMatchObject({
        name: 'A view',
        description: '',
        version: 3,
        layout: { widgets: [{ position: { x: 0 } }] },
      })
    }),
  )
})

describe('on the free plan', () => {
  const saveTimes = async (client: pg.Client, id: string | undefined, times: number) => {
    for (let time = 0; time < times; time++) {
      await update(client, 'x = (x + 1) % 9', id)
      await commit(client)
    }
  }
  const age = (client: pg.Client, interval: string) =>
    client.query('update private.view_versions set saved_at = saved_at - $1::interval', [interval])
  const kept = async (client: pg.Client, id: string) =>
    (
      await client.query<{ version: number }>(
        'select version::integer from private.view_versions where view_id = $1 order by version',
        [id],
      )
    ).rows.map(({ version }) => version)

  it(
    'nobody gets rid of what stood there a week ago by saving often',
    committed(async (client) => {
      const view = await createView(client, layoutOf(...tiles(2)))
      await age(client, '90 days')
      await saveTimes(client, view.layout.widgets[0]?.id, 70)
      expect(await kept(client, view.id)).toHaveLength(71)
      expect(await layoutAt(client, view.id, 1)).toEqual(view.layout)
    }),
  )

  it(
    'a version that 50 have followed goes a week after it was replaced, and the states that it alone had',
    committed(async (client) => {
      const view = await createView(client, layoutOf(...tiles(2)))
      const [busy, gone] = view.layout.widgets
      // Another one with a history of its own, of which nothing goes.
      const another = await createView(client, layoutOf(...tiles(1)))
      const quiet = another.layout.widgets[0]?.id
      await saveTimes(client, quiet, 2)
      await actAs(client, member, 'delete from public.widgets where id = $1', [gone?.id])
      await commit(client)
      await saveTimes(client, busy?.id, 58)
      await age(client, '6 days 23 hours')
      await saveTimes(client, busy?.id, 1)
      expect(await kept(client, view.id)).toHaveLength(61)
      await age(client, '2 hours')
      await saveTimes(client, busy?.id, 1)
      expect(await kept(client, view.id)).toEqual(Array.from({ length: 50 }, (_, index) => 13 + index))
      const [still, left] = [
        (await states(client)).filter(({ widget_id }) => widget_id === quiet),
        (await states(client)).filter(({ widget_id }) => widget_id !== quiet),
      ]
      expect([await kept(client, another.id), still.length]).toEqual([[1, 2, 3], 2])
      expect(left.every(({ until }) => until >= 13)).toBe(true)
      expect(left.some(({ widget_id }) => widget_id === gone?.id)).toBe(false)
      await expect(layoutAt(client, view.id, 12)).rejects.toMatchObject({ code: 'PGRST' })
      expect((await layoutAt(client, view.id, 13)).widgets).toMatchObject([{ id: busy?.id }])
    }),
  )

  it(
    'a save that adds one version takes a hundred that are old with it at most',
    committed(async (client) => {
      const view = await createView(client, layoutOf(...tiles(1)))
      await client.query(
        `insert into private.view_versions (workspace_id, view_id, version, saved_at)
         select $1, $2, 1 + n, now() - interval '30 days' from generate_series(1, 160) as n`,
        [ours, view.id],
      )
      await client.query(
        'update private.view_versions set saved_at = now() - interval $$31 days$$ where version = 1',
      )
      await client.query('update public.dashboard_views set version = 161 where id = $1', [view.id])
      await commit(client)
      await saveTimes(client, view.layout.widgets[0]?.id, 1)
      expect((await kept(client, view.id))[0]).toBe(101)
    }),
  )
})

it(
  'a version is not restored as seen from itself or before, where others have saved since: nothing would be undone',
  committed(async (client) => {
    const view = await createView(client, layoutOf(...tiles(1)))
    const [one] = view.layout.widgets
    const restore = (version: number, expected: number) =>
      call<StoredView>(client, member, 'restore_view_version', [view.id, version, expected])
    // It is the present one, and stays so.
    expect((await restore(1, 1)).version).toBe(1)

    for (const x of [1, 2]) {
      await update(client, `x = ${x}`, one?.id)
      await commit(client)
    }
    for (const [version, expected] of [
      [1, 1],
      [2, 1],
      [2, 2],
    ] as const)
      expect(await clientError(restore(version, expected))).toMatchObject({
        code: 'invalid_input',
        details: 'expected_version',
      })
    expect((await read(client, view.id)).layout.widgets).toMatchObject([{ position: { x: 2 } }])
    expect((await restore(2, 3)).layout.widgets).toMatchObject([{ position: { x: 1 } }])
  }),
)

it(
  'states go with the last version that needs them, whatever premium kept before',
  committed(async (client) => {
    await setPlan(client, 'premium', ours)
    const view = await createView(client, layoutOf(...tiles(1)))
    const [kept] = view.layout.widgets
    await update(client, 'x = 1', kept?.id)
    await commit(client)
    await setPlan(client, 'free', ours)
    for (let n = 0; n < 60; n += 1) {
      await update(client, `y = ${n + 10}`, kept?.id)
      await commit(client)
    }
    await client.query("update private.view_versions set saved_at = saved_at - interval '31 days'")
    for (let n = 0; n < 60; n += 1) {
      await update(client, `y = ${n + 100}`, kept?.id)
      await commit(client)
    }
    const { rows } = await client.query(
      `select count(*)::integer as states, count(*) filter (where not exists (
         select from private.view_versions v where v.version between h.from_version and h.until_version))::integer as needless
       from private.widget_versions h`,
    )
    expect(rows[0].needless).toBe(0)
    await setPlan(client, 'premium', ours)
    expect(await layoutAt(client, view.id, 1)).toEqual(view.layout)
  }),
)
