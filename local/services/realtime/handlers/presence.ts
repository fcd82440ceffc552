import { z } from 'zod'
import type { Channel } from '../channels/channel.ts'
import type { Client } from '../channels/client.ts'
import type { RealtimeContext } from '../context.ts'
import type { Frame } from '../protocol/frame.ts'
import { announce } from './announce.ts'
import { shutDown } from './leave.ts'
import { presenceRights, writeRights } from './rights.ts'

const payloadSchema = z.object({ event: z.string().toLowerCase(), payload: z.unknown().optional() })
const trackedSchema = z.record(z.string(), z.unknown()).default({})

const windowMilliseconds = 30_000

/** Keeps what a client says of itself, or forgets it, and tells the others. */
export async function presence(
  context: RealtimeContext,
  client: Client,
  channel: Channel,
  frame: Frame,
): Promise<void> {
  const { connection } = client
  const { data } = payloadSchema.safeParse(frame.payload)
  if (!data) return connection.reply(frame, 'ok')
  if (isTooOften(channel, context.limits.presenceCallsPerWindow))
    return shutDown(context, client, channel, 'Client presence rate limit exceeded')
  if (data.event === 'track') return track(context, client, channel, frame, data.payload)
  if (data.event !== 'untrack') return connection.reply(frame, 'error')
  const topic = context.topics.of(channel)
  const diff = topic?.presence.untrack(channel)
  if (topic && diff) announce(context, topic, channel.topic, diff)
  connection.reply(frame, 'ok')
}

async function track(
  context: RealtimeContext,
  client: Client,
  channel: Channel,
  frame: Frame,
  payload: unknown,
): Promise<void> {
  const { connection } = client
  await presenceRights(context, channel)
  await writeRights(context, channel)
  if (!client.holds(channel)) return
  if (!channel.rights.writePresence) return connection.reply(frame, 'error')
  const tracked = trackedSchema.safeParse(payload)
  if (!tracked.success)
    return connection.reply(frame, 'error', { reason: 'Presence track payload must be a map' })
  if (Buffer.byteLength(JSON.stringify(tracked.data)) > context.limits.payloadBytes)
    return shutDown(context, client, channel, 'Track message size exceeded')
  if (context.rates.presence.isExceeded())
    return shutDown(context, client, channel, 'Too many presence messages per second')
  context.rates.presence.add()
  channel.presenceEnabled = true
  const topic = context.topics.of(channel)
  const diff = topic?.presence.track(channel, tracked.data)
  if (topic && diff) announce(context, topic, channel.topic, diff)
  connection.reply(frame, 'ok')
}

function isTooOften({ presenceCalls }: Channel, limit: number): boolean {
  const now = performance.now()
  if (presenceCalls.count === 0 || now - presenceCalls.since > windowMilliseconds) {
    presenceCalls.since = now
    presenceCalls.count = 0
  }
  presenceCalls.count += 1
  return presenceCalls.count > limit
}
