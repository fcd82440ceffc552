import type { Reference } from '../protocol/frame.ts'
import type { Message } from '../protocol/messages.ts'
import type { Identity } from '../tokens.ts'
import type { Connection } from './connection.ts'
import type { JoinConfig } from './join-payload.ts'

export const topicPrefix = 'realtime:'

/** What policies let the one who joined do; undefined where they were not asked yet. */
export interface Rights {
  readBroadcast: boolean | undefined
  readPresence: boolean | undefined
  writeBroadcast: boolean | undefined
  writePresence: boolean | undefined
}

/** On a channel that is not private everybody may do everything. */
const allRights: Rights = {
  readBroadcast: true,
  readPresence: true,
  writeBroadcast: true,
  writePresence: true,
}

export interface ChannelOptions {
  connection: Connection
  /** With the prefix `realtime:`. */
  topic: string
  joinRef: Reference
  config: JoinConfig
  identity: Identity
  /** The token that the identity is of; undefined where it is of the key. */
  token: string | undefined
}

/** One client's part in a topic, from its join until it leaves. */
export class Channel {
  readonly connection: Connection
  readonly topic: string
  /** Without the prefix. */
  readonly name: string
  readonly joinRef: Reference
  readonly config: JoinConfig
  identity: Identity
  token: string | undefined
  rights: Rights = allRights
  /** From the join, or since something was tracked. */
  presenceEnabled: boolean
  /** The ids of messages that it was sent again when it joined, and is not sent anew. */
  replayed: ReadonlySet<string> = new Set()
  expiryTimer: NodeJS.Timeout | undefined
  presenceCalls = { since: 0, count: 0 }

  constructor(options: ChannelOptions) {
    this.connection = options.connection
    this.topic = options.topic
    this.name = options.topic.slice(topicPrefix.length)
    this.joinRef = options.joinRef
    this.config = options.config
    this.identity = options.identity
    this.token = options.token
    this.presenceEnabled = options.config.presenceEnabled
  }

  deliver(message: Message): void {
    this.connection.deliver(message)
  }

  push(event: string, payload: object): void {
    this.connection.push(this.joinRef, this.topic, event, payload)
  }

  /** Tells the client how something goes that it did not ask about just now. */
  pushSystem(extension: 'system' | 'postgres_changes', status: 'ok' | 'error', message: string): void {
    this.push('system', { extension, status, message, channel: this.name })
  }
}
