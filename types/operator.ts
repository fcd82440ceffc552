import * as z from 'zod'

// What servers with the secret key read of the whole project.

const labels = z.record(z.string(), z.string())
const name = z.string().regex(/^[a-z][a-z0-9_]*$/)
const help = z.string()

/**
 * The measures of the project: the answer of `operator_metrics`, which the function `metrics` writes for Prometheus.
 *
 * @example
 * const { data } = await server.rpc('operator_metrics')
 * const names = operatorMetricsSchema.parse(data).map(({ name }) => name)
 */
export const operatorMetricsSchema = z.array(
  z.discriminatedUnion('type', [
    z.strictObject({
      name,
      help,
      type: z.enum(['counter', 'gauge']),
      samples: z.array(z.strictObject({ labels, value: z.number().nullable() })),
    }),
    z.strictObject({
      name,
      help,
      type: z.literal('histogram'),
      samples: z.array(
        z.strictObject({
          labels,
          count: z.int().min(0),
          sum: z.number().min(0),
          /** How many took up to so many seconds. */
          buckets: z.array(z.strictObject({ le: z.number(), count: z.int().min(0) })),
        }),
      ),
    }),
  ]),
)

export type OperatorMetrics = z.infer<typeof operatorMetricsSchema>

const day = z.iso.date()
const count = z.number().min(0)

/**
 * What happened in all workspaces on a day (UTC).
 *
 * @example
 * const { activePeople } = operatorDaySchema.parse(answer)
 */
export const operatorDaySchema = z.strictObject({
  day,
  registrations: count,
  people: count,
  workspaces: count,
  premiumWorkspaces: count,
  /** In how many workspaces there is something that takes premium. */
  premiumUse: z.record(z.string(), count),
  activePeople: count,
  activeWorkspaces: count,
  viewsOpened: count,
  errors: count,
  /** How many people used each feature. */
  features: z.record(z.string(), count),
  ai: z.strictObject({ people: count, workspaces: count, calls: count, credits: count }),
  tickets: z.strictObject({ opened: count, firstAnswered: count, open: count }),
})

/**
 * The report of some days: the answer of `operator_report`.
 *
 * @example
 * const { data } = await server.rpc('operator_report', { from_day: '2026-01-01', to_day: '2026-01-31' })
 * const { days, nps } = operatorReportSchema.parse(data)
 */
export const operatorReportSchema = z.strictObject({
  from: day,
  to: day,
  days: z.array(operatorDaySchema),
  /** How likely people are to recommend the product, by quarter; null of fewer than three answers. */
  nps: z.array(
    z.strictObject({
      quarter: day,
      answers: z.int().min(1),
      promoters: z.int().nullable(),
      passives: z.int().nullable(),
      detractors: z.int().nullable(),
      score: z.int().min(-100).max(100).nullable(),
    }),
  ),
})

export type OperatorReport = z.infer<typeof operatorReportSchema>

/**
 * Requests that a function has answered, as `record_requests` takes them.
 *
 * @example
 * const request = { function: 'mail', method: 'POST', status: 200, milliseconds: [12] }
 * const requests = recordedRequestSchema.array().parse([request])
 */
export const recordedRequestSchema = z.strictObject({
  function: z.string().min(1).max(50),
  method: z.string().min(1).max(10),
  status: z.int().min(100).max(599),
  /** Of each request. */
  milliseconds: z.array(z.int().min(0).max(600_000)).min(1).max(1_000),
})

export type RecordedRequest = z.infer<typeof recordedRequestSchema>
