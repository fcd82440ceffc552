/** The versions of Phoenix's protocol: JSON objects, and JSON arrays with broadcasts in a binary form. */
export type ProtocolVersion = '1.0.0' | '2.0.0'

/** What a client calls one of its messages, or a join. */
export type Reference = string | number | null

/** One message of a client. */
export interface Frame {
  joinRef: Reference
  ref: Reference
  topic: string
  event: string
  /** JSON, or a `UserBroadcast` where the frame was binary. */
  payload: unknown
}
