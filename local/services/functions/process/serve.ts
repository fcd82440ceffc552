import type { Worker } from 'node:cluster'
import type { FunctionsLink } from '../link.ts'
import { type FunctionsReply, isFunctionsRequest } from './messages.ts'

/** Answers what a gateway process asks of the functions. */
export function serveFunctions(link: FunctionsLink, gateway: Worker): void {
  gateway.on('message', async (message: unknown) => {
    if (!isFunctionsRequest(message)) return
    if (message.functions === 'leave') return link.leave(message.process, message.answered)
    const value =
      message.functions === 'enter' ? await link.enter(message.name) : await link.ending(message.process)
    if (gateway.isConnected())
      gateway.send({ functions: 'reply', id: message.id, value } satisfies FunctionsReply)
  })
}
