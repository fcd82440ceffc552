import { type Access, mayRead, mayWrite, orDenied } from '../authorization.ts'
import type { Channel } from '../channels/channel.ts'
import type { RealtimeContext } from '../context.ts'
import { Refusal } from '../refusal.ts'

/**
 * Asks the policies what a client may read on a private channel. What it may write they are asked at its first try.
 *
 * @throws Refusal where it may read nothing
 */
export async function readRights({ database }: RealtimeContext, channel: Channel): Promise<void> {
  if (!channel.config.isPrivate) return
  const verdict = await orDenied(mayRead(database, accessOf(channel), channel.presenceEnabled))
  channel.rights = {
    readBroadcast: verdict.broadcast,
    readPresence: verdict.presence,
    writeBroadcast: undefined,
    writePresence: undefined,
  }
  if (!verdict.broadcast && !verdict.presence)
    throw new Refusal(
      'Unauthorized',
      `You do not have permissions to read from this Channel topic: ${channel.name}`,
    )
}

/** Asks what a client may write, where it was not asked since the last token. */
export async function writeRights({ database }: RealtimeContext, channel: Channel): Promise<void> {
  const { rights } = channel
  if (rights.writeBroadcast !== undefined) return
  const verdict = await orDenied(mayWrite(database, accessOf(channel)))
  rights.writeBroadcast = verdict.broadcast
  rights.writePresence = verdict.presence
}

/** Asks whether a client may read a presence that it had not asked for when it joined. */
export async function presenceRights({ database }: RealtimeContext, channel: Channel): Promise<void> {
  const { rights } = channel
  if (rights.readPresence !== undefined) return
  rights.readPresence = (await orDenied(mayRead(database, accessOf(channel), true))).presence
}

function accessOf({ identity, name, connection }: Channel): Access {
  return { caller: identity.caller, topic: name, headers: connection.headers }
}
