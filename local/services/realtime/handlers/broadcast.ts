import type { Channel } from '../channels/channel.ts'
import type { Client } from '../channels/client.ts'
import type { RealtimeContext } from '../context.ts'
import type { Frame } from '../protocol/frame.ts'
import { broadcastMessage, type Message, textMessage } from '../protocol/messages.ts'
import { isUserBroadcast } from '../protocol/user-broadcast.ts'
import { shutDown } from './leave.ts'
import { writeRights } from './rights.ts'

/** Passes on what a client says to a topic, where it may; where not, nobody hears of it. */
export function broadcast(
  context: RealtimeContext,
  client: Client,
  channel: Channel,
  frame: Frame,
): Promise<void> | undefined {
  if (channel.rights.writeBroadcast !== undefined) return pass(context, client, channel, frame)
  return writeRights(context, channel).then(() => pass(context, client, channel, frame))
}

function pass(context: RealtimeContext, client: Client, channel: Channel, frame: Frame): undefined {
  const { rates, limits, topics } = context
  if (!channel.rights.writeBroadcast || !client.holds(channel)) return
  rates.messages.add()
  if (rates.messages.isExceeded()) {
    shutDown(context, client, channel, 'Too many messages per second')
    return
  }
  const read = readBroadcast(channel.topic, frame.payload)
  if (!read) return
  const isTooLarge = read.bytes > limits.payloadBytes
  if (!isTooLarge) {
    const { hearsItself } = channel.config
    const delivered = topics.of(channel)?.broadcast(read.message, hearsItself ? undefined : channel)
    rates.messages.add(delivered)
  }
  if (!channel.config.acknowledge) return
  if (isTooLarge) client.connection.reply(frame, 'error', { reason: 'payload_size_exceeded' })
  else client.connection.reply(frame, 'ok')
}

function readBroadcast(topic: string, payload: unknown): { message: Message; bytes: number } | undefined {
  if (isUserBroadcast(payload))
    return { message: broadcastMessage(topic, payload), bytes: payload.body.length }
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return undefined
  const text = JSON.stringify(payload)
  return { message: textMessage(topic, 'broadcast', text), bytes: Buffer.byteLength(text) }
}
