import type { Worker } from 'node:cluster'
import type { Durations } from './durations.ts'
import { createMeasures, type Measures } from './measures.ts'

// The processes of the gateway count for themselves; which of them is asked is chance. So the one that is asks the stack
// that forked them, which asks all of them.

type Message =
  | { measures: 'ask'; id: string }
  | { measures: 'tell'; id: string }
  | { measures: 'told'; id: string; durations: Durations }
  | { measures: 'answer'; id: string; all: Durations[] }

/** The measures of this process of the gateway, which knows those of the others. */
export function reachMeasures(): Measures {
  const measures = createMeasures()
  const waiting = new Map<string, (all: Durations[]) => void>()
  const send = (message: Message) => process.send?.(message)
  process.on('message', (message: unknown) => {
    if (!isMessage(message)) return
    if (message.measures === 'tell') send({ measures: 'told', id: message.id, durations: measures.own })
    if (message.measures !== 'answer') return
    waiting.get(message.id)?.(message.all)
    waiting.delete(message.id)
  })
  return {
    ...measures,
    all: () => {
      const id = crypto.randomUUID()
      const { promise, resolve } = Promise.withResolvers<Durations[]>()
      waiting.set(id, resolve)
      send({ measures: 'ask', id })
      return promise
    },
  }
}

/** Answers each process with the measures of all of them. */
export function serveMeasures(workers: readonly Worker[]): void {
  const asked = new Map<string, { worker: Worker; all: Durations[] }>()
  const send = (worker: Worker, message: Message) => worker.isConnected() && worker.send(message)
  for (const worker of workers)
    worker.on('message', (message: unknown) => {
      if (!isMessage(message)) return
      const { id } = message
      if (message.measures === 'ask') {
        asked.set(id, { worker, all: [] })
        for (const one of workers) send(one, { measures: 'tell', id })
      } else if (message.measures === 'told') {
        const ask = asked.get(id)
        if (ask?.all.push(message.durations) !== workers.length) return
        asked.delete(id)
        send(ask.worker, { measures: 'answer', id, all: ask.all })
      }
    })
}

function isMessage(message: unknown): message is Message {
  return typeof message === 'object' && message !== null && 'measures' in message
}
