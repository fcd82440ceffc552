import * as z from 'zod'
import { timestampSchema } from './timestamp.ts'

// Events of use, as front ends tell of them. They hold no content: names of a catalog, ids and times. The database
// holds the same rules, in sql/56_analytics/12_events.sql; a test demands the same verdict of both.

/**
 * What can be used.
 *
 * @example
 * const isKnown = usedFeatures.includes('data_exported')
 */
export const usedFeatures = [
  'dashboard_edited',
  'widget_added',
  'widget_configured',
  'widget_expanded',
  'widget_refreshed',
  'view_shared',
  'history_opened',
  'past_viewed',
  'data_exported',
  'theme_changed',
  'component_published',
  'search_used',
  'chat_opened',
  'chat_asked',
  'agent_edited',
  'notifications_opened',
  'support_opened',
  'analytics_opened',
  'settings_opened',
] as const

/**
 * What can go wrong in a front end.
 *
 * @example
 * const isKnown = frontEndErrors.includes('widget_failed')
 */
export const frontEndErrors = [
  'page_crashed',
  'widget_failed',
  'request_failed',
  'save_failed',
  'chat_failed',
  'live_lost',
] as const

/**
 * What people wait for.
 *
 * @example
 * const isKnown = frontEndTimings.includes('view_load')
 */
export const frontEndTimings = [
  'page_load',
  'view_load',
  'data_load',
  'request',
  'save',
  'chat_first_words',
] as const

const common = { id: z.guid(), at: timestampSchema }
/** A widget by its instance id, in its view. */
const thing = { viewId: z.guid().optional(), instanceId: z.guid().optional() }
const hasView = ({ viewId, instanceId }: { viewId?: string; instanceId?: string }) =>
  instanceId === undefined || viewId !== undefined
const needsView = { error: 'A widget is named with its view.', path: ['viewId'] }

/**
 * One event of use. Sent again, with the same id and time, it counts once.
 *
 * @example
 * const event = trackedEventSchema.parse({
 *   id: crypto.randomUUID(),
 *   at: new Date().toISOString(),
 *   kind: 'feature_used',
 *   name: 'data_exported',
 *   viewId: view_id,
 * })
 */
export const trackedEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('view_opened'),
    viewId: z.guid(),
    instanceId: thing.instanceId,
  }),
  z
    .strictObject({ ...common, ...thing, kind: z.literal('feature_used'), name: z.enum(usedFeatures) })
    .refine(hasView, needsView),
  z
    .strictObject({ ...common, ...thing, kind: z.literal('error'), name: z.enum(frontEndErrors) })
    .refine(hasView, needsView),
  z
    .strictObject({
      ...common,
      ...thing,
      kind: z.literal('timing'),
      name: z.enum(frontEndTimings),
      milliseconds: z.number().min(0).max(600_000),
    })
    .refine(hasView, needsView),
])

export type TrackedEvent = z.infer<typeof trackedEventSchema>

/**
 * The answer of `track`.
 *
 * @example
 * const { data } = await supabase.rpc('track', { workspace_id, events })
 * const { stored } = trackedEventsSchema.parse(data)
 */
export const trackedEventsSchema = z.strictObject({
  stored: z.int().min(0),
  /** How many had come before. */
  known: z.int().min(0),
  /** How many are too old, name what the caller does not see, or are of somebody who is not counted. */
  skipped: z.int().min(0),
})
