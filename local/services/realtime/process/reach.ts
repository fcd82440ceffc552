import type { Socket } from 'node:net'
import type { BroadcastOutcome, RealtimeLink } from '../link.ts'
import { isRealtimeReply, type RealtimeRequest } from './messages.ts'

/** Reaches the Realtime process from a gateway process, through the stack that both belong to. */
export function reachRealtime(): RealtimeLink {
  const waiting = new Map<string, (outcome: BroadcastOutcome | { failed: string }) => void>()
  process.on('message', (message) => {
    if (!isRealtimeReply(message)) return
    waiting.get(message.id)?.(message.outcome)
    waiting.delete(message.id)
  })
  return {
    accept(upgrade, socket) {
      const id = crypto.randomUUID()
      send({ realtime: 'upgrade', id, upgrade }, socket)
      // Node keeps it back until the socket has gone over and is closed here.
      send({ realtime: 'open', id })
    },
    async broadcast(request) {
      const id = crypto.randomUUID()
      const { promise, resolve } = Promise.withResolvers<BroadcastOutcome | { failed: string }>()
      waiting.set(id, resolve)
      send({ realtime: 'broadcast', id, request })
      const outcome = await promise
      if ('failed' in outcome) throw new Error(outcome.failed)
      return outcome
    },
  }
}

function send(request: RealtimeRequest, socket?: Socket): void {
  process.send?.(request, socket)
}
