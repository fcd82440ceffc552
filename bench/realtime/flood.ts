import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'
import type { Stack } from '../../local/stack.ts'
import { memoryOf } from '../memory.ts'
import type { Measurement } from '../report.ts'
import { absolute } from '../samples.ts'
import { joinRealtime } from './clients.ts'
import { latencies, sayThroughRealtime } from './latency.ts'

const attackers = 10
const megabyte = 2 ** 20

/** What no client should send, each in its turn. */
const frames = [
  '{',
  Buffer.from([3, 255, 255, 255, 255, 255, 1, 0]),
  '['.repeat(10_000),
  JSON.stringify(['1', '1', `realtime:${'x'.repeat(50_000)}`, 'broadcast', {}]),
  JSON.stringify(['1', '1', 'realtime:flood', 'phx_join', {}]),
  JSON.stringify(['1', '2', 'realtime:flood', 'presence', { event: 'track', payload: 'x'.repeat(megabyte) }]),
]

/** What the others hear, and what the process weighs, while clients send bad input without end. */
export async function measureFlood(stack: Stack, realtimeProcess: number): Promise<Measurement[]> {
  const before = await memoryOf(realtimeProcess)
  const clients = await joinRealtime(stack, ['calm', 'calm'])
  const query = new URLSearchParams({ apikey: stack.keys.publishableKey, vsn: '2.0.0' })
  const url = `${stack.urls.api.replace('http', 'ws')}/realtime/v1/websocket?${query}`
  const sockets = await Promise.all(
    Array.from({ length: attackers }, async () => {
      const socket = new WebSocket(url)
      await once(socket, 'open')
      return socket
    }),
  )
  const stopping = new AbortController()
  const flooding = flood(sockets, stopping.signal)
  const load = { databaseUrl: stack.urls.database, topics: ['calm'], messagesPerSecond: 20, listeners: 2 }
  const samples = await latencies(clients, { ...load, seconds: 10 }, sayThroughRealtime)
  const during = await memoryOf(realtimeProcess)
  stopping.abort()
  await flooding
  for (const socket of sockets) socket.terminate()
  await clients.close()
  return [
    absolute('commit to callback, while ten clients send bad input', samples, 100),
    {
      name: 'what the Realtime process grows by meanwhile',
      figure: `${(during - before).toFixed(0)} MB`,
      limit: '',
      value: during - before,
      budget: { atMost: 100 },
    },
  ]
}

async function flood(sockets: WebSocket[], signal: AbortSignal): Promise<void> {
  for (let turn = 0; !signal.aborted; turn += 1) {
    const frame = frames[turn % frames.length] ?? ''
    for (const socket of sockets) if (socket.bufferedAmount < megabyte) socket.send(frame)
    await sleep(1)
  }
}
