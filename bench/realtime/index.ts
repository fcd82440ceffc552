import { execFileSync } from 'node:child_process'
import type { Stack } from '../../local/stack.ts'
import { memoryOf } from '../memory.ts'
import { type Measurement, percentile } from '../report.ts'
import { absolute } from '../samples.ts'
import { joinBare, joinRealtime, startBare } from './clients.ts'
import { measureFlood } from './flood.ts'
import { latencies, sayByNotify, sayThroughRealtime } from './latency.ts'
import { measureRowChanges } from './row-changes.ts'

const channels = Array.from({ length: 50 }, (_, number) => `channel-${number}`)
const fourOfEach = channels.flatMap((channel) => [channel, channel, channel, channel])

/** From commit to callback beside a bare server, what a thousand clients weigh, and one message for two hundred. */
export async function measureRealtime(stack: Stack): Promise<Measurement[]> {
  return [
    ...(await measureDelivery(stack)),
    await measureFanOut(stack),
    await measureMemory(stack),
    ...(await measureFlood(stack, realtimeProcess())),
    await measureRowChanges(stack),
  ]
}

async function measureDelivery(stack: Stack): Promise<Measurement[]> {
  const { database: databaseUrl } = stack.urls
  const load = { databaseUrl, topics: channels, messagesPerSecond: 200, listeners: 4 }
  const bare = await startBare(databaseUrl)
  try {
    const limitClients = await joinBare(bare.port, fourOfEach)
    await latencies(limitClients, { ...load, seconds: 1 }, sayByNotify)
    const limit = await latencies(limitClients, { ...load, seconds: 5 }, sayByNotify)
    await limitClients.close()
    const clients = await joinRealtime(stack, fourOfEach)
    await latencies(clients, { ...load, seconds: 1 }, sayThroughRealtime)
    const figure = await latencies(clients, { ...load, seconds: 5 }, sayThroughRealtime)
    await clients.close()
    const name = 'commit to callback, 50 channels of 4, 200 messages / s'
    return [
      ...[0.5, 0.95].map((share) => ({
        name: `${name}: p${share * 100}`,
        figure: `${percentile(figure, share).toFixed(2)} ms`,
        limit: `${percentile(limit, share).toFixed(2)} ms`,
        value: percentile(figure, share) / percentile(limit, share),
        budget: { atMost: 2 },
      })),
      absolute(name, figure, 50),
    ]
  } finally {
    bare.stop()
  }
}

async function measureFanOut(stack: Stack): Promise<Measurement> {
  const clients = await joinRealtime(stack, Array(200).fill('everybody'))
  const load = {
    databaseUrl: stack.urls.database,
    topics: ['everybody'],
    messagesPerSecond: 5,
    listeners: 200,
  }
  const samples = await latencies(clients, { ...load, seconds: 5 }, sayThroughRealtime)
  await clients.close()
  return absolute('one message to 200 clients of one channel', samples, 100)
}

async function measureMemory(stack: Stack): Promise<Measurement> {
  const clients = await joinRealtime(
    stack,
    Array.from({ length: 1000 }, (_, number) => `of-${number % 100}`),
  )
  const memory = await memoryOf(realtimeProcess())
  await clients.close()
  return {
    name: 'the Realtime process with 1,000 clients',
    figure: `${memory.toFixed(0)} MB`,
    limit: '',
    value: memory,
    budget: { atMost: 300 },
  }
}

/** The child of this process that runs the server. */
function realtimeProcess(): number {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  for (const line of table) {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    if (Number(parent) === process.pid && command.includes('realtime/process/entry')) return Number(pid)
  }
  throw new Error('The Realtime process does not run.')
}
