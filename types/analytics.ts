import * as z from 'zod'
import { utcTimestampSchema } from './timestamp.ts'

// How a workspace is used. Docs: docs/analytics.md.

/**
 * The periods of analytics: whole days that are over, or of 24h the last hours that are.
 *
 * @example
 * const periods = analyticsPeriods.filter((period) => period !== '24h')
 */
export const analyticsPeriods = ['24h', '7d', '30d', '90d', '1y'] as const

/**
 * What `workspace_analytics_csv` gives.
 *
 * @example
 * const parts = analyticsParts.filter((part) => part !== 'people')
 */
export const analyticsParts = [
  'totals',
  'series',
  'views',
  'widgets',
  'features',
  'errors',
  'people',
] as const

export type AnalyticsPeriod = (typeof analyticsPeriods)[number]
export type AnalyticsPart = (typeof analyticsParts)[number]

const count = z.number().min(0)
/** A number of the period, and of the one before. */
const pair = z.strictObject({ value: count, previous: count })
/** Where it is not known what there was. */
const state = z.strictObject({ value: count.nullable(), previous: count.nullable() })
/** What at least three people used on a day, the most used first; and all that is not told. */
const things = z.strictObject({
  items: z
    .array(z.strictObject({ key: z.string(), name: z.string(), value: count, previous: count }))
    .max(100),
  others: pair,
})

/**
 * The use of a workspace: the answer of `workspace_analytics`.
 *
 * @example
 * const { data } = await supabase.rpc('workspace_analytics', { workspace_id, period: '30d' })
 * const { basics, premium } = workspaceAnalyticsSchema.parse(data)
 */
export const workspaceAnalyticsSchema = z.strictObject({
  workspaceId: z.string(),
  period: z.enum(analyticsPeriods),
  from: utcTimestampSchema,
  /** Up to when it is counted. */
  to: utcTimestampSchema,
  previousFrom: utcTimestampSchema,
  keptDays: z.int().positive(),
  basics: z.strictObject({ activePeople: pair, viewsOpened: pair, refreshes: pair, errors: pair }),
  /** By day, of 24h by hour. */
  series: z.array(
    z.strictObject({
      at: utcTimestampSchema,
      activePeople: count,
      viewsOpened: count,
      refreshes: count,
      errors: count,
    }),
  ),
  /** Null on a plan without it. */
  premium: z
    .strictObject({
      views: things,
      widgets: things,
      features: things,
      errors: things,
      saves: pair,
      failedRefreshes: pair,
      /** How many widgets were shown, and how many of them fresh, stale and empty. */
      cache: z.strictObject({ shown: pair, hits: pair, stale: pair, misses: pair }),
      /** How many answers are kept for widgets, and how many of them fresh, at the end of the period. */
      freshness: z.strictObject({ kept: state, fresh: state }),
      ai: z.strictObject({ calls: pair, inputTokens: pair, outputTokens: pair, credits: pair }),
      storage: z.strictObject({
        fileBytes: state,
        /** Of this month. */
        metricPoints: count,
      }),
      /** Members by use since the workspace says that it may be told; null where it does not. */
      people: z
        .array(
          z.strictObject({
            userId: z.guid(),
            name: z.string().nullable(),
            activeDays: pair,
            viewsOpened: pair,
            featuresUsed: pair,
          }),
        )
        .nullable(),
    })
    .nullable(),
})

export type WorkspaceAnalytics = z.infer<typeof workspaceAnalyticsSchema>

const day = z.iso.date()

/**
 * What is counted of oneself in a workspace: the answer of `analytics_choice`.
 *
 * @example
 * const { data } = await supabase.rpc('analytics_choice', { workspace_id })
 * const { isCounted, byPersonSince } = analyticsChoiceSchema.parse(data)
 */
export const analyticsChoiceSchema = z.strictObject({
  isCounted: z.boolean(),
  /** Since when readers of the analytics see use by person; null where they do not. */
  byPersonSince: day.nullable(),
})

/**
 * The answer of `set_analytics_policy`.
 *
 * @example
 * const { data } = await supabase.rpc('set_analytics_policy', { workspace_id, by_person: true })
 * const { byPersonSince } = analyticsPolicySchema.parse(data)
 */
export const analyticsPolicySchema = z.strictObject({ byPersonSince: day.nullable() })

/**
 * The question of the quarter: the answer of `my_survey` and `answer_survey`.
 *
 * @example
 * const { data } = await supabase.rpc('my_survey')
 * const { isDue } = surveySchema.parse(data)
 */
export const surveySchema = z.strictObject({
  survey: z.literal('nps'),
  /** Its first day. */
  quarter: day,
  isDue: z.boolean(),
  score: z.int().min(0).max(10).nullable(),
})
