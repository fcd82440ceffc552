import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPageFetch } from '../../types/page-fetch.ts'
import type { RpcClient } from '../../types/rpc-client.ts'
import { type TrackedEvent, trackedEventSchema } from '../../types/track.ts'
import { createTracker } from '../../types/tracker.ts'

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

it('costs the page a moment, and never has more than two calls under way, however long they take', async () => {
  const { calls, client } = recorded(() => new Promise(() => undefined))
  const tracker = createTracker(client, 'WK-00000000A')
  const begun = performance.now()
  for (let n = 0; n < 2_000; n += 1) tracker.used('search_used')
  expect(performance.now() - begun).toBeLessThan(1_000)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(calls.map((events) => events.length)).toEqual([100])
  for (let n = 0; n < 5; n += 1) void tracker.flush()
  expect(calls.map((events) => events.length)).toEqual([100, 100])
})

it('sends all of a thousand, so many in a call that a page which closes can leave one behind', async () => {
  const { calls, client } = recorded(taken)
  const tracker = createTracker(client, 'WK-00000000A')
  const place = { viewId: crypto.randomUUID(), instanceId: crypto.randomUUID() }
  for (let n = 0; n < 2_000; n += 1) tracker.timed('chat_first_words', 599_999.123_456_789, place)
  await tracker.flush()
  expect(calls.map((events) => events.length)).toEqual(Array(10).fill(100))
  for (const events of calls) expect(JSON.stringify(events).length).toBeLessThan(32_000)
})

it('gives a call up that gets no answer', async () => {
  const given: AbortSignal[] = []
  const client: RpcClient = {
    rpc: () =>
      Object.assign(Promise.resolve({ data: null, error: null }), {
        abortSignal: (signal: AbortSignal) => {
          given.push(signal)
          return Promise.resolve({ data: null, error: new Error('aborted') })
        },
      }),
  }
  const tracker = createTracker(client, 'WK-00000000A')
  tracker.used('search_used')
  await tracker.flush()
  expect(given).toHaveLength(1)
})

it('forgets what waits once it has stopped: who signs in next has not done it', async () => {
  const { calls, client } = recorded(taken)
  const tracker = createTracker(client, 'WK-00000000A')
  tracker.used('search_used')
  tracker.stop()
  tracker.used('search_used')
  await tracker.flush()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(calls).toEqual([])
})

describe('a page that is closed', () => {
  const sent = () => vi.spyOn(globalThis, 'fetch').mockResolvedValue(Response.json({}))
  const headers = new Headers({ apikey: 'sb_publishable_x', authorization: 'Bearer Ada', 'x-other': 'y' })

  it('says the last of it at once, in the name of whoever made the last request', async () => {
    const fetched = sent()
    const page = createPageFetch()
    const { calls, client } = recorded(taken)
    const tracker = createTracker(client, 'WK-00000000A', { page })
    await page.fetch('https://x.test/rest/v1/rpc/list_views', { method: 'POST', headers })
    await page.fetch('https://x.test/auth/v1/user', { headers: { authorization: 'Bearer Bob' } })
    for (let n = 0; n < 150; n += 1) tracker.used('search_used')
    tracker.leave()
    expect(fetched).toHaveBeenLastCalledWith('https://x.test/rest/v1/rpc/track', {
      method: 'POST',
      headers: {
        apikey: 'sb_publishable_x',
        authorization: 'Bearer Ada',
        'content-type': 'application/json',
      },
      body: expect.stringContaining('"workspace_id":"WK-00000000A"'),
      keepalive: true,
      signal: expect.any(AbortSignal),
    })
    const { events } = JSON.parse(String(fetched.mock.lastCall?.[1]?.body))
    expect(events).toHaveLength(100)
    await tracker.flush()
    // What went with it is not sent again.
    expect(calls.map((call) => call.length)).toEqual([50])
    fetched.mockClear()
    tracker.leave()
    expect(fetched).not.toHaveBeenCalled()
    fetched.mockRestore()
  })

  it('is said in the usual way where there was no request yet, and no other request is kept alive', async () => {
    const fetched = sent()
    const page = createPageFetch()
    const { calls, client } = recorded(taken)
    const tracker = createTracker(client, 'WK-00000000A', { page })
    tracker.used('search_used')
    tracker.leave()
    expect(calls).toHaveLength(1)
    for (const name of ['track', 'list_views'])
      await page.fetch(`https://x.test/rest/v1/rpc/${name}`, { headers })
    expect(fetched.mock.calls.map(([, init]) => init?.keepalive)).toEqual([true, undefined])
    fetched.mockRestore()
  })
})
