import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { ask, at, ingest, point, rollUp } from '../../support/database/metrics.ts'
import { policySuite } from '../../support/database/policy-suite.ts'

// What is answered about metrics: numbers, charts, lists and tables.

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
  'a pie has as Other what does not have the dimension, where that can be added up',
  story(async (client) => {
    await ingest(client, [
      point({ value: 60, time: at('3 days') }),
      point({ value: 30 }),
      point({ value: 25, time: at('3 days'), dimensions: { category: 'Books', shop: 'North' } }),
      point({ value: -15, dimensions: { category: 'Returns' } }),
    ])
    const pie = async (query: object) =>
      (
        await ask(client, 'chart-pie', { metric: 'revenue', period: '7d', breakdown: 'category', ...query })
      ).slices.map(({ key, value }) => [key, value])
    for (const state of ['fresh', 'rolled up']) {
      expect(await pie({}), state).toEqual([
        ['Books', 25],
        ['(other)', 90],
      ])
      expect(await pie({ aggregate: 'count' }), state).toEqual([
        ['Books', 1],
        ['Returns', 1],
        ['(other)', 2],
      ])
      expect(await pie({ aggregate: 'max' }), state).toEqual([['Books', 25]])
      expect(await pie({ breakdown: 'shop' }), state).toEqual([
        ['North', 25],
        ['(other)', 75],
      ])
      await rollUp(client)
    }
    // What comes to less than nothing has no share there either.
    await ingest(client, [point({ value: -91 })])
    expect(await pie({})).toEqual([['Books', 25]])
  }),
)

describe('a table of points', () => {
  const columns = (type: string) => [
    { key: 'id', label: 'Order', type: 'text' },
    { key: 'amount', label: 'Amount', type },
  ]
  const send = (client: pg.Client, amounts: (string | null)[]) =>
    ingest(
      client,
      amounts.map((amount, n) =>
        point({
          id: `order-${n}`,
          time: at(`${n} hours`),
          ...(amount !== null && { dimensions: { amount } }),
        }),
      ),
    )
  const table = async (client: pg.Client, type: string, query: object) =>
    (
      await ask(client, 'table', { metric: 'revenue', columns: columns(type), sort: 'amount', ...query })
    ).rows.map(([, amount]) => amount)

  it.each(['number', 'currency', 'percentage'])(
    'has numbers in a column that is a %s, by their size, and what is none last',
    (type) =>
      story(async (client) => {
        await send(client, ['9', '10.5', 'n/a', '-3', null, '100', '1e3', '12345678901234567890'])
        const none = ['12345678901234567890', '1e3', 'n/a', null]
        expect(await table(client, type, { order: 'asc' })).toEqual([-3, 9, 10.5, 100, ...none])
        expect(await table(client, type, { order: 'desc' })).toEqual([100, 10.5, 9, -3, ...none.toReversed()])
        expect(await table(client, 'text', { order: 'asc' })).toEqual(
          expect.arrayContaining(['9', '10.5', '-3', '100', ...none]),
        )
        // By value, whatever the texts are.
        expect(await table(client, type, { sort: 'time', order: 'asc' })).toEqual([
          '12345678901234567890',
          '1e3',
          100,
          null,
          -3,
          'n/a',
          10.5,
          9,
        ])
      })(),
  )

  it(
    'has texts that are as long as numbers are kept, and booleans',
    story(async (client) => {
      await send(client, ['123456789012345', '1234567890123456', '0.123456789012', '0.1234567890123'])
      expect(await table(client, 'number', { order: 'asc' })).toEqual([
        0.123456789012,
        123456789012345,
        '0.1234567890123',
        '1234567890123456',
      ])
      await client.query('delete from private.metric_points')
      await client.query('delete from private.metric_point_ids')
      await send(client, ['true', 'false', 'yes'])
      expect(await table(client, 'boolean', { order: 'asc' })).toEqual([false, true, 'yes'])
    }),
  )

  it(
    'of some types has how many of those there are, or nothing where they were not told apart',
    story(async (client) => {
      const of = (type: string, before: string) => point({ time: at(before), dimensions: { type } })
      await ingest(client, [of('orders', '1 hours'), of('orders', '3 days'), of('system', '2 days'), point()])
      const total = async (query: object) =>
        (await ask(client, 'table', { metric: 'revenue', ...query })).total
      for (const state of ['fresh', 'rolled up']) {
        expect(await total({}), state).toBe(4)
        expect(await total({ types: ['orders'], limit: 1 }), state).toBe(2)
        expect(await total({ types: ['orders', 'system'] }), state).toBe(3)
        expect(await total({ types: ['none'] }), state).toBe(0)
        await rollUp(client)
      }
      await ingest(
        client,
        Array.from({ length: 201 }, (_, n) => of(`Type ${n}`, '30 hours')),
      )
      await rollUp(client)
      expect(await total({ types: ['orders'] })).toBeUndefined()
      expect(await total({})).toBe(205)
    }),
  )
})

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
        point({ time: at('8 days'), value: 3 }),
        point({ time: at('200 days'), value: 5 }),
      ])
      const chart = (query: object) => ask(client, 'chart-line', { metric: 'revenue', ...query })
      const week = await chart({ period: '7d', compare: 'previousPeriod', label: 'Revenue' })
      expect(week.labels).toHaveLength(7)
      expect(week.labels.at(-1)).toBe(at().slice(0, 10))
      expect(week.series).toMatchObject([
        { key: 'revenue', label: 'Revenue', values: [0, 0, 0, 0, 0, 0, 2] },
        { key: 'previous', label: 'Previous period', values: [0, 0, 0, 0, 0, 3, 0] },
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
        { key: '(other)', label: 'Other', value: 108 },
      ])
      expect((await ask(client, 'chart-pie', { ...query, limit: 1, aggregate: 'max' })).slices).toEqual([
        { key: 'Games', label: 'Games', value: 9 },
      ])
    }),
  )
})
