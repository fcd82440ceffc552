import { describe, expect, it } from 'vitest'
import { metricKeys } from '../../../functions/ai-chat/tools/metric-keys.ts'
import { queryMetrics } from '../../../functions/ai-chat/tools/query-metrics.ts'
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
    [
      'stats',
      { ...byCategory, aggregate: 'sum' },
      'breakdown',
      typesOf('chart-bar, chart-line, chart-pie, list, table'),
    ],
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

describe('a widget that was saved with a key that counts for nothing', () => {
  it.each<[type: ComponentType, query: object, counts: object]>([
    ['chart-bar', { ...byCategory, compare: 'previousPeriod', interval: 'day' }, byCategory],
    ['chart-line', { ...byCategory, compare: 'previousYear' }, byCategory],
    ['chart-line', { limit: 1, order: 'asc' }, {}],
    ['chart-pie', { ...byCategory, order: 'asc', columns: [column] }, byCategory],
    ['table', { ...byCategory, sort: 'value', types: ['orders'] }, byCategory],
    ['list', { types: ['orders'], columns: [column] }, { types: ['orders'] }],
    ['stats', { limit: 5 }, {}],
    ['stats', { ...byCategory, aggregate: 'count', limit: 5 }, { aggregate: 'count' }],
    ['activity-feed', { ...byCategory, limit: 1 }, { limit: 1 }],
  ])('is answered without it, of %s: %j', (type, query, counts) =>
    story(async (client) => {
      await ingest(client, [
        point({ value: 5, before: '2 hours', dimensions: { category: 'Books', type: 'orders' } }),
        point({ value: 7, before: '2 hours', dimensions: { category: 'Games' } }),
      ])
      const answer = await ask(client, type, { metric: 'revenue', ...query })
      expect(answer).toEqual(await ask(client, type, { metric: 'revenue', ...counts }))
      const question = { type, source: 'metrics', query: { metric: 'revenue', ...query } }
      const asked = await client.query('select private.answer_in_database($1, $2, now()) as answer', [
        ours,
        question,
      ])
      expect(asked.rows[0].answer).toEqual(answer)
    })(),
  )
})

it(
  'what a model is told of each shape is what counts',
  story(async (client) => {
    const { rows } = await client.query('select private.metric_keys() as keys')
    // The latest points are read with a list.
    const { 'activity-feed': _, ...keys } = rows[0].keys
    expect(keys).toEqual(metricKeys)
    expect(queryMetrics.description).toContain(
      'stats per, aggregate, interval, compare; chart-line without breakdown per, aggregate, interval, compare, or ' +
        'with breakdown per, aggregate, interval, limit, order; ',
    )
  }),
)

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
