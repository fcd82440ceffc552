import type { Worker } from 'node:cluster'
import type { Durations } from './durations.ts'
import { createMeter, type Meter } from './meter.ts'

// The processes of the gateway count for themselves; which of them is asked is chance. So the one that is asks the
// stack that forked them, which asks all of them.

type Message =
  | { meter: 'ask'; id: string }
  | { meter: 'tell'; id: string }
  | { meter: 'told'; id: string; durations: Durations }
  | { meter: 'answer'; id: string; all: Durations[] }

/** The meter of this process of the gateway, which knows those of the others. */
export function reachMeter(): Meter {
  const meter = createMeter()
  const waiting = new Map<string, (all: Durations[]) => void>()
  const send = (message: Message) => process.send?.(message)
  process.on('message', (message: unknown) => {
    if (!isMessage(message)) return
    if (message.meter === 'tell') send({ meter: 'told', id: message.id, durations: meter.own })
    if (message.meter !== 'answer') return
    waiting.get(message.id)?.(message.all)
    waiting.delete(message.id)
  })
  return {
    ...meter,
    all: () => {
      const id = crypto.randomUUID()
      const { promise, resolve } = Promise.withResolvers<Durations[]>()
      waiting.set(id, resolve)
      send({ meter: 'ask', id })
      return promise
    },
  }
}

/** Answers each process with what all of them counted. */
export function serveMeters(workers: readonly Worker[]): void {
  const asked = new Map<string, { worker: Worker; all: Durations[] }>()
  const send = (worker: Worker, message: Message) => worker.isConnected() && worker.send(message)
  for (const worker of workers)
    worker.on('message', (message: unknown) => {
      if (!isMessage(message)) return
      const { id } = message
      if (message.meter === 'ask') {
        asked.set(id, { worker, all: [] })
        for (const one of workers) send(one, { meter: 'tell', id })
      } else if (message.meter === 'told') {
        const ask = asked.get(id)
        if (ask?.all.push(message.durations) !== workers.length) return
        asked.delete(id)
        send(ask.worker, { meter: 'answer', id, all: ask.all })
      }
    })
}

function isMessage(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && 'meter' in message
}
