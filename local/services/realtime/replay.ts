import { z } from 'zod'
import type { Database } from '../shared/index.ts'
import { broadcastMessage, type Message } from './protocol/messages.ts'
import { Refusal } from './refusal.ts'

const mostMessages = 25

const replaySchema = z.object({
  /** Unix milliseconds. */
  since: z.int().nonnegative().max(8.64e15),
  limit: z
    .int()
    .nullish()
    .transform((limit) => Math.min(Math.max(limit ?? mostMessages, 1), mostMessages)),
})

interface StoredMessage {
  id: string
  event: string
  payload: string | null
  binary_payload: Buffer | null
}

/** The private broadcasts of a topic that the database has sent since a time, the oldest first. */
export async function replayedMessages(
  database: Database,
  topic: { name: string; whole: string },
  request: unknown,
): Promise<Message[]> {
  const { data, success } = replaySchema.safeParse(request)
  if (!success) throw new Refusal('UnableToReplayMessages', 'Replay params are not valid')
  // Partitions of the days to come are empty, and are not looked into.
  const rows = await database.rows<StoredMessage>(
    `select id, event, payload::text, binary_payload from realtime.messages
     where topic = $1 and private and extension = 'broadcast' and event is not null
       and inserted_at >= to_timestamp($2::double precision / 1000)::timestamp
       and inserted_at < now()::timestamp + interval '1 minute'
     order by inserted_at desc limit $3`,
    [topic.name, data.since, data.limit],
  )
  return rows
    .toReversed()
    .map(({ id, event, payload, binary_payload }) =>
      broadcastMessage(
        topic.whole,
        binary_payload
          ? { event, encoding: 'binary', body: binary_payload }
          : { event, encoding: 'json', body: Buffer.from(payload ?? 'null') },
        { id, replayed: true },
      ),
    )
}
