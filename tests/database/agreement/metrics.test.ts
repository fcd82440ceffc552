import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type MetricQuery, metricQuerySchema } from '../../../types/metric-query.ts'
import { metricPointSchema } from '../../../types/metrics.ts'
import {
  agreementOn,
  mutated,
  mutationWith,
  noTimestamps,
  verdictsOf,
} from '../../support/database/agreement.ts'
import { policySuite } from '../../support/database/policy-suite.ts'

// The same verdict of zod and of the database on every point and every question about metrics. The seed is fixed, so a
// failure can be seen again.

const story = policySuite()
const seed = 20_261_126

const scalar = fc.constantFrom<unknown>(
  ...[
    '',
    'a',
    'A',
    'revenue',
    '__proto__',
    'x'.repeat(64),
    'x'.repeat(101),
    'a b',
    '<b>',
    '😀',
    '24h',
    'last',
  ],
  ...[0, -1, 1.5, 200, 201, 1e15, 1.1e15, true, null, [], {}, ['orders'], 'NaN', ' a', 'a  b', 'ß', '\u200b'],
)
const key = fc.constantFrom('revenue', 'a', 'order.paid', 'x'.repeat(64))
const dimension = fc.constantFrom('category', 'a', 'sub_category')
const label = fc.constantFrom('Revenue', '😀', 'a < b')

const query: fc.Arbitrary<MetricQuery> = fc
  .record(
    {
      metric: key,
      per: key,
      label,
      aggregate: fc.constantFrom<MetricQuery['aggregate']>('sum', 'avg', 'min', 'max', 'count', 'last'),
      period: fc.constantFrom<MetricQuery['period']>('24h', '7d', '30d', '90d', '1y'),
      interval: fc.constantFrom<MetricQuery['interval']>('hour', 'day', 'week', 'month'),
      compare: fc.constantFrom<MetricQuery['compare']>('none', 'previousPeriod', 'previousYear'),
      breakdown: dimension,
      columns: fc.array(
        fc.record({ key: dimension, label, type: fc.constantFrom('text' as const, 'moment' as const) }),
        { minLength: 1, maxLength: 12 },
      ),
      types: fc.array(fc.constantFrom('orders', ''), { maxLength: 20 }),
      sort: dimension,
      limit: fc.integer({ min: 1, max: 200 }),
      order: fc.constantFrom<MetricQuery['order']>('asc', 'desc'),
      format: fc.constantFrom<MetricQuery['format']>('number', 'currency'),
    },
    { requiredKeys: ['metric'] },
  )
  // Few have both, which are refused.
  .map(({ per, ...rest }) => (rest.aggregate && Number(rest.limit) > 20 ? rest : { ...rest, per }))

const point = fc.record(
  {
    key,
    time: fc.constantFrom('2026-06-30T12:00:00Z', '2026-06-30T12:00:00.123456789+14:00'),
    value: fc.constantFrom(0, -1e15, 1e15, 0.1, 1e-300),
    id: fc.constantFrom('a', 'A-1001', 'https://example.com/a#1', 'x'.repeat(100)),
    dimensions: fc.dictionary(fc.constantFrom(...'abcdefghij'), label, { maxKeys: 9, noNullPrototype: true }),
  },
  { requiredKeys: ['key', 'time', 'value', 'id'] },
)

const textsOf = (document: fc.Arbitrary<unknown>, keys: string[], numRuns: number) =>
  fc
    .sample(fc.tuple(document, fc.option(mutationWith(scalar, keys))), { seed, numRuns })
    .map(([valid, change]) => JSON.stringify(change ? mutated(valid, change) : valid))

it(
  'of a question',
  story(async (client) => {
    const texts = textsOf(query, ['limit', 'breakdown', 'columns'], 1_500)
    const { valid, invalid, disagreements } = await agreementOn(
      client,
      'private.metric_query_problem(d.value)',
      metricQuerySchema,
      texts,
    )
    expect(disagreements.slice(0, 3)).toEqual([])
    expect(Math.min(valid, invalid)).toBeGreaterThan(200)
  }),
)

it(
  'of a question at the edges of its lists and numbers',
  story(async (client) => {
    const many = (most: number, of: (place: number) => unknown) =>
      [most, most + 1].map((length) => Array.from({ length }, (_, place) => of(place)))
    const questions = [
      ...many(20, (place) => `type ${place}`).map((types) => ({ types })),
      ...many(12, (place) => ({ key: `key_${place}`, label: 'Label', type: 'text' })).map((columns) => ({
        columns,
      })),
      ...[200, 201].map((limit) => ({ limit })),
    ].map((question) => ({ metric: 'revenue', ...question }))
    const verdicts = await verdictsOf(
      client,
      'private.metric_query_problem(d.value)',
      questions.map((question) => JSON.stringify(question)),
    )
    expect(verdicts).toEqual(questions.map((_, index) => index % 2 === 0))
    expect(questions.map((question) => metricQuerySchema.safeParse(question).success)).toEqual(verdicts)
  }),
)

it(
  'of a point',
  story(async (client) => {
    const texts = [
      ...textsOf(point, ['dimensions', 'time'], 1_500),
      ...noTimestamps.map((time) => JSON.stringify({ key: 'a', time, value: 1, id: 'a' })),
    ]
    const verdicts = await verdictsOf(
      client,
      "private.points_problem(jsonb_build_array(d.value), '-infinity', 'infinity')",
      texts,
    )
    const byZod = texts.map((text) => metricPointSchema.safeParse(JSON.parse(text)).success)
    expect(texts.filter((_, index) => verdicts[index] !== byZod[index])).toEqual([])
    expect(byZod.filter(Boolean).length).toBeGreaterThan(200)
  }),
)
