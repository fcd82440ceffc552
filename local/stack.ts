import { join } from 'node:path'
import { loadKeys, type ProjectConfig, type ProjectKeys, readProject, seedFiles } from './config/index.ts'
import { forkGateway } from './gateway/index.ts'
import { startMailbox } from './mail/index.ts'
import { applyMigrations, applySeeds } from './migrations/index.ts'
import { copyDatabase, type Database, startPostgres, storeSecrets } from './postgres/index.ts'
import { startScheduler } from './scheduler/index.ts'
import { ensureBuckets } from './services/storage/index.ts'
import {
  claimLocation,
  isFree,
  removeState,
  runningStack,
  StackError,
  type StackLocation,
  stackLocation,
  writeState,
} from './stack/index.ts'

export interface StackOptions {
  /** The project folder, which holds `supabase/`. */
  root: string
  /** Added to every port of `supabase/config.toml`, so that stacks can run side by side. Default 0. */
  portOffset?: number
  /** Where the stack keeps its files. Default: `stackLocation(root, portOffset)`. */
  location?: StackLocation
  /** How many processes serve the API. Default 2. */
  gatewayProcesses?: number
  /** Wraps every step, to show it. Default: just does it. */
  step?: <T>(title: string, work: () => Promise<T>) => Promise<T>
}

/** The ports of one stack. */
export interface StackPorts {
  api: number
  database: number
  mailbox: number
  smtp: number
}

/** A running stack. */
export interface Stack {
  urls: { api: string; database: string; mailbox: string }
  ports: StackPorts
  keys: ProjectKeys
  directory: string
  /** Sentences for the person who started it. */
  warnings: string[]
  /** Resolves with a sentence when a part ends without being asked. */
  ended: Promise<string>
  /** Copies a template (default: the bare platform) into a database that the caller drops. */
  createDatabase(template?: string): Promise<Database>
  /** Stops every part, the last started first. */
  stop(): Promise<void>
}

/**
 * Starts the whole backend: Postgres with the platform, the project's migrations and seed, the scheduler, the
 * mailbox and the API. What a failing start had started is stopped again.
 *
 * @throws StackError one sentence that says what is in the way
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { root, portOffset = 0, step = (_title, work) => work() } = options
  const config = readProject(root)
  const ports = stackPorts(config, portOffset)
  const location = options.location ?? stackLocation(root, portOffset)
  await checkStartable(location.directory, ports)
  claimLocation(location)
  const keys = await loadKeys(join(location.directory, 'keys.json'))
  const urls = {
    api: `http://127.0.0.1:${ports.api}`,
    database: `postgresql://postgres:${keys.databasePasswords.postgres}@127.0.0.1:${ports.database}/postgres`,
    mailbox: `http://127.0.0.1:${ports.mailbox}`,
  }
  await using parts = new AsyncDisposableStack()
  const gateway = forkGateway(options.gatewayProcesses ?? 2)
  parts.defer(gateway.stop)

  const postgres = await step('Postgres', () =>
    startPostgres({
      directory: join(location.directory, 'postgres'),
      installations: location.installations,
      port: ports.database,
      passwords: keys.databasePasswords,
    }),
  )
  parts.defer(postgres.stop)
  await step('Migrations', () => applyMigrations({ databaseUrl: urls.database, root }))
  const seeds = seedFiles(root, config)
  if (seeds.length > 0)
    await step('Seed', () => applySeeds({ databaseUrl: urls.database, root, seedFiles: seeds }))
  await storeSecrets(urls.database, { project_url: urls.api, secret_key: keys.secretKey })
  await ensureBuckets(config, postgres.url('supabase_storage_admin'))
  const scheduler = await step('Scheduler', () => startScheduler({ databaseUrl: postgres.url }))
  parts.defer(scheduler.stop)
  const mailbox = await step('Mailbox', () =>
    startMailbox({
      webPort: ports.mailbox,
      smtpPort: ports.smtp,
      directory: join(location.directory, 'mail'),
    }),
  )
  parts.defer(mailbox.stop)
  // Deferred again: requests end before the parts that they need, though the processes were the first to start.
  parts.defer(gateway.stop)
  await step('API', () =>
    gateway.serve({
      config,
      keys,
      port: ports.api,
      publicUrl: urls.api,
      databasePort: ports.database,
      databaseProcess: postgres.pid,
      storageDirectory: join(location.directory, 'storage'),
      smtpPort: ports.smtp,
    }),
  )
  writeState(location.directory, {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    apiUrl: urls.api,
    databaseUrl: urls.database,
    mailboxUrl: urls.mailbox,
  })
  parts.defer(() => removeState(location.directory))

  const running = parts.move()
  return {
    urls,
    ports,
    keys,
    directory: location.directory,
    warnings: postgres.outdated
      ? [
          'The platform has changed since this data was made: run "npm run reset" when you can spare the data.',
        ]
      : [],
    ended: Promise.race([
      gateway.ended,
      postgres.ended.then((lastWords) => `Postgres ended unexpectedly: ${lastWords}`),
    ]),
    createDatabase: (template = 'platform') => copyDatabase(postgres.url, template),
    stop: () => running.disposeAsync(),
  }
}

/** The ports that a stack takes, from the configuration and an offset. */
export function stackPorts(config: ProjectConfig, portOffset: number): StackPorts {
  return {
    api: config.api.port + portOffset,
    database: config.db.port + portOffset,
    mailbox: config.local_smtp.port + portOffset,
    smtp: config.local_smtp.smtp_port + portOffset,
  }
}

async function checkStartable(directory: string, ports: StackPorts): Promise<void> {
  const running = runningStack(directory)
  if (running)
    throw new StackError(
      `The stack runs already (process ${running.pid}, ${running.apiUrl}): stop it first, or start another with "--port-offset 100".`,
    )
  for (const [name, port] of Object.entries(ports))
    if (!(await isFree(port)))
      throw new StackError(
        `Port ${port} (${name}) is in use by another program: stop it, or start with "npm start -- --port-offset 100".`,
      )
}
