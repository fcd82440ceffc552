import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Clients } from './clients.ts'

export interface Load {
  databaseUrl: string
  /** Each in its turn. */
  topics: string[]
  messagesPerSecond: number
  seconds: number
  /** Clients that hear each message. */
  listeners: number
}

/** How the database says something, with a number by which it is known again. */
export type Say = (client: pg.Client, topic: string, number: number) => Promise<unknown>

export const sayThroughRealtime: Say = (client, topic, number) =>
  client.query(`select realtime.send(jsonb_build_object('number', $1::int), 'said', $2, false)`, [
    number,
    topic,
  ])

export const sayByNotify: Say = (client, topic, number) =>
  client.query('select pg_notify($1, $2)', ['said', `${topic} {"number": ${number}}`])

/** Milliseconds from the commit, as it is sent, to each client's callback. */
export async function latencies(clients: Clients, load: Load, say: Say): Promise<number[]> {
  const { topics, messagesPerSecond, seconds, listeners } = load
  const count = messagesPerSecond * seconds
  const sent = new Map<number, number>()
  const samples: number[] = []
  const { promise: done, resolve } = Promise.withResolvers<void>()
  clients.onMessage((text) => {
    const [, number] = /"number": ?(\d+)/.exec(text) ?? []
    const begun = sent.get(Number(number))
    if (begun === undefined) return
    samples.push(performance.now() - begun)
    if (samples.length === count * listeners) resolve()
  })
  const client = new pg.Client({ connectionString: load.databaseUrl })
  await client.connect()
  try {
    const started = performance.now()
    for (let number = 0; number < count; number += 1) {
      const early = started + (number * 1000) / messagesPerSecond - performance.now()
      if (early > 0) await sleep(early)
      await client.query('begin')
      await say(client, topics[number % topics.length] ?? '', number)
      sent.set(number, performance.now())
      await client.query('commit')
    }
    await Promise.race([done, sleep(10_000)])
  } finally {
    await client.end()
  }
  if (samples.length < count * listeners)
    throw new Error(`Of ${count * listeners} deliveries ${samples.length} came.`)
  return samples
}
