import pg from 'pg'
import { type DatabaseRole, databaseRoles } from '../../postgres/index.ts'
import { messageOf } from '../../stack/index.ts'
import type { WorkerContext } from '../worker.ts'

/** A row of `cron.job`. */
export interface Job {
  jobid: string
  schedule: string
  command: string
  database: string
  username: string
}

/** What became of a run, as `cron.job_run_details` shows it. */
interface Outcome {
  status: 'succeeded' | 'failed'
  message: string
}

/**
 * Runs a job once, in a session that logs in as the job's role: a session of the superuser that only took the
 * role could give it back. Records the run from start to end; a failing job is a recorded outcome, not an error.
 */
export async function runJob(
  job: Job,
  context: Pick<WorkerContext, 'query'> & {
    databaseUrl: (role: DatabaseRole, database?: string) => string
    signal: AbortSignal
  },
): Promise<void> {
  const { query, databaseUrl, signal } = context
  const [run] = await query<{ runid: string }>(
    `insert into cron.job_run_details (jobid, database, username, command, status)
     values ($1, $2, $3, $4, 'starting') returning runid`,
    [job.jobid, job.database, job.username, job.command],
  )
  const runid = run?.runid
  const started = (pid: number) =>
    query(
      `update cron.job_run_details set status = 'running', job_pid = $2, start_time = clock_timestamp()
       where runid = $1`,
      [runid, pid],
    )
  const { status, message } = await execute(job, databaseUrl, signal, started)
  await query(
    `update cron.job_run_details
     set status = $2, return_message = $3, start_time = coalesce(start_time, clock_timestamp()),
       end_time = clock_timestamp()
     where runid = $1`,
    [runid, status, message],
  )
}

async function execute(
  job: Job,
  databaseUrl: (role: DatabaseRole, database?: string) => string,
  signal: AbortSignal,
  started: (pid: number) => Promise<unknown>,
): Promise<Outcome> {
  const role = databaseRoles.find((name) => name === job.username)
  if (!role) return { status: 'failed', message: `connection failed: role "${job.username}" cannot log in` }
  const client = new pg.Client({
    connectionString: databaseUrl(role, job.database),
    application_name: 'pg_cron',
  })
  // A query that runs rejects by itself.
  client.on('error', () => undefined)
  const cancel = () => void client.end()
  try {
    await client.connect()
  } catch (error) {
    return { status: 'failed', message: `connection failed: ${messageOf(error)}` }
  }
  try {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    await started(rows[0]?.pid ?? 0)
    signal.throwIfAborted()
    signal.addEventListener('abort', cancel, { once: true })
    const results: pg.QueryResult | pg.QueryResult[] = await client.query(job.command)
    return { status: 'succeeded', message: describe(Array.isArray(results) ? results.at(-1) : results) }
  } catch (error) {
    return { status: 'failed', message: signal.aborted ? 'job canceled' : `ERROR: ${messageOf(error)}` }
  } finally {
    signal.removeEventListener('abort', cancel)
    await client.end()
  }
}

/** The command's tag, or the number of rows that it returned. */
function describe(result: pg.QueryResult | undefined): string {
  if (!result) return ''
  if (result.fields.length > 0) return `${result.rowCount} row${result.rowCount === 1 ? '' : 's'}`
  const counted = result.rowCount === null ? '' : ` ${result.rowCount}`
  return result.command === 'INSERT' ? `INSERT 0${counted}` : `${result.command ?? ''}${counted}`
}
