import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { inject } from 'vitest'
import { type ProjectConfig, readProject } from '../../../local/config/index.ts'
import { createGateway } from '../../../local/gateway/gateway.ts'
import { serveGateway } from '../../../local/gateway/serve.ts'
import { setPasswordHashCost } from '../../../local/services/auth/passwords.ts'
import type { FunctionsLink } from '../../../local/services/functions/index.ts'
import type { RealtimeLimits } from '../../../local/services/realtime/index.ts'
import { createRealtime } from '../../../local/services/realtime/realtime.ts'
import { freePorts } from '../../../local/stack/index.ts'
import type { TestDatabase } from '../stack/database.ts'
import { startRealtimeProcess } from './realtime-process.ts'

/** The whole HTTP API over one suite's database, served on a free port of this process. */
export interface TestGateway {
  url: string
  publishableKey: string
  secretKey: string
  /** Where the bytes of stored objects lie. */
  storageDirectory: string
  /** A client as a front end makes it: anonymous until it signs in. */
  client(): SupabaseClient
  /** A client of somebody with this access token. */
  clientWith(token: string): SupabaseClient
  /** A client with the secret key. */
  adminClient(): SupabaseClient
  /** Ends Realtime in good order. */
  stopRealtime(): Promise<void>
  /** Ends Realtime without letting it tidy up, as a crash does, and lets `meanwhile` happen before it starts again. */
  crashRealtime(meanwhile: () => Promise<unknown>): Promise<void>
  close(): Promise<void>
}

export interface TestGatewayOptions {
  /** The port of a mail catcher. Default: nothing listens, mails fail. */
  smtpPort?: number
  /** Changes to the project's configuration. */
  configure?: (config: ProjectConfig) => void
  /** Starts Realtime too, with these limits in place of Supabase's defaults. */
  realtimeLimits?: Partial<RealtimeLimits>
  /** Serves functions too: those that the configuration names. */
  functions?: FunctionsLink
  /** Runs Realtime in a process of its own, as the stack does, where a crash is one. */
  realtimeProcess?: boolean
}

const root = join(import.meta.dirname, '../../..')

setPasswordHashCost(4)

/** Serves the gateway for a database; every suite closes its own. */
export async function startTestGateway(
  database: TestDatabase,
  options: TestGatewayOptions = {},
): Promise<TestGateway> {
  const keys = inject('keys')
  const config = readProject(root)
  // Everyone in a test has the same address.
  for (const name of ['token_refresh', 'sign_in_sign_ups', 'token_verifications'] as const)
    config.auth.rate_limit[name] = 1e9
  options.configure?.(config)
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const storageDirectory = mkdtempSync(join(inject('scratch'), 'storage-'))
  const { realtimeLimits: limits } = options
  const start = options.realtimeProcess ? startRealtimeProcess : createRealtime
  const startRealtime = () =>
    start({ keys, databaseUrl: database.url('supabase_admin'), ...(limits && { limits }) })
  let realtime = limits && (await startRealtime())
  const gateway = await createGateway(
    {
      config,
      keys,
      publicUrl: url,
      databaseUrl: database.url,
      storageDirectory,
      smtp: { host: '127.0.0.1', port: options.smtpPort ?? 1 },
    },
    {
      realtime: realtime && {
        accept: (...handedOver) => realtime?.accept(...handedOver),
        broadcast: (request) =>
          realtime?.broadcast(request) ?? Promise.reject(new Error('Realtime was stopped')),
      },
      functions: options.functions,
    },
  )
  const server = serveGateway(gateway, port)
  await once(server, 'listening')
  const connect = (key: string) =>
    createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false } })
  return {
    url,
    publishableKey: keys.publishableKey,
    secretKey: keys.secretKey,
    storageDirectory,
    client: () => connect(keys.publishableKey),
    clientWith: (token) => createClient(url, keys.publishableKey, { accessToken: async () => token }),
    adminClient: () => connect(keys.secretKey),
    async stopRealtime() {
      await realtime?.close()
      realtime = undefined
    },
    async crashRealtime(meanwhile) {
      await realtime?.close(false)
      try {
        await meanwhile()
      } finally {
        realtime = await startRealtime()
      }
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await realtime?.close()
      await gateway.close()
      rmSync(storageDirectory, { recursive: true, force: true })
    },
  }
}
