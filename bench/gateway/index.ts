import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Stack } from '../../local/stack.ts'
import { describe, type Load, load } from '../load.ts'
import { type Measurement, percentile } from '../report.ts'
import type { BareServerOptions } from './bare-server.ts'
import { makeRows, personWithTenWorkspaces, query } from './reader.ts'
import { type Read, tenRows, thousandRows, viewWithComponents } from './reads.ts'

/**
 * Signed-in people read through the gateway, beside a bare Node server that runs the same transaction with a statement
 * by hand on the same Postgres and does nothing else: no routing, no token, no translation.
 */
export async function measureGatewayRead(stack: Stack): Promise<Measurement[]> {
  const { token, userId, workspaceId } = await personWithTenWorkspaces(stack)
  const view = await makeRows(stack, { userId, workspaceId })
  const headers = { apikey: stack.keys.publishableKey, authorization: `Bearer ${token}` }
  const reads = [tenRows, thousandRows, viewWithComponents(view)]
  const bare = fork(join(import.meta.dirname, 'bare-server.ts'), { execArgv: [] })
  const statements = Object.fromEntries(reads.map(({ path, statement }) => [path, statement]))
  bare.send({ databaseUrl: authenticatorUrl(stack), userId, statements } satisfies BareServerOptions)
  const [port] = (await once(bare, 'message')) as [number]
  try {
    const measurements: Measurement[] = []
    for (const read of reads) {
      const [byHand, url] = [`http://127.0.0.1:${port}${read.path}`, `${stack.urls.api}/rest/v1${read.path}`]
      await assertSameBody(url, byHand, headers)
      const limit = await load(byHand, {})
      measurements.push(...compared(read, limit, await load(url, headers)))
    }
    return measurements
  } finally {
    bare.kill()
    await query(stack, 'drop table public.bench_entries')
  }
}

function compared(read: Read, limit: Load, gateway: Load): Measurement[] {
  const ratio: Measurement = {
    name: read.name,
    figure: describe(gateway),
    limit: describe(limit),
    value: gateway.requestsPerSecond / limit.requestsPerSecond,
    budget: { atLeast: 0.8 },
  }
  if (read !== tenRows) return [ratio]
  const [p95, limitP95] = [gateway, limit].map(({ latencies }) => percentile(latencies, 0.95)) as [
    number,
    number,
  ]
  return [
    ratio,
    {
      name: 'the same, p95',
      figure: `${p95.toFixed(1)} ms`,
      limit: `${limitP95.toFixed(1)} ms`,
      value: p95 / limitP95,
      budget: { atMost: 1.5 },
    },
    {
      name: 'the same, requests a second',
      figure: `${gateway.requestsPerSecond.toFixed(0)} / s`,
      limit: '',
      value: gateway.requestsPerSecond,
      budget: { atLeast: 1000 },
    },
  ]
}

/** Waits for the schema cache, which hears of the table by itself. */
async function assertSameBody(gateway: string, bare: string, headers: Record<string, string>): Promise<void> {
  let response = await fetch(gateway, { headers })
  for (let attempt = 0; response.status === 404 && attempt < 100; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    response = await fetch(gateway, { headers })
  }
  const [rows, limitRows] = [await response.text(), await (await fetch(bare)).text()]
  if (rows !== limitRows || rows.length < 100)
    throw new Error(`The gateway and the bare server do not answer the same: ${rows.slice(0, 200)}`)
}

function authenticatorUrl(stack: Stack): string {
  const url = new URL(stack.urls.database)
  url.username = 'authenticator'
  url.password = stack.keys.databasePasswords.authenticator
  return url.href
}
