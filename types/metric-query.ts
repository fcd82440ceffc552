import * as z from 'zod'
import { metricDimensionSchema, metricKeySchema } from './metrics.ts'
import { singleLine } from './text.ts'

// A question about metrics. The database holds the same rules in private.metric_query_problem; a test demands the same
// verdict of both.

const label = singleLine({ min: 1, max: 100 })
const column = metricDimensionSchema

/**
 * What a widget asks about metrics. What is left out has a default that depends on the type of its component, and each
 * type takes what counts for it alone, which docs/metrics.md says and the database holds.
 *
 * @example
 * const { error } = metricQuerySchema.safeParse({ metric: 'revenue', period: '7d', breakdown: 'category', limit: 5 })
 */
export const metricQuerySchema = z
  .strictObject({
    metric: metricKeySchema,
    /** A ratio: the sum of `metric` divided by the sum of this one. */
    per: metricKeySchema.optional(),
    label: label.optional(),
    /** `last` is the latest value, for what is no sum, such as the number of users. */
    aggregate: z.enum(['sum', 'avg', 'min', 'max', 'count', 'last']).optional(),
    period: z.enum(['24h', '7d', '30d', '90d', '1y']).optional(),
    interval: z.enum(['hour', 'day', 'week', 'month']).optional(),
    compare: z.enum(['none', 'previousPeriod', 'previousYear']).optional(),
    /** The dimension whose values are told apart. */
    breakdown: metricDimensionSchema.optional(),
    /** Of a table of points: `id`, `time`, `value`, or dimensions. */
    columns: z
      .array(
        z.strictObject({
          key: column,
          label,
          type: z.enum(['text', 'number', 'currency', 'percentage', 'moment', 'status', 'boolean']),
        }),
      )
      .min(1)
      .max(12)
      .optional(),
    /** Of points: those whose dimension `type` is one of these. */
    types: z.array(z.string()).max(20).optional(),
    /** Of a table of points: by which column. */
    sort: column.optional(),
    limit: z.int().min(1).max(200).optional(),
    order: z.enum(['asc', 'desc']).optional(),
    format: z.enum(['number', 'compact', 'currency', 'percentage']).optional(),
  })
  .refine(({ interval, period = '30d' }) => interval !== 'hour' || period === '24h' || period === '7d', {
    path: ['interval'],
    error: 'There are too many hours in this period.',
  })
  .refine(({ per, aggregate }) => !per || !aggregate, {
    path: ['per'],
    error: 'A ratio divides two sums, and has no other aggregate.',
  })

export type MetricQuery = z.infer<typeof metricQuerySchema>
