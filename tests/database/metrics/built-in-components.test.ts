import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs } from '../../support/database/act.ts'
import { at, dataOf, ingest, point } from '../../support/database/metrics.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ours } from '../../support/people/cast.ts'

// What built-in components make of metrics.

const story = policySuite()

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
