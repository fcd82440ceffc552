import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { ProjectKeys } from '../../config/index.ts'
import { checkApiKey } from '../shared/index.ts'
import type { RealtimeLink } from './link.ts'

const path = '/realtime/v1/websocket'

/**
 * Lets a client speak the WebSocket protocol with the Realtime server, if it has a key of the project; its tokens are
 * looked at when it joins something.
 */
export async function upgradeToWebSocket(
  keys: ProjectKeys,
  realtime: RealtimeLink,
  incoming: IncomingMessage,
  socket: Socket,
  head: Buffer,
): Promise<void> {
  const { url = '/' } = incoming
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  )
  const request = new Request(new URL(url, 'http://127.0.0.1'), { headers })
  if (new URL(request.url).pathname !== path) return refuseUpgrade(socket, 404, { error: 'Not found' })
  const key = checkApiKey(keys, request)
  if (key instanceof Response) return refuseUpgrade(socket, key.status, await key.json())
  realtime.accept({ url, headers: handshakeHeaders(headers), head: head.toString('base64'), key }, socket)
}

/** Answers a request for a WebSocket by an error. */
export function refuseUpgrade(socket: Socket, status: number, problem: unknown): void {
  const body = JSON.stringify(problem)
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\nConnection: close\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** What the handshake needs, and what policies may read. */
function handshakeHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^(x-|sec-websocket-|upgrade$|connection$)/.test(name)),
  )
}
