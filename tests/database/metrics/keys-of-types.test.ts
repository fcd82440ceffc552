import { describe, expect, it } from 'vitest'
import type { ComponentType } from '../../../types/component-data.ts'
import { clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { ask, dataOf, ingest, point } from '../../support/database/metrics.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { member, ours } from '../../support/people/cast.ts'

// A question that would be answered in part is refused: what each type of component takes of one.

const story = policySuite()

const column = { key: 'id', label: 'Id', type: 'text' }
const byCategory = { breakdown: 'category' }
const beside = 'Leave it out, or leave out breakdown.'
const alone = 'Leave it out, or give breakdown.'
const typesOf = (types: string) => `Leave it out, or choose a component of the type ${types}.`

describe('a key that counts for nothing', () => {
  it.each<[type: ComponentType, query: object, key: string, hint: string]>([
    ['chart-bar', { ...byCategory, compare: 'previousPeriod' }, 'compare', beside],
    ['chart-bar', { ...byCategory, interval: 'day' }, 'interval', beside],
    ['chart-line', { ...byCategory, compare: 'previousYear' }, 'compare', beside],
    ['chart-line', { limit: 5 }, 'limit', alone],
    ['chart-bar', { order: 'asc' }, 'order', alone],
    [
      'chart-pie',
      { ...byCategory, compare: 'previousYear' },
      'compare',
      typesOf('chart-bar, chart-line, stats'),
    ],
    ['chart-pie', { ...byCategory, order: 'asc' }, 'order', typesOf('chart-bar, chart-line, list, table')],
    ['chart-pie', { columns: [column] }, 'breakdown', 'Give the name of a dimension, such as category.'],
    ['table', { ...byCategory, columns: [column] }, 'columns', beside],
    ['table', { ...byCategory, sort: 'value' }, 'sort', beside],
    ['table', { aggregate: 'avg' }, 'aggregate', alone],
    ['list', { ...byCategory, types: ['orders'] }, 'types', beside],
    ['list', { order: 'asc' }, 'order', alone],
    ['list', { columns: [column] }, 'columns', typesOf('table')],
    ['stats', { aggregate: 'count', types: ['users'] }, 'types', typesOf('activity-feed, list, table')],
    ['stats', byCategory, 'breakdown', typesOf('chart-bar, chart-line, chart-pie, list, table')],
    ['stats', { sort: 'value' }, 'sort', typesOf('table')],
    ['activity-feed', byCategory, 'breakdown', typesOf('chart-bar, chart-line, chart-pie, list, table')],
    ['activity-feed', { per: 'visits' }, 'per', typesOf('chart-bar, chart-line, stats')],
  ])('of %s is refused: %j', (type, query, key, hint) =>
    story(async (client) => {
      const question = { metric: 'revenue', ...query }
      expect(
        await clientError(call(client, member, 'query_metrics', [ours, type, question, null])),
      ).toMatchObject({
        status: 400,
        code: 'invalid_input',
        details: `query.${key}`,
        hint,
      })
    })(),
  )

  it.each<[type: ComponentType, query: object]>([
    ['stats', { per: 'visits', interval: 'day', compare: 'previousYear' }],
    ['stats', { label: 'Sales', format: 'currency' }],
    ['chart-line', { ...byCategory, interval: 'week', limit: 5, order: 'asc', aggregate: 'avg' }],
    ['chart-bar', { interval: 'week', compare: 'previousPeriod' }],
    ['chart-bar', { ...byCategory, compare: 'none' }],
    ['chart-pie', { ...byCategory, aggregate: 'count', limit: 3 }],
    ['table', { columns: [column], sort: 'customer', order: 'asc', types: ['orders'], limit: 5 }],
    ['table', { ...byCategory, aggregate: 'max', order: 'asc', limit: 5 }],
    ['list', { types: ['orders'], limit: 5 }],
    ['activity-feed', { types: ['orders'], limit: 5, format: 'number' }],
  ])('is none of these of %s: %j', (type, query) =>
    story(async (client) => {
      await ask(client, type, { metric: 'revenue', ...query })
    })(),
  )
})

it(
  'what a built-in component does not ask of its configuration is for the front end, and no fault',
  story(async (client) => {
    await ingest(client, [point({ dimensions: { category: 'Books', product: 'Atlas', source: 'Search' } })])
    const everything = {
      ...{ dateRange: '7d', compareMode: 'previousYear', limit: 3, sortOrder: 'asc', format: 'number' },
      filterTypes: ['orders'],
    }
    const { rows } = await client.query('select component_key from private.component_queries')
    expect(rows.length).toBeGreaterThan(5)
    for (const { component_key } of rows)
      expect(await dataOf(client, component_key, everything), component_key).toEqual(expect.any(Object))
  }),
)
