import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { ComponentType } from '../../../types/component-data.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { ask, at, dataOf, ingest, point } from '../../support/database/metrics.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ours, theirs } from '../../support/people/cast.ts'

// Questions about metrics, and what built-in components make of them.

const story = policySuite()

describe('one number', () => {
  it(
    'is a sum, an average, a least, a most, a count or the last, and null where nothing came',
    story(async (client) => {
      await ingest(client, [
        point({ time: at('3 hours'), value: 4 }),
        point({ time: at('2 hours'), value: -1 }),
        point({ time: at('1 hours'), value: 2 }),
      ])
      const value = async (aggregate: string, metric = 'revenue') =>
        (await ask(client, 'stats', { metric, aggregate, period: '7d' })).value
      expect(await value('sum')).toBe(5)
      expect(await value('avg')).toBeCloseTo(5 / 3, 12)
      expect(await value('min')).toBe(-1)
      expect(await value('max')).toBe(4)
      expect(await value('count')).toBe(3)
      expect(await value('last')).toBe(2)
      expect(await value('sum', 'orders')).toBeNull()
    }),
  )

  it(
    'has its history, and what it was in the period before or the year before',
    story(async (client) => {
      await ingest(client, [
        point({ time: at(), value: 10 }),
        point({ time: at('1 day'), value: 5 }),
        point({ time: at('7.01 days'), value: 12 }),
        point({ time: at('366 days'), value: 14.95 }),
      ])
      const stats = (query: object) => ask(client, 'stats', { metric: 'revenue', period: '7d', ...query })
      expect(await stats({})).toEqual({
        value: 15,
        history: [0, 0, 0, 0, 0, 5, 10],
        previousValue: 12,
        trend: 'up',
      })
      expect(await stats({ compare: 'previousYear' })).toMatchObject({ previousValue: 14.95, trend: 'flat' })
      expect(await stats({ compare: 'none' })).toEqual({ value: 15, history: [0, 0, 0, 0, 0, 5, 10] })
      expect(await ask(client, 'stats', { metric: 'orders' })).toEqual({
        value: null,
        history: [],
        previousValue: null,
      })
    }),
  )

  it(
    'that is a ratio divides the sums',
    story(async (client) => {
      await ingest(client, [
        point({ key: 'visits', time: at('26 hours'), value: 100 }),
        point({ key: 'conversions', time: at('26 hours'), value: 1 }),
        point({ key: 'visits', value: 10 }),
        point({ key: 'conversions', value: 9 }),
      ])
      const { value, history } = await ask(client, 'stats', {
        metric: 'conversions',
        per: 'visits',
        period: '7d',
      })
      expect(value).toBeCloseTo(10 / 110, 12)
      expect(history?.map((each) => Number(each.toFixed(3)))).toEqual([0.01, 0.9])
    }),
  )
})

it.each([
  ['stats', { period: '30d', interval: 'week' }, 5, 6],
  ['stats', { period: '7d', interval: 'hour' }, 7, 7],
  ['stats', { period: '1y', interval: 'day' }, 52, 54],
  ['stats', { period: '1y' }, 52, 54],
  ['chart-bar', { period: '1y', interval: 'day' }, 52, 54],
  ['chart-bar', { period: '1y', interval: 'month' }, 12, 13],
  ['chart-bar', { period: '30d', interval: 'day' }, 30, 30],
] as const)('of %s the steps for %o are between %s and %s', (type, query, least, most) =>
  story(async (client) => {
    await ingest(client, [point()])
    const answer = await ask(client, type, { metric: 'revenue', ...query })
    const steps = 'history' in answer ? answer.history : 'labels' in answer ? answer.labels : []
    expect(steps?.length).toBeGreaterThanOrEqual(least)
    expect(steps?.length).toBeLessThanOrEqual(most)
  })(),
)

it(
  'ratios of a dimension divide what is of one value, and there is none of what is divided by nothing',
  story(async (client) => {
    const of = (key: string, category: string, value: number) =>
      point({ key, value, dimensions: { category } })
    await ingest(client, [
      of('conversions', 'Books', 1),
      of('conversions', 'Games', 6),
      of('conversions', 'Pens', 1),
      of('visits', 'Books', 10),
      of('visits', 'Games', 20),
      of('visits', 'Pens', 0),
    ])
    const query = { metric: 'conversions', per: 'visits', period: '7d', breakdown: 'category' }
    expect(await ask(client, 'chart-bar', query)).toMatchObject({
      labels: ['Games', 'Books'],
      series: [{ values: [0.3, 0.1] }],
    })
  }),
)

it(
  'a pie has a slice of what came to nothing, and none of what came to less',
  story(async (client) => {
    const of = (category: string, value: number) => point({ value, dimensions: { category } })
    await ingest(client, [of('Books', 2), of('Games', 0), of('Pens', 0.5), of('Returns', -0.5)])
    const { slices } = await ask(client, 'chart-pie', {
      metric: 'revenue',
      period: '7d',
      breakdown: 'category',
    })
    expect(slices.map(({ key, value }) => [key, value])).toEqual([
      ['Books', 2],
      ['Pens', 0.5],
      ['Games', 0],
    ])
  }),
)

it(
  'a table and a list are called as they are asked to be, and end where the period does',
  story(async (client) => {
    const titled = (title: string, value: number, before: string) =>
      point({ time: at(before), value, dimensions: { title } })
    await ingest(client, [titled('Later', 3, '1 days'), titled('Then', 2, '3 days')])
    const query = { metric: 'revenue', label: 'Sales', period: '7d' }
    for (const more of [{}, { breakdown: 'title' }])
      expect((await ask(client, 'table', { ...query, ...more })).columns.at(-1)).toMatchObject({
        label: 'Sales',
      })
    const items = async (asOf: string | null) =>
      (await ask(client, 'list', query, { asOf })).items.map(({ title }) => title)
    expect(await items(null)).toEqual(['Later', 'Then'])
    expect(await items(at('2 days'))).toEqual(['Then'])
  }),
)

it(
  'of a dimension a value of up to a hundred characters is its own key',
  story(async (client) => {
    for (const [length, isItself] of [
      [100, true],
      [101, false],
    ] as const) {
      const value = 'x'.repeat(length)
      const { rows } = await client.query('select private.metric_value_key($1) as key', [value])
      expect(rows[0]?.key === value, String(length)).toBe(isItself)
    }
  }),
)

describe('a chart', () => {
  it(
    'has a step for each hour, day, week or month, and the period before beside it',
    story(async (client) => {
      await ingest(client, [
        point({ time: at(), value: 2 }),
        point({ time: at('7.01 days'), value: 3 }),
        point({ time: at('200 days'), value: 5 }),
      ])
      const chart = (query: object) => ask(client, 'chart-line', { metric: 'revenue', ...query })
      const week = await chart({ period: '7d', compare: 'previousPeriod', label: 'Revenue' })
      expect(week.labels).toHaveLength(7)
      expect(week.labels.at(-1)).toBe(at().slice(0, 10))
      expect(week.series).toMatchObject([
        { key: 'revenue', label: 'Revenue', values: [0, 0, 0, 0, 0, 0, 2] },
        { key: 'previous', label: 'Previous period', values: [0, 0, 0, 0, 0, 0, 3] },
      ])
      const year = await chart({ period: '1y' })
      expect(year.labels.length).toBeGreaterThanOrEqual(365)
      expect(year.series[0]?.values.reduce((a, b) => Number(a) + Number(b), 0)).toBe(10)
      const day = await chart({ period: '24h' })
      expect(day.labels).toHaveLength(24)
      expect(day.labels.at(-1)).toBe(`${at().slice(0, 13)}:00:00.000Z`)
      expect((await chart({ period: '1y', interval: 'month' })).labels.length).toBeLessThanOrEqual(13)
      expect(
        (await ask(client, 'chart-bar', { metric: 'revenue', period: '1y' })).labels.length,
      ).toBeLessThan(55)
      expect((await chart({ period: '7d', aggregate: 'avg' })).series[0]?.values).toEqual([
        null,
        null,
        null,
        null,
        null,
        null,
        2,
      ])
    }),
  )

  it(
    'tells the values of a dimension apart, as lines, bars or slices',
    story(async (client) => {
      const of = (category: string, value: number, before = '0 seconds') =>
        point({ time: at(before), value, dimensions: { category } })
      await ingest(client, [
        of('Books', 5),
        of('Books', 2, '24 hours'),
        of('Games', 9),
        of('Pens', 1),
        of('Returns', -3),
        point({ value: 100 }),
      ])
      const query = { metric: 'revenue', period: '7d', breakdown: 'category' }
      expect(await ask(client, 'chart-bar', { ...query, limit: 3 })).toEqual({
        labels: ['Games', 'Books', 'Pens'],
        series: [{ key: 'revenue', label: 'revenue', values: [9, 7, 1] }],
      })
      expect(await ask(client, 'chart-line', { ...query, limit: 1, order: 'asc' })).toMatchObject({
        series: [{ key: 'Returns', values: [0, 0, 0, 0, 0, 0, -3] }],
      })
      const { series } = await ask(client, 'chart-line', query)
      expect(series.map(({ key, values }) => [key, values.slice(-2)])).toEqual([
        ['Games', [0, 9]],
        ['Books', [2, 5]],
        ['Pens', [0, 1]],
        ['Returns', [0, -3]],
      ])
      expect((await ask(client, 'chart-pie', { ...query, limit: 1 })).slices).toEqual([
        { key: 'Games', label: 'Games', value: 9 },
        { key: '(other)', label: 'Other', value: 8 },
      ])
      expect((await ask(client, 'chart-pie', { ...query, limit: 1, aggregate: 'max' })).slices).toEqual([
        { key: 'Games', label: 'Games', value: 9 },
      ])
    }),
  )
})

describe('a question', () => {
  it(
    'that is none is refused, and of a workspace that is not there',
    story(async (client) => {
      const refusal = async (type: ComponentType, query: unknown, workspace = ours) => {
        await client.query('savepoint asked')
        const error = await clientError(ask(client, type, query as Record<string, unknown>, { workspace }))
        await client.query('rollback to savepoint asked')
        return [error.code, error.details]
      }
      expect(await refusal('stats', {})).toEqual(['invalid_input', 'query.metric'])
      expect(await refusal('stats', { metric: '__proto__' })).toEqual(['invalid_input', 'query.metric'])
      expect(await refusal('stats', { metric: 'a', limit: 1e9 })).toEqual(['invalid_input', 'query.limit'])
      expect(await refusal('chart-line', { metric: 'a', interval: 'hour', period: '1y' })).toEqual([
        'invalid_input',
        'query.interval',
      ])
      expect(await refusal('chart-pie', { metric: 'a' })).toEqual(['invalid_input', 'query.breakdown'])
      expect(await refusal('stats', { metric: 'a' }, 'WK-00000000Y')).toEqual(['not_found', 'workspace_id'])
    }),
  )

  it.each([
    ['24h', 'none', 'UTC', '2026-03-14T11:00', '2026-03-15T10:30'],
    ['24h', 'previousPeriod', 'UTC', '2026-03-13T11:00', '2026-03-14T10:30'],
    ['24h', 'previousYear', 'UTC', '2025-03-14T11:00', '2025-03-15T10:30'],
    ['24h', 'none', 'Asia/Kolkata', '2026-03-14T11:30', '2026-03-15T10:30'],
    ['7d', 'none', 'UTC', '2026-03-09T00:00', '2026-03-15T10:30'],
    ['7d', 'previousPeriod', 'UTC', '2026-03-02T00:00', '2026-03-08T10:30'],
    ['7d', 'previousYear', 'UTC', '2025-03-09T00:00', '2025-03-15T10:30'],
    ['30d', 'none', 'UTC', '2026-02-14T00:00', '2026-03-15T10:30'],
    ['90d', 'none', 'UTC', '2025-12-16T00:00', '2026-03-15T10:30'],
    ['1y', 'none', 'UTC', '2025-03-16T00:00', '2026-03-15T10:30'],
    // Clocks there went forward on the 8th.
    ['7d', 'previousPeriod', 'America/New_York', '2026-03-02T05:00', '2026-03-08T10:30'],
  ])('of %s (%s, %s) is about its whole hours or days', (period, compare, timezone, from, to) =>
    story(async (client) => {
      const { rows } = await client.query(
        `select range_from = $3::timestamptz as begins_so, range_to - $4::timestamptz as more
         from private.metric_range($1, $2, '2026-03-15T10:30:00Z', $5)`,
        [period, compare, `${from}:00Z`, `${to}:00Z`, timezone],
      )
      expect(rows).toMatchObject([{ begins_so: true, more: { milliseconds: 0.001 } }])
    })(),
  )

  it.each<
    [type: 'chart-bar' | 'chart-line' | 'chart-pie' | 'list' | 'table' | 'activity-feed', usual: number]
  >([
    ['chart-bar', 10],
    ['chart-line', 5],
    ['chart-pie', 7],
    ['list', 10],
    ['table', 10],
    ['activity-feed', 10],
  ])('of %s is about 30 days and %i things, unless it says otherwise', (type, usual) =>
    story(async (client) => {
      await ingest(
        client,
        Array.from({ length: 12 }, (_, n) =>
          point({ value: n + 1, dimensions: { category: `Category ${n}` } }),
        ),
      )
      const breakdown = type === 'table' || type === 'activity-feed' ? {} : { breakdown: 'category' }
      const shown = async (query: object): Promise<unknown[]> => {
        const answer: Record<string, unknown> = await ask(client, type, {
          metric: 'revenue',
          ...breakdown,
          ...query,
        })
        const parts = { 'chart-bar': 'labels', 'chart-line': 'series', 'chart-pie': 'slices', list: 'items' }
        const part = { ...parts, table: 'rows', 'activity-feed': 'entries' }[type]
        return answer[part] as unknown[]
      }
      expect(await shown({})).toHaveLength(usual)
      expect(await shown({ limit: 3 })).toHaveLength(type === 'chart-pie' ? 4 : 3)
      // What is older is shown to who asks for it.
      await ingest(client, [point({ key: 'orders', time: at('40 days'), dimensions: { category: 'Old' } })])
      expect(await shown({ metric: 'orders' })).toEqual([])
      expect(await shown({ metric: 'orders', period: '90d' })).toHaveLength(1)
    })(),
  )

  it(
    'has a size of each part, and nothing beyond it',
    story(async (client) => {
      const text = (length: number) => 'a'.repeat(length)
      const columns = (length: number) => Array(length).fill({ key: 'id', label: 'Id', type: 'text' })
      const column = (change: object) => ({ columns: [{ ...columns(1)[0], ...change }] })
      const problemOf = async (query: object) =>
        (await client.query("select private.metric_query_problem($1) ->> 'path' as path", [query])).rows[0]
          .path
      for (const [allowed, refused, path] of [
        [{ metric: text(64) }, { metric: text(65) }, 'metric'],
        [{ per: text(64) }, { per: text(65) }, 'per'],
        [{ label: text(100) }, { label: text(101) }, 'label'],
        [{ breakdown: text(40) }, { breakdown: text(41) }, 'breakdown'],
        [{ sort: text(40) }, { sort: text(41) }, 'sort'],
        [{ limit: 1 }, { limit: 0 }, 'limit'],
        [{ limit: 200 }, { limit: 201 }, 'limit'],
        [{ columns: columns(1) }, { columns: [] }, 'columns'],
        [{ columns: columns(12) }, { columns: columns(13) }, 'columns'],
        [column({ key: text(40) }), column({ key: text(41) }), 'columns.0.key'],
        [column({ label: text(100) }), column({ label: text(101) }), 'columns.0.label'],
        [column({ type: 'moment' }), column({ type: 'date' }), 'columns.0.type'],
        [{ types: Array(20).fill('a') }, { types: Array(21).fill('a') }, 'types'],
        [{ types: [] }, { types: ['a', 5, 6] }, 'types.1'],
        [{ types: [] }, { types: 'a' }, 'types'],
        [{ interval: 'hour', period: '7d' }, { interval: 'hour' }, 'interval'],
        [{ interval: 'hour', period: '24h' }, { interval: 'hour', period: '30d' }, 'interval'],
        [{ aggregate: 'last' }, { aggregate: 'last', per: 'orders' }, 'per'],
      ] as const) {
        expect(await problemOf({ metric: 'a', ...allowed }), JSON.stringify(allowed)).toBeNull()
        expect(await problemOf({ metric: 'a', ...refused }), JSON.stringify(refused)).toBe(path)
      }
      const { rows } = await client.query(
        `select n.wanted, private.is_larger_than(d.query, 8192) as is_larger,
           private.metric_query_problem(d.query) ->> 'path' as path
         from generate_series(8100, 8192) as n (wanted)
         cross join lateral (
           select jsonb_build_object('metric', 'a', 'types', jsonb_build_array(repeat('x', n.wanted)))
         ) as d (query)`,
      )
      expect(new Set(rows.map(({ is_larger }) => is_larger)).size).toBe(2)
      for (const row of rows) expect(row.path, row.wanted).toBe(row.is_larger ? '' : null)
    }),
  )

  it(
    'reads nothing of another workspace',
    story(async (client) => {
      await ingest(client, [point({ dimensions: { category: 'Ours' } })])
      for (const type of ['stats', 'chart-bar', 'table', 'list', 'activity-feed'] as const) {
        const answer = JSON.stringify(
          await ask(client, type, { metric: 'revenue', breakdown: 'category' }, { workspace: theirs }),
        )
        expect(answer).not.toContain('Ours')
      }
      expect(await ask(client, 'stats', { metric: 'revenue' }, { workspace: theirs })).toMatchObject({
        value: null,
      })
    }),
  )
})

/** A small shop: two orders, visits, users, and what happened. */
const sendShop = (client: pg.Client) =>
  ingest(client, [
    point({
      key: 'order',
      id: 'A-1',
      time: at('50 hours'),
      value: 30,
      dimensions: { customer: 'Zoe', status: 'paid' },
    }),
    point({
      key: 'order',
      id: 'A-2',
      time: at('1 hours'),
      value: 12.5,
      dimensions: { customer: 'Ann', status: 'open' },
    }),
    point({ value: 30, time: at('50 hours'), dimensions: { category: 'Books', product: 'Atlas' } }),
    point({ value: 12.5, time: at('1 hours'), dimensions: { category: 'Games', product: 'Chess' } }),
    point({ key: 'orders', value: 2, dimensions: { category: 'Books', product: 'Atlas' } }),
    point({ key: 'units', value: 3, dimensions: { category: 'Books', product: 'Atlas' } }),
    point({ key: 'profit', value: 20 }),
    point({ key: 'users', value: 100, time: at('26 hours') }),
    point({ key: 'users', value: 120 }),
    point({ key: 'sessions', value: 7 }),
    point({ key: 'visits', value: 40, dimensions: { source: 'Search' } }),
    point({ key: 'new_users', value: 4, dimensions: { source: 'Mail' } }),
    point({ key: 'conversions', value: 2, dimensions: { source: 'Search' } }),
    point({
      key: 'activity',
      id: 'h-1',
      time: at('1 hours'),
      dimensions: { type: 'orders', text: 'Ann ordered', actor: 'Ann' },
    }),
    point({ key: 'activity', id: 'h-2', dimensions: { type: 'system', text: 'Backup done' } }),
  ])

describe('a built-in component', () => {
  it(
    'makes its data from metrics, in the currency of the workspace',
    story(async (client) => {
      await sendShop(client)
      const data = (key: string, config = {}) => dataOf(client, key, config)
      expect(await data('total-revenue')).toMatchObject({ value: 42.5, format: 'currency' })
      expect(await data('total-revenue')).not.toHaveProperty('currency')
      await actAs(client, admin, 'select public.update_workspace_settings($1, $2)', [
        ours,
        { currency: 'EUR' },
      ])
      expect(await data('total-revenue', { format: 'compact' })).not.toHaveProperty('currency')
      expect(await data('total-revenue', { dateRange: '24h' })).toMatchObject({
        value: 12.5,
        currency: 'EUR',
      })
      expect(await data('total-users')).toMatchObject({ value: 120, format: 'compact' })
      expect(await data('active-sessions')).toMatchObject({ value: 7 })
      expect(await data('conversion-rate')).toMatchObject({ value: 0.05, format: 'percentage' })
      const chart = await data('revenue-chart', {
        dateRange: '7d',
        metric: 'profit',
        compareMode: 'previousYear',
      })
      expect(chart).toMatchObject({
        currency: 'EUR',
        series: [
          { key: 'profit', label: 'Profit' },
          { key: 'previous', label: 'Previous year' },
        ],
      })
      expect(await data('sales-by-category', { orientation: 'vertical' })).toMatchObject({
        labels: ['Books', 'Games'],
        series: [{ values: [30, 12.5] }],
      })
      expect(await data('sales-by-category', { metric: 'units' })).toMatchObject({
        format: 'number',
        labels: ['Books'],
        series: [{ key: 'units', label: 'Units', values: [3] }],
      })
      expect(await data('traffic-sources', { metric: 'users' })).toMatchObject({
        slices: [{ key: 'Mail', label: 'Mail', value: 4 }],
      })
      expect(await data('top-products', { limit: 1 })).toEqual({
        items: [{ key: 'Atlas', title: 'Atlas', value: 30 }],
        format: 'currency',
        currency: 'EUR',
      })
      expect(await data('top-products', { limit: 1, sortOrder: 'asc' })).toMatchObject({
        items: [{ key: 'Chess' }],
      })
      expect(await data('quick-actions')).toBeNull()
      expect(await data('no-such-component')).toBeNull()
    }),
  )

  it(
    'of orders shows the latest, sorted as one likes',
    story(async (client) => {
      await sendShop(client)
      const orders = async (config = {}) => {
        const { rows, total } = await dataOf(client, 'recent-orders', config)
        return [total, ...rows.map(([id]: string[]) => id)]
      }
      expect(await dataOf(client, 'recent-orders', { dateRange: '24h' })).toMatchObject({
        columns: [{ key: 'id' }, { key: 'customer' }, { key: 'time' }, { key: 'value' }, { key: 'status' }],
        rows: [['A-2', 'Ann', expect.stringMatching(/Z$/), 12.5, 'open']],
        total: 1,
      })
      expect(await orders()).toEqual([2, 'A-2', 'A-1'])
      expect(await orders({ sortBy: 'amount' })).toEqual([2, 'A-1', 'A-2'])
      expect(await orders({ sortBy: 'customer', sortOrder: 'asc' })).toEqual([2, 'A-2', 'A-1'])
      expect(await orders({ sortBy: 'date', sortOrder: 'asc', limit: 1 })).toEqual([2, 'A-2'])
      expect((await dataOf(client, 'recent-orders', { showStatus: false })).columns).toHaveLength(4)
    }),
  )

  it(
    'of what happened shows the types that one likes',
    story(async (client) => {
      await sendShop(client)
      const feed = async (config = {}) =>
        (await dataOf(client, 'activity-feed', config)).entries.map(({ key }: { key: string }) => key)
      expect(await dataOf(client, 'activity-feed', { filterTypes: ['orders'] })).toEqual({
        entries: [{ key: 'h-1', type: 'orders', text: 'Ann ordered', actor: 'Ann', at: expect.any(String) }],
      })
      expect(await feed()).toEqual(['h-2', 'h-1'])
      expect(await feed({ filterTypes: ['all', 'orders'] })).toEqual(['h-2', 'h-1'])
      expect(await feed({ filterTypes: [] })).toEqual(['h-2', 'h-1'])
      expect(await feed({ limit: 1 })).toEqual(['h-2'])
    }),
  )

  it(
    'of a workspace that has sent nothing has data of its shape',
    story(async (client) => {
      const { rows } = await client.query<{ key: string; valid: boolean }>(
        `select b.key, private.value_problem(
             '', private.component_answer($1, b.key, b.default_config), t.data_schema) is null as valid
         from public.built_in_components b join public.component_types t on t.key = b.type
         where b.key <> 'quick-actions'`,
        [ours],
      )
      expect(rows).toHaveLength(10)
      expect(rows.filter(({ valid }) => !valid)).toEqual([])
    }),
  )
})
