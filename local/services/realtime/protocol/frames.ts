import { z } from 'zod'
import type { Frame, ProtocolVersion, Reference } from './frame.ts'
import { decodeBinary } from './user-broadcast.ts'

const referenceSchema = z
  .union([z.string().max(255), z.number()])
  .nullish()
  .default(null)

const objectSchema = z
  .object({
    topic: z.string(),
    event: z.string(),
    payload: z.unknown().optional(),
    ref: referenceSchema,
    join_ref: referenceSchema,
  })
  .transform(({ join_ref: joinRef, payload, ...rest }): Frame => ({ joinRef, payload, ...rest }))

const arraySchema = z
  .tuple([referenceSchema, referenceSchema, z.string(), z.string(), z.unknown()], z.unknown())
  .transform(([joinRef, ref, topic, event, payload]): Frame => ({ joinRef, ref, topic, event, payload }))

/** The frame in a WebSocket message; undefined for what is none, which Supabase passes over in silence. */
export function decodeFrame(version: ProtocolVersion, data: Buffer, isBinary: boolean): Frame | undefined {
  if (isBinary) return version === '2.0.0' ? decodeBinary(data) : undefined
  try {
    const schema = version === '2.0.0' ? arraySchema : objectSchema
    return schema.safeParse(JSON.parse(data.toString('utf8'))).data
  } catch {
    return undefined
  }
}

/** What the server sends; the payload is JSON already, since one payload goes to many. */
export interface OutgoingFrame {
  joinRef: Reference
  ref: Reference
  topic: string
  event: string
  payload: string
}

/** The WebSocket message of a frame. */
export function encodeFrame(version: ProtocolVersion, frame: OutgoingFrame): string {
  const [joinRef, ref, topic, event] = [frame.joinRef, frame.ref, frame.topic, frame.event].map((part) =>
    JSON.stringify(part),
  )
  return version === '2.0.0'
    ? `[${joinRef},${ref},${topic},${event},${frame.payload}]`
    : `{"topic":${topic},"event":${event},"payload":${frame.payload},"ref":${ref}}`
}
