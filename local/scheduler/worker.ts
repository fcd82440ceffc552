import type { ControlConnection } from './control-connection.ts'

/** One of the scheduler's tasks. */
export interface Worker {
  /** The channel on which Postgres tells of work, with what to do then. */
  channel?: string
  notified?: () => void
  /** Called after every connect: work may have come, or have been cut off, unheard. */
  connected: () => void
  /** Called when the connection is lost: what is begun until the next `connected` cannot be recorded. */
  disconnected?: () => void
  stop: () => Promise<void>
}

/** What every worker is given. */
export interface WorkerContext {
  query: ControlConnection['query']
  log: (sentence: string) => void
}

/** Whether a table is there: its extension may not be. */
export async function tableExists(query: WorkerContext['query'], name: string): Promise<boolean> {
  const [row] = await query<{ present: boolean }>('select to_regclass($1) is not null as present', [name])
  return row?.present ?? false
}
