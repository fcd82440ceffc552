import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { Client } from './channels/client.ts'
import { Connection } from './channels/connection.ts'
import { Intake } from './channels/intake.ts'
import type { RealtimeContext } from './context.ts'
import { handleFrame } from './handlers/handle-frame.ts'
import { leave } from './handlers/leave.ts'
import type { Upgrade } from './link.ts'
import type { ProtocolVersion } from './protocol/frame.ts'
import { decodeFrame } from './protocol/frames.ts'
import { identityOfKey } from './tokens.ts'
import { refuseUpgrade } from './websocket.ts'

/** A client that says nothing for so long is gone: its heartbeat comes every 25 seconds. */
const silenceMilliseconds = 60_000

/** The WebSocket server, on connections that somebody else has accepted. */
export interface RealtimeServer {
  accept(upgrade: Upgrade, socket: Socket): void
  /** Ends every connection. */
  close(): void
}

export function createServer(context: RealtimeContext): RealtimeServer {
  const { limits } = context
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
  })
  const clients = new Set<Client>()
  const watch = setInterval(() => {
    const deadline = performance.now() - silenceMilliseconds
    for (const { connection } of clients) if (connection.heardAt < deadline) connection.terminate()
  }, silenceMilliseconds / 4)

  const open = (socket: WebSocket, upgrade: Upgrade) => {
    const version: ProtocolVersion = versionOf(upgrade.url)
    const connection = new Connection({
      socket,
      version,
      identity: identityOfKey(upgrade.key),
      headers: Object.fromEntries(Object.entries(upgrade.headers).filter(([name]) => name.startsWith('x-'))),
      bufferedBytes: limits.bufferedBytes,
    })
    const intake = new Intake(socket, limits.readBytesPerSecond)
    const client = new Client(connection, intake, (...told) => handleFrame(context, ...told))
    clients.add(client)
    socket.on('message', (data: Buffer, isBinary) => {
      connection.heardAt = performance.now()
      intake.take(data.length)
      const frame = decodeFrame(version, data, isBinary)
      if (frame) client.receive(frame)
    })
    // What is wrong with a connection closes it, and its end is what counts.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      client.isGone = true
      clients.delete(client)
      for (const channel of client.channels.values()) leave(context, client, channel)
    })
  }

  return {
    accept(upgrade, socket) {
      if (clients.size >= limits.clients)
        return refuseUpgrade(socket, 429, { error: 'Too many connected users' })
      const request = new IncomingMessage(socket)
      request.method = 'GET'
      request.url = upgrade.url
      Object.assign(request.headers, upgrade.headers)
      sockets.handleUpgrade(request, socket, Buffer.from(upgrade.head, 'base64'), (opened) =>
        open(opened, upgrade),
      )
    },
    close() {
      clearInterval(watch)
      for (const { connection } of clients) connection.terminate()
      sockets.close()
    },
  }
}

function versionOf(url: string): ProtocolVersion {
  const [, query = ''] = url.split('?')
  return new URLSearchParams(query).get('vsn') === '2.0.0' ? '2.0.0' : '1.0.0'
}
