import type { PageFetch } from './page-fetch.ts'
import type { RpcClient } from './rpc-client.ts'
import type { frontEndErrors, frontEndTimings, TrackedEvent, usedFeatures } from './track.ts'

// Telling of use from a front end. It is worth nobody's waiting: a browser has six connections to a server, and one
// that hangs must never have all of them, nor any for long.

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
  /** Sends what waits. It never rejects. */
  flush(): Promise<void>
  /** Sends what waits when the page is hidden, which is the last that a browser says: it may be closed then. */
  leave(): void
  /** Forgets what waits and tells of no more: whoever signs in next has not done it. */
  stop(): void
}

export interface TrackerOptions {
  /** Milliseconds between two calls, which are made while something waits. */
  every?: number
  /** Milliseconds after which a call without an answer has failed. */
  patience?: number
  /** That of the client: without it, what waits when the page is closed is lost. */
  page?: PageFetch
}

const mostWaiting = 1_000
/** What a browser sends for a page that is gone has 64 KiB at most, and an event up to 250 bytes: two calls fit. */
const mostInCall = 100
const mostAttempts = 3
const mostAtOnce = 2

/**
 * Collects events of use and sends them some seconds later, many in one call. What cannot be sent is tried again with
 * the same ids, and given up after three attempts.
 *
 * @example
 * const tracker = createTracker(supabase, workspace_id)
 * tracker.opened(view_id)
 */
export function createTracker(
  client: RpcClient,
  workspaceId: string,
  { every = 10_000, patience = 15_000, page }: TrackerOptions = {},
): Tracker {
  let waiting: TrackedEvent[] = []
  let attempts = 0
  let underWay = 0
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
    timer = setTimeout(() => {
      timer = undefined
      if (underWay === 0) void flush()
      else schedule()
    }, every)
  }
  async function flush(): Promise<void> {
    while (waiting.length > 0 && underWay < mostAtOnce) {
      const sent = waiting.splice(0, mostInCall)
      underWay += 1
      const isTaken = await send(sent)
      underWay -= 1
      if (isStopped) return
      attempts = isTaken ? 0 : (attempts + 1) % mostAttempts
      if (isTaken) continue
      if (attempts > 0) waiting = [...sent, ...waiting].slice(0, mostWaiting)
      break
    }
    schedule()
  }
  async function send(events: TrackedEvent[]): Promise<boolean> {
    try {
      const call = client.rpc('track', { workspace_id: workspaceId, events })
      const { error } = await (call.abortSignal?.(AbortSignal.timeout(patience)) ?? call)
      return !error
    } catch {
      return false
    }
  }
  return {
    opened: (viewId) => add({ kind: 'view_opened', viewId }),
    used: (name, place) => add({ kind: 'feature_used', name, ...place }),
    failed: (name, place) => add({ kind: 'error', name, ...place }),
    timed: (name, milliseconds, place) =>
      add({ kind: 'timing', name, milliseconds: Math.min(Math.max(milliseconds, 0), 600_000), ...place }),
    flush,
    leave() {
      const events = waiting.slice(0, mostInCall)
      if (events.length === 0) return
      if (page?.leave('track', { workspace_id: workspaceId, events })) waiting = waiting.slice(mostInCall)
      else void flush()
    },
    stop() {
      isStopped = true
      waiting = []
      clearTimeout(timer)
    },
  }
}
