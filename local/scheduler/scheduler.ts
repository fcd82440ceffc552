import type { DatabaseRole } from '../postgres/index.ts'
import { type ControlConnection, openControlConnection } from './control-connection.ts'
import { createCronWorker } from './cron/cron-worker.ts'
import { createMaintenance } from './maintenance.ts'
import { createNetWorker } from './net/net-worker.ts'
import type { Worker } from './worker.ts'

export interface SchedulerOptions {
  /** Connection strings; `supabase_admin` for the scheduler itself, the others for jobs of these roles. */
  databaseUrl: (role: DatabaseRole, database?: string) => string
  /** The database that holds `cron.job` and the request queue. Default `postgres`. */
  database?: string
  /** Takes sentences for a person: faults that no table records. Default: standard error. */
  log?: (sentence: string) => void
}

export interface Scheduler {
  /** Cancels what runs, records it as failed, and disconnects. */
  stop(): Promise<void>
}

/**
 * Runs what Supabase runs inside of Postgres: cron jobs, the requests of `net.http_*`, and the upkeep of
 * `realtime.messages`. It holds one connection, plus one for each job that is running, and sleeps until a
 * job is due or a notification comes. An extension may be created or dropped at any time.
 */
export async function startScheduler(options: SchedulerOptions): Promise<Scheduler> {
  const { databaseUrl, database = 'postgres' } = options
  const log = options.log ?? ((sentence: string) => console.error(sentence))
  let control: ControlConnection | undefined
  const query: ControlConnection['query'] = (sql, values) =>
    control ? control.query(sql, values) : Promise.reject(new Error('the scheduler is not connected'))

  const workers: Worker[] = [
    createCronWorker({ query, databaseUrl, log }),
    createNetWorker({ query, log }),
    createMaintenance({ query, log }),
  ]
  control = await openControlConnection({
    url: databaseUrl('supabase_admin', database),
    channels: Object.fromEntries(
      workers.flatMap(({ channel, notified }) => (channel && notified ? [[channel, notified]] : [])),
    ),
    connected: () => {
      for (const worker of workers) worker.connected()
    },
    disconnected: () => {
      for (const worker of workers) worker.disconnected?.()
    },
    log,
  })
  return {
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()))
      await control?.stop()
    },
  }
}
