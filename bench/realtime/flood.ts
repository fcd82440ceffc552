import { once } from 'node:events'
import { setInterval as every } from 'node:timers/promises'
import WebSocket from 'ws'
import type { Stack } from '../../local/stack.ts'
import { memoryOf } from '../memory.ts'
import type { Measurement } from '../report.ts'
import { absolute } from '../samples.ts'
import { joinRealtime } from './clients.ts'
import { latencies, sayThroughRealtime } from './latency.ts'

const attackers = 10
const framesAtOnce = 20
const megabyte = 'x'.repeat(2 ** 20)

/** One of what no client should send, each in its turn. */
const frames: ((turn: number) => string | Buffer)[] = [
  () => '{',
  () => Buffer.from([3, 255, 255, 255, 255, 255, 1, 0]),
  () => '['.repeat(10_000),
  () => JSON.stringify(['1', '1', `realtime:${megabyte.slice(0, 50_000)}`, 'broadcast', {}]),
  (turn) =>
    JSON.stringify(['1', '1', `realtime:flood ${turn % 50}`, 'phx_join', { config: { private: true } }]),
  (turn) =>
    JSON.stringify([
      '1',
      '2',
      `realtime:flood ${turn % 50}`,
      'presence',
      { event: 'track', payload: megabyte },
    ]),
]

/** What the others hear, and what the process weighs, while clients send bad input without end. */
export async function measureFlood(stack: Stack, realtimeProcess: number): Promise<Measurement[]> {
  const before = await memoryOf(realtimeProcess)
  const clients = await joinRealtime(stack, ['calm', 'calm'])
  const url = `${stack.urls.api.replace('http', 'ws')}/realtime/v1/websocket?apikey=${stack.keys.publishableKey}&vsn=2.0.0`
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
  let turn = 0
  try {
    for await (const _ of every(20, undefined, { signal }))
      for (const socket of sockets)
        for (let count = 0; count < framesAtOnce && socket.bufferedAmount < megabyte.length; count += 1) {
          turn += 1
          socket.send(frames[turn % frames.length]?.(turn) ?? '')
        }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
