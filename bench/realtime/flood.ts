import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Stack } from '../../local/stack.ts'
import { memoryOf } from '../memory.ts'
import type { Measurement } from '../report.ts'
import { absolute } from '../samples.ts'
import { joinRealtime } from './clients.ts'
import { latencies, sayThroughRealtime } from './latency.ts'

const attackers = 10

/** What the others hear, and what the process weighs, while clients send bad input without end. */
export async function measureFlood(stack: Stack, realtimeProcess: number): Promise<Measurement[]> {
  const before = await memoryOf(realtimeProcess)
  const clients = await joinRealtime(stack, ['calm', 'calm'])
  const query = new URLSearchParams({ apikey: stack.keys.publishableKey, vsn: '2.0.0' })
  const flooder = fork(join(import.meta.dirname, 'flooder.ts'), { execArgv: [] })
  flooder.send({ url: `${stack.urls.api.replace('http', 'ws')}/realtime/v1/websocket?${query}`, attackers })
  await once(flooder, 'message')
  const load = { databaseUrl: stack.urls.database, topics: ['calm'], messagesPerSecond: 20, listeners: 2 }
  const samples = await latencies(clients, { ...load, seconds: 10 }, sayThroughRealtime)
  const during = await memoryOf(realtimeProcess)
  flooder.kill()
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
