import { messageOf } from '../../../stack/index.ts'
import type { Channel } from '../channels/channel.ts'
import type { Client } from '../channels/client.ts'
import type { RealtimeContext } from '../context.ts'
import { refuseExpired } from '../tokens.ts'
import { shutDown } from './leave.ts'

/** As long as a timer is set for; a later end is looked at again then. */
const longestMilliseconds = 5 * 60 * 1000

/** Closes a channel when its token ends. */
export function watchExpiry(context: RealtimeContext, client: Client, channel: Channel): void {
  clearTimeout(channel.expiryTimer)
  const { expiresAt } = channel.identity
  if (expiresAt === undefined) return
  const milliseconds = Math.max(0, expiresAt * 1000 - Date.now())
  channel.expiryTimer = setTimeout(
    () => {
      try {
        refuseExpired(expiresAt)
        watchExpiry(context, client, channel)
      } catch (error) {
        shutDown(context, client, channel, messageOf(error))
      }
    },
    Math.min(milliseconds, longestMilliseconds),
  )
}
