import { Channel, topicPrefix } from '../channels/channel.ts'
import type { Client } from '../channels/client.ts'
import { type JoinConfig, readJoin } from '../channels/join-payload.ts'
import type { RealtimeContext } from '../context.ts'
import type { Frame } from '../protocol/frame.ts'
import type { Message } from '../protocol/messages.ts'
import { Refusal } from '../refusal.ts'
import { replayedMessages } from '../replay.ts'
import type { Identity } from '../tokens.ts'
import { isKey } from './access-token.ts'
import { watchExpiry } from './expiry.ts'
import { close } from './leave.ts'
import { readRights } from './rights.ts'

/** Lets a client take part in a topic, or says why not. */
export async function join(context: RealtimeContext, client: Client, frame: Frame): Promise<void> {
  const { connection } = client
  try {
    refuseOverLimit(context, client, frame.topic)
    context.rates.joins.add()
    await enter(context, client, frame)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    connection.reply(frame, 'error', { reason: error.reason })
    if (error.code === 'ClientJoinRateLimitReached') connection.close(1008, error.message)
  }
}

function refuseOverLimit({ limits, rates }: RealtimeContext, client: Client, topic: string): void {
  if (topic === topicPrefix) throw new Refusal('TopicNameRequired', 'You must provide a topic name')
  if (rates.joins.isExceeded(1)) throw new Refusal('ClientJoinRateLimitReached', 'Too many joins per second')
  if (client.channels.size >= limits.channelsPerClient && !client.channels.has(topic))
    throw new Refusal('ChannelRateLimitReached', 'Too many channels')
}

async function enter(context: RealtimeContext, client: Client, frame: Frame): Promise<void> {
  const { connection } = client
  const config = readJoin(frame.payload)
  const token = config.token !== undefined && !isKey(config.token) ? config.token : undefined
  const identity: Identity = token === undefined ? connection.identity : await context.checkToken(token)
  const { topic, joinRef, ref } = frame
  const channel = new Channel({ connection, topic, joinRef: joinRef ?? ref, config, identity, token })
  await readRights(context, channel)
  const replayed = await replayOf(context, channel, config)
  const changes = await context.changes.subscribe(channel)
  // Whoever left while the database was asked is not brought back.
  if (client.isGone) {
    context.changes.unsubscribe(channel)
    return
  }
  const before = client.channels.get(topic)
  if (before) close(context, client, before)

  client.channels.set(topic, channel)
  const { presence } = context.topics.join(channel)
  watchExpiry(context, client, channel)
  connection.reply(frame, 'ok', { postgres_changes: changes.accepted })
  if (channel.presenceEnabled && channel.rights.readPresence) channel.push('presence_state', presence.state())
  for (const message of replayed) channel.deliver(message)
  if (changes.outcome) channel.pushSystem('postgres_changes', changes.outcome.status, changes.outcome.message)
}

async function replayOf(
  { database }: RealtimeContext,
  channel: Channel,
  { replay, isPrivate }: JoinConfig,
): Promise<Message[]> {
  if (replay === undefined || replay === null) return []
  if (!isPrivate) throw new Refusal('UnableToReplayMessages', 'Replay is not allowed for public channels')
  if (!channel.rights.readBroadcast)
    throw new Refusal(
      'Unauthorized',
      `You do not have permissions to read from this Channel topic: ${channel.name}`,
    )
  const messages = await replayedMessages(database, { name: channel.name, whole: channel.topic }, replay)
  channel.replayed = new Set(messages.flatMap(({ id }) => id ?? []))
  return messages
}
