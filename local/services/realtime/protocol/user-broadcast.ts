import type { Frame } from './frame.ts'

/** A broadcast whose payload passes through the server as it came: text that is JSON, or bytes. */
export interface UserBroadcast {
  event: string
  encoding: 'json' | 'binary'
  body: Buffer
}

/** The kinds of binary frames, by their first byte. */
const pushedByClient = 3
const sentByServer = 4
const jsonEncoding = 1
const pushHeader = 7
const longestPart = 255

export function isUserBroadcast(payload: unknown): payload is UserBroadcast {
  return typeof payload === 'object' && payload !== null && 'body' in payload && Buffer.isBuffer(payload.body)
}

/**
 * Reads `3, lengths of join reference, reference, topic, event and metadata, encoding`, the five texts and the
 * payload; undefined for whatever is different. The metadata asks for what is not served here, and is left out.
 */
export function decodeBinary(data: Buffer): Frame | undefined {
  if (data.length < pushHeader || data[0] !== pushedByClient) return undefined
  let offset = pushHeader
  const parts: string[] = []
  for (const length of data.subarray(1, 6)) {
    parts.push(data.toString('utf8', offset, offset + length))
    offset += length
  }
  if (offset > data.length) return undefined
  const [joinRef = '', ref = '', topic = '', event = ''] = parts
  const body = data.subarray(offset)
  const encoding = data[6] === jsonEncoding ? 'json' : 'binary'
  if (encoding === 'json' && !isJson(body)) return undefined
  const payload: UserBroadcast = { event, encoding, body }
  return { joinRef: joinRef || null, ref: ref || null, topic, event: 'broadcast', payload }
}

/** The binary frame of a broadcast; undefined where a part is too long for it. */
export function encodeBinary(topic: string, broadcast: UserBroadcast, meta: string): Buffer | undefined {
  const parts = [topic, broadcast.event, meta].map((part) => Buffer.from(part))
  if (parts.some(({ length }) => length > longestPart)) return undefined
  const encoding = broadcast.encoding === 'json' ? jsonEncoding : 0
  const header = Buffer.from([sentByServer, ...parts.map(({ length }) => length), encoding])
  return Buffer.concat([header, ...parts, broadcast.body])
}

/** Receivers parse it without a safeguard: what would throw there is not passed on. */
function isJson(body: Buffer): boolean {
  try {
    JSON.parse(body.toString('utf8'))
    return true
  } catch {
    return false
  }
}
