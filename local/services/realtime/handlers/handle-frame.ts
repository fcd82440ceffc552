import { messageOf } from '../../../stack/index.ts'
import { topicPrefix } from '../channels/channel.ts'
import type { Client } from '../channels/client.ts'
import type { RealtimeContext } from '../context.ts'
import type { Frame } from '../protocol/frame.ts'
import { refreshToken } from './access-token.ts'
import { broadcast } from './broadcast.ts'
import { join } from './join.ts'
import { close } from './leave.ts'
import { presence } from './presence.ts'

/** Does what a frame asks for. What fails is logged and answered by an error, and the connection goes on. */
export function handleFrame(
  context: RealtimeContext,
  client: Client,
  frame: Frame,
): Promise<void> | undefined {
  try {
    return route(context, client, frame)?.catch((error: unknown) => fail(client, frame, error))
  } catch (error) {
    fail(client, frame, error)
    return undefined
  }
}

function route(context: RealtimeContext, client: Client, frame: Frame): Promise<void> | undefined {
  const { connection } = client
  const { topic, event } = frame
  if (topic === 'phoenix' && event === 'heartbeat') {
    connection.reply(frame, 'ok')
    return undefined
  }
  if (event === 'phx_join' && topic.startsWith(topicPrefix)) return join(context, client, frame)
  const channel = client.channels.get(topic)
  if (!channel) {
    if (event === 'phx_leave') connection.reply(frame, 'ok')
    else connection.reply(frame, 'error', { reason: 'unmatched topic' })
    return undefined
  }
  switch (event) {
    case 'phx_leave':
      connection.reply(frame, 'ok')
      close(context, client, channel)
      return undefined
    case 'broadcast':
      return broadcast(context, client, channel, frame)
    case 'presence':
      return presence(context, client, channel, frame)
    case 'access_token':
      return refreshToken(context, client, channel, frame.payload)
    default:
      return undefined
  }
}

function fail(client: Client, frame: Frame, error: unknown): void {
  console.error(`Realtime: ${messageOf(error)}`)
  client.connection.reply(frame, 'error', { reason: 'Unknown Error on Channel' })
}
