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
import { freePorts } from '../../../local/stack/index.ts'

let gateway: GatewayPool
let url: string
const storageDirectory = mkdtempSync(join(tmpdir(), 'storage-'))

beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  url = `http://127.0.0.1:${port}`
  gateway = forkGateway(1)
  await gateway.serve({
    config: readProject(join(import.meta.dirname, '../../..')),
    keys: inject('keys'),
    port,
    publicUrl: url,
    databasePort: inject('postgresPort'),
    storageDirectory,
    smtpPort: 1,
  })
}, 60_000)

afterAll(async () => {
  await gateway?.stop()
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
