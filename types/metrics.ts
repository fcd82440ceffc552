import * as z from 'zod'
import { singleLine } from './text.ts'
import { timestampSchema, utcTimestampSchema } from './timestamp.ts'

// The numbers that a workspace sends in. The database holds the same rules, in sql/49_metrics/58_points.sql; a test
// demands the same verdict of both.

/**
 * The key of a metric.
 *
 * @example
 * const isKey = metricKeySchema.safeParse('revenue').success
 */
export const metricKeySchema = z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/)

/**
 * The name of a dimension of metrics.
 *
 * @example
 * const isDimension = metricDimensionSchema.safeParse('category').success
 */
export const metricDimensionSchema = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/)

const dimensionsSchema = z
  .custom<Record<string, unknown>>(
    (dimensions) => typeof dimensions === 'object' && dimensions !== null && !Array.isArray(dimensions),
    'This must be a JSON object.',
  )
  // Before it is read as a record, which leaves out __proto__.
  .refine(
    (dimensions) => {
      const names = Object.keys(dimensions)
      return names.length <= 8 && names.every((name) => metricDimensionSchema.safeParse(name).success)
    },
    { error: 'These must be at most 8 dimensions, named by small letters, digits and "_".', abort: true },
  )
  .pipe(z.record(z.string(), singleLine({ min: 1, max: 200 })))

/**
 * A point: a value of a metric at a time. What is sent again under the same id counts once.
 *
 * @example
 * const { error } = metricPointSchema.safeParse({
 *   key: 'revenue',
 *   time: new Date().toISOString(),
 *   value: 12.5,
 *   dimensions: { category: 'Books' },
 *   id: 'order-1001',
 * })
 */
export const metricPointSchema = z.strictObject({
  key: metricKeySchema,
  time: timestampSchema,
  /** Kept to twelve decimals. */
  value: z.number().min(-1e15).max(1e15),
  dimensions: dimensionsSchema.optional(),
  id: z.string().regex(/^[A-Za-z0-9_.:/#@-]{1,100}$/),
})

export type MetricPoint = z.infer<typeof metricPointSchema>

/**
 * The answer of `ingest_metrics`.
 *
 * @example
 * const { data } = await supabase.rpc('ingest_metrics', { workspace_id, points })
 * const { stored } = ingestedMetricsSchema.parse(data)
 */
export const ingestedMetricsSchema = z.strictObject({
  stored: z.int().min(0),
  /** How many had come before, and count once. */
  known: z.int().min(0),
})

/**
 * The answer of `list_metrics`.
 *
 * @example
 * const { data } = await supabase.rpc('list_metrics', { workspace_id })
 * const keys = metricListSchema.parse(data).metrics.map(({ key }) => key)
 */
export const metricListSchema = z.strictObject({
  metrics: z.array(
    z.strictObject({
      key: metricKeySchema,
      dimensions: z.array(metricDimensionSchema),
      lastAt: utcTimestampSchema,
    }),
  ),
  /** In whose hours and days the workspace counts: `timezone` of its settings. */
  timezone: z.string(),
  keptDays: z.int().positive(),
  pointsPerMinute: z.int().positive(),
})
