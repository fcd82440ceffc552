import { z } from 'zod'
import { topicPrefix } from '../channels/channel.ts'
import type { RealtimeContext } from '../context.ts'
import { broadcastMessage } from '../protocol/messages.ts'

/** The publication that tells of broadcasts from the database. */
export const broadcastsPublication = 'supabase_realtime_messages_publication'

/** Whether a table is a day's part of `realtime.messages`. */
export function isMessages({ schema, name }: { schema: string; name: string }): boolean {
  return schema === 'realtime' && /^messages(_|$)/.test(name)
}

/** A row as the log has it: every value as text. */
const rowSchema = z.object({
  id: z.string(),
  topic: z.string(),
  event: z.string(),
  private: z.enum(['t', 'f']),
  payload: z.string().nullish(),
  binary_payload: z.string().startsWith('\\x').nullish(),
})

/** Sends what the database says to whoever takes part in the topic; a row that says nothing is passed over. */
export function broadcastRow(
  { topics, limits, rates }: Pick<RealtimeContext, 'topics' | 'limits' | 'rates'>,
  row: unknown,
): void {
  const { data } = rowSchema.safeParse(row)
  if (!data) return
  const { id, event, payload, binary_payload } = data
  const topic = topics.find(data.topic, data.private === 't')
  if (!topic) return
  const body = binary_payload ? Buffer.from(binary_payload.slice(2), 'hex') : Buffer.from(payload ?? '')
  if (body.length === 0 || body.length > limits.payloadBytes) return
  if (rates.messages.isExceeded()) {
    console.error(`Realtime: a message of the database was not sent: Too many messages per second`)
    return
  }
  const encoding = binary_payload ? 'binary' : 'json'
  const message = broadcastMessage(`${topicPrefix}${data.topic}`, { event, encoding, body }, { id })
  rates.messages.add(1 + topic.broadcast(message))
}
