import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import autocannon from 'autocannon'
import type { Stack } from '../local/stack.ts'
import { type Measurement, percentile } from './report.ts'

const connections = 16
const seconds = 5
const path = '/rest/v1/workspaces?select=id,name,plan_type,created_at&order=created_at&limit=10'

/**
 * A signed-in person reads ten rows through the gateway, beside a bare Node server that runs the same transaction
 * on the same Postgres and does nothing else: no routing, no token, no translation.
 */
export async function measureGatewayRead(stack: Stack): Promise<Measurement[]> {
  const { token, userId } = await personWithTenWorkspaces(stack)
  const headers = { apikey: stack.keys.publishableKey, authorization: `Bearer ${token}` }
  const bare = fork(join(import.meta.dirname, 'bare-server.ts'), { execArgv: [] })
  bare.send({ databaseUrl: authenticatorUrl(stack), userId })
  const [port] = (await once(bare, 'message')) as [number]
  try {
    await assertSameRows(`${stack.urls.api}${path}`, `http://127.0.0.1:${port}/`, headers)
    const limit = await load(`http://127.0.0.1:${port}/`, {})
    const gateway = await load(`${stack.urls.api}${path}`, headers)
    return [
      {
        name: 'authenticated read of 10 rows',
        figure: describe(gateway),
        limit: describe(limit),
        value: gateway.requestsPerSecond / limit.requestsPerSecond,
        budget: { atLeast: 0.8 },
      },
      {
        name: 'the same, requests a second',
        figure: `${gateway.requestsPerSecond.toFixed(0)} / s`,
        limit: '',
        value: gateway.requestsPerSecond,
        budget: { atLeast: 1000 },
      },
    ]
  } finally {
    bare.kill()
  }
}

export interface Load {
  requestsPerSecond: number
  /** Milliseconds, one a response. */
  latencies: number[]
}

export async function load(url: string, headers: Record<string, string>): Promise<Load> {
  await autocannon({ url, headers, connections, duration: 2 })
  const latencies: number[] = []
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    autocannon({ url, headers, connections, duration: seconds }, (error, outcome) =>
      error ? reject(error) : resolve(outcome),
    ).on('response', (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds))
  })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(
      `${url} answered ${result.non2xx} times without success and failed ${result.errors} times.`,
    )
  return { requestsPerSecond: result.requests.average, latencies }
}

export function describe({ requestsPerSecond, latencies }: Load): string {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(latencies, share).toFixed(0))
  return `${requestsPerSecond.toFixed(0)} / s, p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`
}

async function personWithTenWorkspaces(stack: Stack): Promise<{ token: string; userId: string }> {
  const supabase = createClient(stack.urls.api, stack.keys.publishableKey, {
    auth: { persistSession: false },
  })
  const { data, error } = await supabase.auth.signUp({
    email: 'reader@bench.test',
    password: 'correct horse battery staple',
  })
  if (error || !data.session) throw error ?? new Error('The sign-up gave no session.')
  for (let number = 1; number <= 10; number += 1) {
    const { error: refusal } = await supabase.rpc('create_workspace', { name: `Workspace ${number}` })
    if (refusal) throw refusal
  }
  return { token: data.session.access_token, userId: data.session.user.id }
}

async function assertSameRows(gateway: string, bare: string, headers: Record<string, string>): Promise<void> {
  const [one, other] = await Promise.all([fetch(gateway, { headers }), fetch(bare)])
  const [rows, limitRows] = [await one.json(), await other.json()] as [{ id: string }[], { id: string }[]]
  if (rows.length !== 10 || rows.some((row, index) => row.id !== limitRows[index]?.id))
    throw new Error('The gateway and the bare server do not answer with the same ten rows.')
}

function authenticatorUrl(stack: Stack): string {
  const url = new URL(stack.urls.database)
  url.username = 'authenticator'
  url.password = stack.keys.databasePasswords.authenticator
  return url.href
}
