import * as z from 'zod'
import { answerOf, type RpcClient } from './rpc-client.ts'
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

/** What may be said of where something happened: a view, or a widget of it. */
export interface Place {
  viewId?: string
  instanceId?: string
}

/** Tells of use in the background: nothing here waits or throws. */
export interface Tracker {
  opened(viewId: string): void
  used(name: (typeof usedFeatures)[number], place?: Place): void
  failed(name: (typeof frontEndErrors)[number], place?: Place): void
  timed(name: (typeof frontEndTimings)[number], milliseconds: number, place?: Place): void
  /** Sends what waits, such as when the page is hidden. It never rejects. */
  flush(): Promise<void>
  /** Sends what waits, and no more by itself. */
  stop(): Promise<void>
}

const mostWaiting = 1_000
const mostAttempts = 3

/**
 * Collects events of use and sends them some seconds later, many in one call. What cannot be sent is tried again with
 * the same ids, and given up after three attempts: use is not worth anybody's waiting.
 *
 * @example
 * const tracker = createTracker(supabase, workspace_id)
 * tracker.opened(view_id)
 * @param every milliseconds between two calls; they are made while something waits
 */
export function createTracker(
  client: RpcClient,
  workspaceId: string,
  { every = 10_000 }: { every?: number } = {},
): Tracker {
  let waiting: TrackedEvent[] = []
  let attempts = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let isStopped = false

  function add(event: object): void {
    if (isStopped || waiting.length >= mostWaiting) return
    const common = { id: crypto.randomUUID(), at: new Date().toISOString() }
    waiting.push({ ...common, ...event } as TrackedEvent)
    schedule()
  }
  function schedule(): void {
    if (isStopped || timer !== undefined || waiting.length === 0) return
    timer = setTimeout(() => void flush(), every)
  }
  async function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const sent = waiting
    if (sent.length === 0) return
    waiting = []
    try {
      await answerOf(client, 'track', { workspace_id: workspaceId, events: sent })
      attempts = 0
    } catch {
      attempts += 1
      if (attempts < mostAttempts) waiting = [...sent, ...waiting].slice(0, mostWaiting)
      else attempts = 0
    }
    schedule()
  }
  return {
    opened: (viewId) => add({ kind: 'view_opened', viewId }),
    used: (name, place) => add({ kind: 'feature_used', name, ...place }),
    failed: (name, place) => add({ kind: 'error', name, ...place }),
    timed: (name, milliseconds, place) =>
      add({ kind: 'timing', name, milliseconds: Math.min(Math.max(milliseconds, 0), 600_000), ...place }),
    flush,
    async stop() {
      isStopped = true
      await flush()
    },
  }
}
