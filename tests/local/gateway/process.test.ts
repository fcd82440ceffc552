/*
 * The processes of the gateway as the stack forks them: every service works without the accessor by which a client's
 * name could reach Object.prototype, and functions are reached from each.
 */
import cluster from 'node:cluster'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readProject } from '../../../local/config/index.ts'
import { forkGateway, type GatewayPool } from '../../../local/gateway/index.ts'
import { connectionString } from '../../../local/postgres/index.ts'
import { forkRealtime, type RealtimeProcess } from '../../../local/services/realtime/index.ts'
import { freePorts } from '../../../local/stack/index.ts'
import { type ServedFunctions, serveFunctionsOf } from '../../support/stack/functions.ts'

let gateway: GatewayPool
let realtime: RealtimeProcess
let functions: ServedFunctions
let url: string

const count = `
let calls = 0
Deno.serve((request) => Response.json({ calls: ++calls, address: request.headers.get('cf-connecting-ip') }, {
  headers: { 'access-control-allow-origin': 'https://dashboard.test' },
}))`

const storageDirectory = mkdtempSync(join(tmpdir(), 'storage-'))

beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  url = `http://127.0.0.1:${port}`
  realtime = forkRealtime()
  gateway = forkGateway(2)
  const keys = inject('keys')
  const databasePort = inject('postgresPort')
  const password = keys.databasePasswords.supabase_admin
  await realtime.start({
    keys,
    databaseUrl: connectionString('supabase_admin', password, databasePort, 'postgres'),
  })
  functions = await serveFunctionsOf({ count, open: count, falling: 'Deno.serve(() => Deno.exit(1))' })
  const config = {
    ...readProject(join(import.meta.dirname, '../../..')),
    functions: functions.config.functions,
  }
  const options = { config, keys, port, publicUrl: url, databasePort, storageDirectory, smtpPort: 1 }
  await gateway.serve(options, { realtime, functions: functions.functions })
}, 60_000)

afterAll(async () => {
  const begun = performance.now()
  await gateway?.stop()
  expect(performance.now() - begun, 'milliseconds to end, though clients were connected').toBeLessThan(2_000)
  await realtime?.stop()
  await functions?.[Symbol.asyncDispose]()
  rmSync(storageDirectory, { recursive: true, force: true })
})

it('run without it', () => {
  expect(cluster.settings.execArgv).toContain('--disable-proto=delete')
})

it('serve Auth, Storage and the Data API', async () => {
  const { publishableKey, secretKey } = inject('keys')
  const auth = { persistSession: false, autoRefreshToken: false }
  const client = createClient(url, publishableKey, { auth })
  const server = createClient(url, secretKey, { auth })
  const email = `${crypto.randomUUID()}@example.com`
  const { data, error } = await client.auth.signUp({ email, password: 'correct-horse-1' })
  expect(error).toBeNull()
  expect((await client.auth.getUser()).data.user?.email).toBe(email)
  expect((await server.auth.admin.deleteUser(data.user?.id ?? '')).error).toBeNull()
  expect((await server.storage.listBuckets()).error).toBeNull()
  expect((await server.from('nothing').select()).error?.code).toBe('PGRST205')
})

it('pass on to each other what clients say: over any of them, everybody is on the same channel', async () => {
  const { publishableKey } = inject('keys')
  const clients = [1, 2, 3, 4].map(() =>
    createClient(url, publishableKey, { auth: { persistSession: false } }),
  )
  const heard: unknown[] = []
  try {
    const channels = await Promise.all(
      clients.map(async (client) => {
        const channel = client.channel('room')
        channel.on('broadcast', { event: 'said' }, ({ payload }) => heard.push(payload))
        await new Promise<void>((resolve, reject) =>
          channel.subscribe((status, error) => (status === 'SUBSCRIBED' ? resolve() : reject(error))),
        )
        return channel
      }),
    )
    await channels[0]?.send({ type: 'broadcast', event: 'said', payload: { word: 'hello' } })
    await expect.poll(() => heard).toEqual(Array(3).fill({ word: 'hello' }))
    expect(await channels[1]?.httpSend('said', { word: 'over HTTP' })).toEqual({ success: true })
    await expect.poll(() => heard.slice(3)).toEqual(Array(4).fill({ word: 'over HTTP' }))
  } finally {
    await Promise.all(clients.map((client) => client.removeAllChannels()))
    for (const client of clients) await client.realtime.disconnect()
  }
})

describe('a function', () => {
  it('is one, whichever process a call comes to, and is invoked by supabase-js', async () => {
    const client = createClient(url, inject('keys').anonKey, { auth: { persistSession: false } })
    const counts: number[] = []
    // As many as the processes take turns with.
    for (let call = 0; call < 4; call += 1) {
      const { data, error } = await client.functions.invoke('count', { body: { call } })
      expect(error).toBeNull()
      counts.push(data.calls)
    }
    expect(counts).toEqual([1, 2, 3, 4])
  })

  it('says by itself which pages may call it, also before they do', async () => {
    const preflight = { 'access-control-request-method': 'POST', origin: 'https://elsewhere.test' }
    for (const method of ['OPTIONS', 'POST']) {
      const response = await fetch(`${url}/functions/v1/open`, { method, headers: preflight })
      expect(response.headers.get('access-control-allow-origin')).toBe('https://dashboard.test')
    }
  })

  it('hears where a call comes from, whatever the client claims', async () => {
    const headers = { 'cf-connecting-ip': '192.0.2.1' }
    const response = await fetch(`${url}/functions/v1/open`, { method: 'POST', headers })
    expect(await response.json()).toMatchObject({ address: '127.0.0.1' })
  })

  it('has its own end told to the process that called it', async () => {
    const falling = await fetch(`${url}/functions/v1/falling`, { method: 'POST' })
    expect([falling.status, await falling.json()]).toMatchObject([500, { code: 'WORKER_ERROR' }])
    expect((await fetch(`${url}/functions/v1/unknown`, { method: 'POST' })).status).toBe(404)
  })
})
