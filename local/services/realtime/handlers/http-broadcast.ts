import { mayWrite, orDenied } from '../authorization.ts'
import { topicPrefix } from '../channels/channel.ts'
import type { RealtimeContext } from '../context.ts'
import type { BroadcastOutcome, HttpBroadcast, HttpMessage } from '../link.ts'
import { broadcastMessage } from '../protocol/messages.ts'

/** Sends messages that came over HTTP. What the caller may not send is left out without a word, as on Supabase. */
export async function broadcastOverHttp(
  context: RealtimeContext,
  { caller, headers, messages }: HttpBroadcast,
): Promise<BroadcastOutcome> {
  const { database, rates } = context
  if (rates.messages.isExceeded()) return { refused: 'You have exceeded your rate limit' }
  if (rates.messages.isExceeded(messages.length))
    return { refused: 'Too many messages to broadcast, please reduce the batch size' }
  const permitted = new Map<string, boolean>()
  for (const message of messages) {
    const { topic } = message
    if (message.private && !permitted.has(topic))
      permitted.set(topic, (await orDenied(mayWrite(database, { caller, topic, headers }))).broadcast)
    if (!message.private || permitted.get(topic)) send(context, message)
  }
  return { accepted: true }
}

function send({ topics, rates }: RealtimeContext, message: HttpMessage): void {
  const { topic: name, event, encoding, payload } = message
  const body = Buffer.from(payload, encoding === 'binary' ? 'base64' : 'utf8')
  const topic = topics.find(name, message.private)
  const delivered =
    topic?.broadcast(broadcastMessage(`${topicPrefix}${name}`, { event, encoding, body })) ?? 0
  rates.messages.add(1 + delivered)
}
