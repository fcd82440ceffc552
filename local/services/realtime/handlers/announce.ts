import type { PresenceDiff } from '../channels/presence.ts'
import type { Topic } from '../channels/topics.ts'
import type { RealtimeContext } from '../context.ts'
import { textMessage } from '../protocol/messages.ts'

/** Tells a topic who came and who went; those alone who may read its presence. */
export function announce(
  { rates }: RealtimeContext,
  topic: Topic,
  wholeTopic: string,
  diff: PresenceDiff,
): void {
  const message = textMessage(wholeTopic, 'presence_diff', JSON.stringify(diff))
  for (const channel of topic.channels) {
    if (channel.rights.readPresence !== true) continue
    channel.deliver(message)
    rates.presence.add()
  }
}
