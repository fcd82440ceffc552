import { Stripe } from 'stripe'
import type { StandInEvent } from './state.ts'

/** What happens to deliveries on their way, as it does on the way from Stripe. */
export interface Disorder {
  /** Events that come together are sent at once, in any order. */
  shuffled: boolean
  /** Every event is sent twice. */
  doubled: boolean
  /** No event is sent. */
  dropped: boolean
}

/** Sends events to the project, signed, until it answers them with 2xx. */
export interface Deliveries {
  disorder: Disorder
  send(event: StandInEvent): void
  /** Keeps events back until they are released. */
  hold(): void
  /** Sends what was kept back, all at once: `pick` says which, in which order, and how often. */
  release(pick?: (held: StandInEvent[]) => StandInEvent[]): Promise<void>
  /** Resolves when everything that was sent has been answered with 2xx, or given up. */
  settled(): Promise<void>
  stop(): void
}

export interface DeliveryOptions {
  /** The function that takes them. */
  target: string
  secret: string
  /** Called with what was answered with 2xx, or is lost on purpose. */
  settle?(event: StandInEvent): void
  /** Milliseconds before each further try. */
  retryAfter?: number[]
  say?(line: string): void
}

/** Events of one page of the portal come together. */
const windowMilliseconds = 200
const patienceMilliseconds = 30_000

export function createDeliveries(options: DeliveryOptions): Deliveries {
  const { target, secret, say = () => undefined, settle = () => undefined } = options
  const retryAfter = options.retryAfter ?? [500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000]
  const stripe = new Stripe('sk_test_standin')
  const disorder: Disorder = { shuffled: false, doubled: false, dropped: false }
  const pending = new Set<Promise<void>>()
  const stopped = new AbortController()
  let held: StandInEvent[] | undefined
  let window: StandInEvent[] = []
  let last: Promise<void> = Promise.resolve()

  const attempt = async (event: StandInEvent): Promise<boolean> => {
    const payload = JSON.stringify(event)
    const signature = await stripe.webhooks.generateTestHeaderStringAsync({ payload, secret })
    try {
      const response = await fetch(target, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'stripe-signature': signature },
        body: payload,
        signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(patienceMilliseconds)]),
      })
      const { status, ok } = response
      // Or it holds its place among the requests that run.
      await response.text()
      if (!ok) say(`${event.type} was answered with ${status}, and is sent again.`)
      return ok
    } catch {
      return false
    }
  }
  const deliver = async (event: StandInEvent): Promise<void> => {
    for (const wait of [0, ...retryAfter]) {
      if (wait > 0) await pause(wait, stopped.signal)
      if (stopped.signal.aborted) return
      if (await attempt(event)) return settle(event)
    }
    say(`${event.type} was given up.`)
  }
  const track = (work: Promise<void>) => {
    pending.add(work)
    void work.finally(() => pending.delete(work))
    return work
  }
  const sendNow = (events: StandInEvent[]) => {
    const all = disorder.doubled ? events.flatMap((event) => [event, event]) : events
    if (disorder.dropped) return events.forEach(settle)
    if (disorder.shuffled) for (const event of shuffle(all)) track(deliver(event))
    else for (const event of all) last = track(last.then(() => deliver(event)))
  }

  return {
    disorder,
    send(event) {
      if (held) return void held.push(event)
      if (!disorder.shuffled) return sendNow([event])
      if (window.length === 0)
        track(
          pause(windowMilliseconds, stopped.signal).then(() => {
            sendNow(window)
            window = []
          }),
        )
      window.push(event)
    },
    hold() {
      held ??= []
    },
    async release(pick = (events) => events) {
      const events = pick(held ?? [])
      held = undefined
      await Promise.all(events.map((event) => track(deliver(event))))
    },
    async settled() {
      while (pending.size > 0) await Promise.all(pending)
    },
    stop: () => stopped.abort(),
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function shuffle<Item>(items: Item[]): Item[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
