import type { ProtocolVersion } from './frame.ts'
import { encodeFrame } from './frames.ts'
import { encodeBinary, type UserBroadcast } from './user-broadcast.ts'

/** A WebSocket message. */
export interface Encoded {
  data: Buffer
  binary: boolean
}

/** One message for everybody on a topic, encoded once for each version of the protocol. */
export interface Message {
  /** The id of its row, where it comes from the database. */
  id: string | undefined
  /** Null where the version has no form for it. */
  encode(version: ProtocolVersion): Encoded | null
}

/** A message of the server, or a broadcast that came as text. */
export function textMessage(topic: string, event: string, payload: string): Message {
  return message(undefined, (version) => text(version, topic, event, payload))
}

/** What a message from the database carries beside its payload. */
export interface BroadcastMeta {
  id: string
  replayed?: true
}

/** A broadcast that came in the binary form, over HTTP or from the database. */
export function broadcastMessage(topic: string, broadcast: UserBroadcast, meta?: BroadcastMeta): Message {
  const metaText = meta ? JSON.stringify(meta) : ''
  return message(meta?.id, (version) => {
    const binary = version === '2.0.0' ? encodeBinary(topic, broadcast, metaText) : undefined
    if (binary) return { data: binary, binary: true }
    // Text has no form for bytes.
    if (broadcast.encoding === 'binary') return null
    const event = JSON.stringify(broadcast.event)
    const metaPart = meta ? `,"meta":${metaText}` : ''
    const payload = `{"type":"broadcast","event":${event},"payload":${broadcast.body.toString('utf8')}${metaPart}}`
    return text(version, topic, 'broadcast', payload)
  })
}

function text(version: ProtocolVersion, topic: string, event: string, payload: string): Encoded {
  const frame = encodeFrame(version, { joinRef: null, ref: null, topic, event, payload })
  return { data: Buffer.from(frame), binary: false }
}

function message(id: string | undefined, encode: (version: ProtocolVersion) => Encoded | null): Message {
  const encoded = new Map<ProtocolVersion, Encoded | null>()
  return {
    id,
    encode(version) {
      const known = encoded.get(version)
      if (known !== undefined) return known
      const fresh = encode(version)
      encoded.set(version, fresh)
      return fresh
    },
  }
}
