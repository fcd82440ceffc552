import type { Socket } from 'node:net'
import type { ApiKeyType, Caller } from '../shared/index.ts'

/** A request to speak the WebSocket protocol, which the gateway has let in. */
export interface Upgrade {
  /** With its path and parameters. */
  url: string
  headers: Record<string, string>
  /** What came after the request already, in base 64. */
  head: string
  key: ApiKeyType
}

/** One message that comes over HTTP. */
export interface HttpMessage {
  topic: string
  event: string
  private: boolean
  encoding: 'json' | 'binary'
  /** JSON text, or bytes in base 64. */
  payload: string
}

/** Messages of one request. */
export interface HttpBroadcast {
  caller: Caller
  headers: Record<string, string>
  messages: HttpMessage[]
}

/** What became of them; `refused` is a sentence for the client that sends too many. */
export type BroadcastOutcome = { accepted: true } | { refused: string }

/** What the gateway asks of the Realtime server, in whichever process it runs. */
export interface RealtimeLink {
  /** Hands over a connection. */
  accept(upgrade: Upgrade, socket: Socket): void
  broadcast(request: HttpBroadcast): Promise<BroadcastOutcome>
}
