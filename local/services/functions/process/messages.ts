import type { Ending, Place } from '../link.ts'

/** What a gateway process asks of the process that runs the functions. */
export type FunctionsRequest =
  | { functions: 'enter'; id: string; name: string }
  | { functions: 'leave'; process: string; answered: boolean }
  | { functions: 'ending'; id: string; process: string }

export interface FunctionsReply {
  functions: 'reply'
  id: string
  value: Place | { failed: Ending } | Ending
}

export function isFunctionsRequest(message: unknown): message is FunctionsRequest {
  return kindOf(message) !== undefined && kindOf(message) !== 'reply'
}

export function isFunctionsReply(message: unknown): message is FunctionsReply {
  return kindOf(message) === 'reply'
}

function kindOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'functions' in message
    ? message.functions
    : undefined
}
