import type { BroadcastOutcome, HttpBroadcast, Upgrade } from '../link.ts'
import type { RealtimeOptions } from '../realtime.ts'

/** What the stack tells the Realtime process; over the channel, so that no secret stands in the environment. */
export interface StartOptions extends Pick<RealtimeOptions, 'keys' | 'limits' | 'databaseUrl'> {}

export type StartOutcome = { started: true } | { failed: string }

/** What a gateway process asks of the Realtime process; its socket comes with an `upgrade`. */
export type RealtimeRequest =
  | { realtime: 'upgrade'; id: string; upgrade: Upgrade }
  /** Says that no other process holds the socket any more: from here on it may be read. */
  | { realtime: 'open'; id: string }
  | { realtime: 'broadcast'; id: string; request: HttpBroadcast }

export interface RealtimeReply {
  realtime: 'outcome'
  id: string
  outcome: BroadcastOutcome | { failed: string }
}

export function isRealtimeRequest(message: unknown): message is RealtimeRequest {
  return kindOf(message) !== undefined && kindOf(message) !== 'outcome'
}

export function isRealtimeReply(message: unknown): message is RealtimeReply {
  return kindOf(message) === 'outcome'
}

function kindOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'realtime' in message
    ? message.realtime
    : undefined
}
