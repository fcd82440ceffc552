import type { Ending, FunctionsLink, Place } from '../link.ts'
import { type FunctionsReply, type FunctionsRequest, isFunctionsReply } from './messages.ts'

/** Reaches the functions from a gateway process, through the stack that started it. */
export function reachFunctions(): FunctionsLink {
  const waiting = new Map<string, (value: FunctionsReply['value']) => void>()
  process.on('message', (message) => {
    if (!isFunctionsReply(message)) return
    waiting.get(message.id)?.(message.value)
    waiting.delete(message.id)
  })
  const ask = <Value>(request: (id: string) => FunctionsRequest): Promise<Value> => {
    const id = crypto.randomUUID()
    const { promise, resolve } = Promise.withResolvers<Value>()
    waiting.set(id, (value) => resolve(value as Value))
    process.send?.(request(id))
    return promise
  }
  return {
    enter: (name) => ask<Place | { failed: Ending }>((id) => ({ functions: 'enter', id, name })),
    ending: (process) => ask<Ending>((id) => ({ functions: 'ending', id, process })),
    leave: (id, answered) =>
      process.send?.({ functions: 'leave', process: id, answered } satisfies FunctionsRequest),
  }
}
