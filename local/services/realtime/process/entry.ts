import { once } from 'node:events'
import { Socket } from 'node:net'
import { messageOf } from '../../../stack/index.ts'
import type { BroadcastOutcome, Upgrade } from '../link.ts'
import { createRealtime } from '../realtime.ts'
import { isRealtimeRequest, type RealtimeReply, type StartOptions, type StartOutcome } from './messages.ts'

// Without the stack nobody is served.
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches every process of the terminal; the stack stops its own in order.
process.on('SIGINT', () => undefined)

const [options] = (await once(process, 'message')) as [StartOptions | 'stop']
if (options === 'stop') process.exit(0)

try {
  const realtime = await createRealtime(options)
  const handedOver = new Map<string, { upgrade: Upgrade; socket: Socket }>()
  process.on('message', async (message, handle) => {
    if (message === 'stop') {
      await realtime.close().catch((error: unknown) => console.error(`Realtime: ${messageOf(error)}`))
      process.exit(0)
    }
    if (!isRealtimeRequest(message)) return
    const { id } = message
    if (message.realtime === 'upgrade' && handle instanceof Socket) {
      // A client that hangs up before it is let in.
      handle.on('error', () => undefined)
      handedOver.set(id, { upgrade: message.upgrade, socket: handle })
    }
    if (message.realtime === 'open') {
      const opened = handedOver.get(id)
      handedOver.delete(id)
      if (opened) realtime.accept(opened.upgrade, opened.socket)
    }
    if (message.realtime === 'broadcast') {
      const outcome = await realtime
        .broadcast(message.request)
        .catch((error: unknown): { failed: string } => ({ failed: messageOf(error) }))
      reply(id, outcome)
    }
  })
  process.send?.({ started: true } satisfies StartOutcome)
} catch (error) {
  process.send?.({ failed: messageOf(error) } satisfies StartOutcome, () => process.exit(1))
}

function reply(id: string, outcome: BroadcastOutcome | { failed: string }): void {
  process.send?.({ realtime: 'outcome', id, outcome } satisfies RealtimeReply)
}
