import { join } from 'node:path'
import { type ProjectKeys, type StackPorts, seedFiles } from './config/index.ts'
import { forkGateway, type GatewayPool } from './gateway/index.ts'
import { startMailbox } from './mail/index.ts'
import { applyMigrations, applySeeds, ensureBuckets } from './migrations/index.ts'
import { besideOptions, type PlanOptions, planStack, type StackPlan } from './plan.ts'
import { copyDatabase, type Database, startPostgres, storeSecrets } from './postgres/index.ts'
import { startScheduler } from './scheduler/index.ts'
import { createFunctions } from './services/functions/index.ts'
import { forkRealtime, type RealtimeProcess } from './services/realtime/index.ts'
import { type BesideUrl, removeState, type StackUrls, writeState } from './stack/index.ts'

export interface StackOptions extends PlanOptions {
  /** How many processes serve the API. Default 2. */
  gatewayProcesses?: number
  /** Wraps the start of every part, to show it. Default: just does it. */
  step?: <T>(title: string, work: () => Promise<T>) => Promise<T>
}

/** A running stack. */
export interface Stack {
  urls: StackUrls
  beside: BesideUrl[]
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

interface RunningPart {
  stop?(): Promise<void>
  /** Resolves with a sentence when the part ends without being asked. */
  ended?: Promise<string>
  /** A sentence for the person who started the stack. */
  warning?: string
}

/** Processes that load their code while the parts before them start. */
interface Processes {
  gateway: GatewayPool
  realtime: RealtimeProcess
}

interface Part {
  title: string
  start(plan: StackPlan, processes: Processes): Promise<RunningPart | undefined>
}

/** In the order in which they start; they stop in reverse, so that requests end before the parts that they need. */
const parts: Part[] = [
  {
    title: 'Postgres',
    start: async ({ location, ports, keys }) => {
      const { stop, ended, outdated } = await startPostgres({
        directory: join(location.directory, 'postgres'),
        installations: location.installations,
        port: ports.database,
        passwords: keys.databasePasswords,
      })
      return {
        stop,
        ended: ended.then((lastWords) => `Postgres ended unexpectedly: ${lastWords}`),
        warning: outdated
          ? 'The platform has changed since this data was made: run "npm run reset" when you can spare the data.'
          : undefined,
      }
    },
  },
  {
    title: 'Migrations',
    start: async ({ root, urls }) => {
      await applyMigrations({ databaseUrl: urls.database, root })
      return undefined
    },
  },
  {
    title: 'Seed',
    start: async ({ root, config, urls }) => {
      await applySeeds({ databaseUrl: urls.database, root, seedFiles: seedFiles(root, config) })
      return undefined
    },
  },
  {
    title: 'Secrets and buckets',
    start: async ({ config, keys, urls, databaseUrl }) => {
      await storeSecrets(urls.database, { project_url: urls.api, secret_key: keys.secretKey })
      await ensureBuckets(config, databaseUrl('supabase_storage_admin'))
      return undefined
    },
  },
  {
    title: 'Scheduler',
    start: ({ databaseUrl }) => startScheduler({ databaseUrl }),
  },
  {
    title: 'Mailbox',
    start: ({ location, ports }) =>
      startMailbox({
        webPort: ports.mailbox,
        smtpPort: ports.smtp,
        directory: join(location.directory, 'mail'),
      }),
  },
  {
    title: 'Studio',
    start: async ({ location, ports, urls }) => {
      // Loaded here and not above: whoever asks for the status waits for everything that stands there.
      const { startStudio } = await import('./studio/index.ts')
      return startStudio({
        port: ports.studio,
        databaseUrl: urls.database,
        directory: location.installations,
      })
    },
  },
  {
    title: 'Realtime',
    start: async ({ config, keys, databaseUrl, realtimeLimits }, { realtime }) => {
      if (!config.realtime.enabled) return undefined
      await realtime.start({ keys, limits: realtimeLimits, databaseUrl: databaseUrl('supabase_admin') })
      return realtime
    },
  },
  {
    title: 'API',
    start: async (plan, { gateway, realtime }) => {
      const { config, keys, ports, urls, location } = plan
      const functions = createFunctions({ ...plan, directory: join(location.installations, 'deno') })
      const options = {
        config,
        keys,
        port: ports.api,
        publicUrl: urls.api,
        databasePort: ports.database,
        storageDirectory: join(location.directory, 'storage'),
        smtpPort: ports.smtp,
      }
      await gateway.serve(options, { realtime, functions })
      return {
        stop: async () => {
          await gateway.stop()
          await functions.stop()
        },
        ended: gateway.ended,
        warning: functions.problems.join('\n') || undefined,
      }
    },
  },
  {
    title: 'What runs beside',
    start: async ({ beside, urls, keys, location }) => {
      await using started = new AsyncDisposableStack()
      for (const one of beside) {
        const { stop } = await one.start(besideOptions(one, urls, keys, location))
        started.defer(stop)
      }
      const all = started.move()
      return { stop: () => all.disposeAsync() }
    },
  },
]

/**
 * Starts the whole backend: Postgres with the platform, the project's migrations and seed, the scheduler, the
 * mailbox and the API. What a failing start had started is stopped again.
 *
 * @throws StackError one sentence that says what is in the way
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { gatewayProcesses = 2, step = (_title, work) => work() } = options
  const plan = await planStack(options)
  const { keys, ports, urls, location, besideUrls: beside, databaseUrl } = plan
  await using started = new AsyncDisposableStack()
  // Before every part: their code loads, which takes a second, while they start.
  const realtime = forkRealtime()
  started.defer(realtime.stop)
  const gateway = forkGateway(gatewayProcesses)
  started.defer(gateway.stop)
  const running: RunningPart[] = []
  for (const { title, start } of parts) {
    const part = await step(title, () => start(plan, { gateway, realtime }))
    if (!part) continue
    if (part.stop) started.defer(part.stop)
    running.push(part)
  }
  writeState(location.directory, { pid: process.pid, startedAt: new Date().toISOString(), urls, beside })
  started.defer(async () => removeState(location.directory))

  const all = started.move()
  return {
    urls,
    beside,
    ports,
    keys,
    directory: location.directory,
    warnings: running.flatMap(({ warning }) => warning ?? []),
    ended: Promise.race(running.flatMap(({ ended }) => ended ?? [])),
    createDatabase: (template = 'platform') => copyDatabase(databaseUrl, template),
    stop: () => all.disposeAsync(),
  }
}
