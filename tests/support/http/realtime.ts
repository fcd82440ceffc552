import {
  createClient,
  type RealtimeChannel,
  type RealtimeClientOptions,
  type SupabaseClient,
} from '@supabase/supabase-js'
import type pg from 'pg'
import WebSocket from 'ws'
import type { RealtimeLimits } from '../../../local/services/realtime/index.ts'
import type { TestDatabase } from '../stack/database.ts'
import { signToken } from './data-api.ts'
import type { TestGateway } from './gateway.ts'
import { startServed } from './served.ts'

/** Realtime over a database of a suite's own; limits are out of the way unless a suite sets them. */
export interface TestRealtime extends AsyncDisposable {
  gateway: TestGateway
  /** A session of `postgres`, whose commits the log has at once. */
  sql: pg.Client
  database: TestDatabase
  /** Another browser; with claims, that of somebody who is signed in. */
  connect(claims?: Record<string, unknown>, options?: RealtimeClientOptions): Promise<SupabaseClient>
  /** A WebSocket that sends what no client would. */
  open(parameters?: Record<string, string>, headers?: Record<string, string>): Promise<RawSocket>
}

/** A socket with everything that has come over it. */
export interface RawSocket {
  socket: WebSocket
  received: unknown[]
  send(frame: unknown): void
  /** Resolves with the code by which it was closed. */
  closed: Promise<number>
}

const generous: Partial<RealtimeLimits> = {
  messagesPerSecond: 1e6,
  joinsPerSecond: 1e6,
  presenceCallsPerWindow: 1e6,
}

export async function startRealtime(limits: Partial<RealtimeLimits> = {}): Promise<TestRealtime> {
  const served = await startServed('platform', { realtimeLimits: { ...generous, ...limits } })
  const { gateway, sql, database } = served
  await sql.query('set synchronous_commit = on')
  const clients: SupabaseClient[] = []
  const sockets: WebSocket[] = []
  return {
    gateway,
    sql,
    database,
    async connect(claims, realtime = {}) {
      const token = claims && (await signToken(claims))
      const client = createClient(gateway.url, gateway.publishableKey, {
        ...(token ? { accessToken: async () => token } : {}),
        auth: { persistSession: false, autoRefreshToken: false },
        realtime: { reconnectAfterMs: () => 50, ...realtime },
      })
      clients.push(client)
      return client
    },
    async open(parameters = {}, headers = {}) {
      const raw = await openSocket(gateway, parameters, headers)
      sockets.push(raw.socket)
      return raw
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.realtime.disconnect()))
      for (const socket of sockets) socket.terminate()
      await served[Symbol.asyncDispose]()
    },
  }
}

/** Connects as a program that keeps to no protocol. @throws Error with the status where it is refused */
export async function openSocket(
  { url, publishableKey }: TestGateway,
  parameters: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<RawSocket> {
  const query = new URLSearchParams({ apikey: publishableKey, vsn: '2.0.0', ...parameters })
  const socket = new WebSocket(`${url.replace('http', 'ws')}/realtime/v1/websocket?${query}`, { headers })
  const received: unknown[] = []
  socket.on('message', (data, isBinary) => received.push(isBinary ? data : JSON.parse(data.toString())))
  socket.on('error', () => undefined)
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (_request, response) => reject(new Error(`${response.statusCode}`)))
  })
  return {
    socket,
    received,
    closed,
    send: (frame) =>
      socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame)),
  }
}

/** Joins a channel; rejects with the server's answer where it is refused. */
export function subscribed(channel: RealtimeChannel): Promise<RealtimeChannel> {
  return new Promise((resolve, reject) =>
    channel.subscribe((status, error) => {
      if (status === 'SUBSCRIBED') resolve(channel)
      else reject(error ?? new Error(status))
    }),
  )
}

/** Everything that a channel hears under one name, as it comes. */
export function heard(channel: RealtimeChannel, event = '*'): unknown[] {
  const messages: unknown[] = []
  channel.on('broadcast', { event }, (message) => messages.push(message))
  return messages
}

/** The server's own messages to a channel. */
export function systemMessages(channel: RealtimeChannel): { status: string; message: string }[] {
  const messages: { status: string; message: string }[] = []
  channel.on('system', {}, (message) => messages.push(message))
  return messages
}
