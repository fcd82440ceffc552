import type { DatabaseRole } from '../../postgres/index.ts'
import { messageOf } from '../../stack/index.ts'
import { coalesce } from '../coalesce.ts'
import { tableExists, type Worker, type WorkerContext } from '../worker.ts'
import { type Job, runJob } from './job-run.ts'
import { parseSchedule, type Schedule } from './schedule.ts'

interface ScheduledJob {
  job: Job
  schedule: Schedule
  due: Date | undefined
}

export interface CronWorkerContext extends WorkerContext {
  databaseUrl: (role: DatabaseRole, database?: string) => string
}

/** Wakes at least this often, as a clock that is set or a machine that slept moves no timer. */
const longestSleepMilliseconds = 60_000

/** Runs that a stop of Postgres or of the scheduler cut off: no session of theirs is left. */
const recordInterrupted = `
  update cron.job_run_details d
  set status = 'failed', return_message = 'server restarted', end_time = clock_timestamp()
  where status in ('starting', 'running')
    and not exists (
      select from pg_stat_activity a where a.pid = d.job_pid and a.application_name = 'pg_cron'
    )`

/** Runs the jobs of `cron.job` when they are due, each at most once at a time, several side by side. */
export function createCronWorker({ query, databaseUrl, log }: CronWorkerContext): Worker {
  const stopping = new AbortController()
  const jobs = new Map<string, ScheduledJob>()
  // By job id, as a job can go and come back while it runs.
  const runs = new Map<string, Promise<void>>()
  /** Jobs that came due while running: the next run follows at once. Several such runs become one. */
  const again = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let connected = false
  let justConnected = false

  const load = coalesce(
    async () => {
      const present = await tableExists(query, 'cron.job')
      const found = present
        ? await query<Job>(
            'select jobid, schedule, command, database, username from cron.job where active order by jobid',
          )
        : []
      if (present && justConnected) await query(recordInterrupted)
      replaceJobs(found)
      if (justConnected) for (const { job, schedule } of jobs.values()) if (schedule.atStart) start(job)
      justConnected = false
      sleepUntilDue()
    },
    (error) => log(`The cron jobs could not be read: ${messageOf(error)}.`),
  )

  function replaceJobs(found: Job[]): void {
    const known = new Map(jobs)
    jobs.clear()
    for (const job of found) {
      const old = known.get(job.jobid)
      try {
        const unchanged = old?.job.schedule === job.schedule
        const schedule = unchanged ? old.schedule : parseSchedule(job.schedule)
        const due = unchanged ? old.due : schedule.next(new Date())
        jobs.set(job.jobid, { job, schedule, due })
      } catch (error) {
        log(`The cron job ${job.jobid} has a schedule that cannot be read: ${messageOf(error)}.`)
      }
    }
  }

  function sleepUntilDue(): void {
    clearTimeout(timer)
    if (!connected || stopping.signal.aborted) return
    const next = Math.min(...[...jobs.values()].map(({ due }) => due?.getTime() ?? Number.POSITIVE_INFINITY))
    if (next === Number.POSITIVE_INFINITY) return
    timer = setTimeout(runDue, Math.min(Math.max(next - Date.now(), 0), longestSleepMilliseconds))
  }

  function runDue(): void {
    const now = new Date()
    for (const entry of jobs.values()) {
      if (!entry.due || entry.due > now) continue
      const following = entry.schedule.next(entry.due)
      // After a pause, the runs that were missed are not made up for.
      entry.due = following && following > now ? following : entry.schedule.next(now)
      start(entry.job)
    }
    sleepUntilDue()
  }

  function start(job: Job): void {
    if (runs.has(job.jobid)) {
      again.add(job.jobid)
      return
    }
    const run = runJob(job, { query, databaseUrl, signal: stopping.signal })
      .catch((error) => log(`A run of the cron job ${job.jobid} was lost: ${messageOf(error)}.`))
      .then(() => {
        runs.delete(job.jobid)
        const current = jobs.get(job.jobid)
        if (again.delete(job.jobid) && current && connected && !stopping.signal.aborted) start(current.job)
      })
    runs.set(job.jobid, run)
  }

  return {
    channel: 'pg_cron',
    notified: load,
    connected() {
      connected = true
      justConnected = true
      load()
    },
    disconnected() {
      connected = false
      clearTimeout(timer)
    },
    async stop() {
      stopping.abort()
      await load.stop()
      clearTimeout(timer)
      await Promise.all(runs.values())
    },
  }
}
