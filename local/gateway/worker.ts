import { once } from 'node:events'
import type { ProjectConfig, ProjectKeys } from '../config/index.ts'
import { connectionString } from '../postgres/index.ts'
import { reachFunctions } from '../services/functions/index.ts'
import { reachRealtime } from '../services/realtime/index.ts'
import { messageOf } from '../stack/index.ts'
import { createGateway } from './gateway.ts'
import { reachMeter } from './meter/index.ts'
import { serveGateway } from './serve.ts'

/** What the stack tells a gateway process; over the channel, so that no secret stands in the environment. */
export interface WorkerOptions {
  config: ProjectConfig
  keys: ProjectKeys
  port: number
  publicUrl: string
  databasePort: number
  storageDirectory: string
  smtpPort: number
}

export type WorkerMessage = { listening: number } | { failed: string }

const [options] = (await once(process, 'message')) as [WorkerOptions | 'stop']
if (options === 'stop') process.exit(0)
let stopping = false

// Ctrl-C reaches every process of the terminal; the stack stops its own in order.
process.on('SIGINT', () => undefined)

try {
  const gateway = await createGateway(
    {
      config: options.config,
      keys: options.keys,
      publicUrl: options.publicUrl,
      databaseUrl: (role) =>
        connectionString(role, options.keys.databasePasswords[role], options.databasePort, 'postgres'),
      storageDirectory: options.storageDirectory,
      smtp: { host: '127.0.0.1', port: options.smtpPort },
    },
    {
      realtime: options.config.realtime.enabled ? reachRealtime() : undefined,
      functions: reachFunctions(),
      meter: reachMeter(),
    },
  )
  const server = serveGateway(gateway, options.port)
  server.once('error', (error) => report({ failed: error.message }))
  server.once('listening', () => report({ listening: options.port }))
  const stop = async () => {
    if (stopping) return
    stopping = true
    server.close()
    server.closeIdleConnections()
    await Promise.race([once(server, 'close'), new Promise((resolve) => setTimeout(resolve, 3000))])
    await gateway.close()
    process.exit(0)
  }
  process.on('message', (message) => message === 'stop' && stop())
  process.on('SIGTERM', stop)
} catch (error) {
  process.send?.({ failed: messageOf(error) } satisfies WorkerMessage, () => process.exit(1))
}

function report(message: WorkerMessage): void {
  process.send?.(message)
}
