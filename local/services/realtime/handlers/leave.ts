import type { Channel } from '../channels/channel.ts'
import type { Client } from '../channels/client.ts'
import type { RealtimeContext } from '../context.ts'
import { announce } from './announce.ts'

/** Takes a client out of a topic; the others hear that it is gone. */
export function leave(context: RealtimeContext, client: Client, channel: Channel): void {
  clearTimeout(channel.expiryTimer)
  client.channels.delete(channel.topic)
  context.changes.unsubscribe(channel)
  const topic = context.topics.of(channel)
  context.topics.leave(channel)
  const diff = topic?.presence.untrack(channel)
  if (topic && diff) announce(context, topic, channel.topic, diff)
}

/** Takes a client out of a topic, and tells it so. */
export function close(context: RealtimeContext, client: Client, channel: Channel): void {
  leave(context, client, channel)
  client.connection.push(channel.joinRef, channel.topic, 'phx_close', {}, channel.joinRef)
}

/** Takes a client out of a topic that it may stay in no longer, and tells it why. */
export function shutDown(context: RealtimeContext, client: Client, channel: Channel, why: string): void {
  channel.pushSystem('system', 'error', why)
  close(context, client, channel)
}
