import { z } from 'zod'
import { isOpaqueKey } from '../../shared/index.ts'
import type { Channel } from '../channels/channel.ts'
import type { Client } from '../channels/client.ts'
import type { RealtimeContext } from '../context.ts'
import { Refusal } from '../refusal.ts'
import { watchExpiry } from './expiry.ts'
import { shutDown } from './leave.ts'
import { readRights } from './rights.ts'

const payloadSchema = z.object({ access_token: z.string() })

/** Clients send the project's key where they have no token. */
export const isKey = isOpaqueKey

/** Takes a fresh token of a client, which counts from here on; who may read less than before is shown out. */
export async function refreshToken(
  context: RealtimeContext,
  client: Client,
  channel: Channel,
  payload: unknown,
): Promise<void> {
  const token = payloadSchema.safeParse(payload).data?.access_token
  if (token === undefined || isKey(token) || token === channel.token) return
  const before = channel.rights
  try {
    channel.identity = await context.checkToken(token)
    channel.token = token
    await readRights(context, channel)
    const { rights } = channel
    const hasLost =
      (before.readBroadcast === true && rights.readBroadcast === false) ||
      (before.readPresence === true && rights.readPresence === false)
    if (hasLost)
      throw new Refusal(
        'Unauthorized',
        `You no longer have permission to read from this Channel topic: ${channel.name}`,
      )
    if (client.holds(channel)) watchExpiry(context, client, channel)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (client.holds(channel)) shutDown(context, client, channel, error.message)
  }
}
