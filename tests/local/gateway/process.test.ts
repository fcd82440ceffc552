/*
 * The processes of the gateway as the stack forks them: every service works without the accessor by which a client's
 * name could reach Object.prototype.
 */
import cluster from 'node:cluster'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { readProject } from '../../../local/config/index.ts'
import { forkGateway, type GatewayPool } from '../../../local/gateway/index.ts'
import { connectionString } from '../../../local/postgres/index.ts'
import { forkRealtime, type RealtimeProcess } from '../../../local/services/realtime/index.ts'
import { freePorts } from '../../../local/stack/index.ts'

let gateway: GatewayPool
let realtime: RealtimeProcess
let url: string
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
  const config = readProject(join(import.meta.dirname, '../../..'))
  const options = { config, keys, port, publicUrl: url, databasePort, storageDirectory, smtpPort: 1 }
  await gateway.serve(options, realtime)
}, 60_000)

afterAll(async () => {
  const begun = performance.now()
  await gateway?.stop()
  expect(performance.now() - begun, 'milliseconds to end, though clients were connected').toBeLessThan(2_000)
  await realtime?.stop()
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
