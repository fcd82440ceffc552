import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { RpcClient } from '../../types/rpc-client.ts'
import { createTracker, type TrackedEvent, trackedEventSchema } from '../../types/track.ts'

// The tracker of front ends: in the background, many events in a call, and nothing that it throws or waits for.

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A client that answers when it is told to, and remembers what it was asked. */
function recorded(answer: () => Promise<{ data: unknown; error: Error | null }>) {
  const calls: TrackedEvent[][] = []
  const client: RpcClient = {
    rpc(name, args) {
      expect(name).toBe('track')
      calls.push((args as { events: TrackedEvent[] }).events)
      return answer()
    },
  }
  return { calls, client }
}
const taken = async () => ({ data: { stored: 1, known: 0, skipped: 0 }, error: null })
const refused = async () => ({ data: null, error: new Error('rate_limited') })

it('sends many events in one call, as the database takes them', async () => {
  const { calls, client } = recorded(taken)
  const tracker = createTracker(client, 'WK-00000000A', { every: 1_000 })
  tracker.opened(crypto.randomUUID())
  tracker.used('data_exported')
  tracker.failed('widget_failed', { viewId: crypto.randomUUID(), instanceId: crypto.randomUUID() })
  tracker.timed('page_load', -5)
  expect(calls).toEqual([])
  await vi.advanceTimersByTimeAsync(1_000)
  expect(calls).toHaveLength(1)
  expect(calls[0]?.map((event) => trackedEventSchema.parse(event).kind)).toEqual([
    'view_opened',
    'feature_used',
    'error',
    'timing',
  ])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(calls).toHaveLength(1)
})

it('tries again with the same ids, and gives up after three attempts', async () => {
  const { calls, client } = recorded(refused)
  const tracker = createTracker(client, 'WK-00000000A', { every: 1_000 })
  tracker.used('chat_opened')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(calls).toHaveLength(3)
  expect(new Set(calls.flat().map(({ id }) => id)).size).toBe(1)
})

it('costs the page a moment, holds a thousand events at most, and nothing once it has stopped', async () => {
  const { calls, client } = recorded(() => new Promise(() => undefined))
  const tracker = createTracker(client, 'WK-00000000A')
  const begun = performance.now()
  for (let n = 0; n < 2_000; n += 1) tracker.used('search_used')
  expect(performance.now() - begun).toBeLessThan(1_000)
  void tracker.stop()
  tracker.used('search_used')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(calls.map((events) => events.length)).toEqual([1_000])
})
