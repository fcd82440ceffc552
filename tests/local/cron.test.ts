import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Scheduler, startScheduler } from '../../local/scheduler/scheduler.ts'
import { openSession, type Session } from '../support/database/session.ts'
import { createDatabase, type TestDatabase } from '../support/stack/database.ts'

let database: TestDatabase
let postgres: Session
let scheduler: Scheduler
const logged: string[] = []

const start = () =>
  startScheduler({
    databaseUrl: database.url,
    database: database.name,
    log: (sentence) => logged.push(sentence),
  })

beforeAll(async () => {
  database = await createDatabase('platform')
  postgres = await openSession(database.url('postgres'))
  // Before the extension: a migration may create it while the stack runs.
  scheduler = await start()
  await postgres.query('create extension if not exists pg_cron with schema pg_catalog')
  await postgres.query(
    'create table public.ticks (job text, who text default session_user, at timestamptz default clock_timestamp())',
  )
})

afterAll(async () => {
  await scheduler?.stop()
  await postgres?.[Symbol.asyncDispose]()
  await database?.drop()
})

const soon = { timeout: 8000, interval: 100 }

async function schedule(name: string, when: string, command: string): Promise<string> {
  const [row] = await postgres.query<{ id: string }>('select cron.schedule($1, $2, $3) as id', [
    name,
    when,
    command,
  ])
  return row?.id ?? ''
}

const ticks = (job: string) =>
  postgres.query<{ who: string; at: Date }>('select who, at from public.ticks where job = $1 order by at', [
    job,
  ])

const runs = (id: string) =>
  postgres.query<{ status: string; return_message: string; start_time: Date; end_time: Date | null }>(
    'select status, return_message, start_time, end_time from cron.job_run_details where jobid = $1 order by runid',
    [id],
  )

// At the same time where the moment of a run is no matter: each has a job of its own, and waits for the clock.
describe('a job', () => {
  it('runs every second as its owner and is recorded', async () => {
    const begun = performance.now()
    const id = await schedule('every second', '1 second', "insert into ticks (job) values ('every second')")
    await vi.waitFor(async () => expect((await ticks('every second')).length).toBeGreaterThanOrEqual(3), soon)
    await postgres.query("select cron.unschedule('every second')")
    const found = await ticks('every second')
    expect(new Set(found.map(({ who }) => who))).toEqual(new Set(['postgres']))
    // Each may be a little late, so that there is less than a second to the next.
    expect(found.length).toBeLessThanOrEqual((performance.now() - begun) / 1_000 + 1)
    const [first] = await runs(id)
    expect(first).toMatchObject({ status: 'succeeded', return_message: 'INSERT 0 1' })
    expect(first?.end_time?.getTime()).toBeGreaterThanOrEqual(first?.start_time.getTime() ?? 0)
  })

  it.concurrent('stops at once when it is unscheduled or made inactive', async () => {
    const id = await schedule('stops', '1 second', "insert into ticks (job) values ('stops')")
    await vi.waitFor(async () => expect(await ticks('stops')).not.toEqual([]), soon)
    await postgres.query('select cron.alter_job($1, active := false)', [id])
    const before = (await ticks('stops')).length
    await new Promise((resolve) => setTimeout(resolve, 1500))
    // One run may have been on its way.
    expect((await ticks('stops')).length).toBeLessThanOrEqual(before + 1)
    await postgres.query("select cron.unschedule('stops')")
  })

  it.concurrent('that fails is recorded with its error, and runs again', async () => {
    const id = await schedule('fails', '1 second', 'select 1 / 0')
    await vi.waitFor(async () => expect((await runs(id)).length).toBeGreaterThanOrEqual(2), soon)
    await postgres.query("select cron.unschedule('fails')")
    expect((await runs(id))[0]).toMatchObject({ status: 'failed', return_message: 'ERROR: division by zero' })
  })

  it.concurrent('never runs twice at once', async () => {
    const id = await schedule('slow', '1 second', 'select pg_sleep(1.6)')
    await vi.waitFor(
      async () =>
        expect((await runs(id)).filter(({ end_time }) => end_time).length).toBeGreaterThanOrEqual(2),
      soon,
    )
    await postgres.query("select cron.unschedule('slow')")
    const found = await runs(id)
    for (const [index, { start_time }] of found.entries())
      if (index > 0 && start_time) expect(start_time >= (found[index - 1]?.end_time ?? start_time)).toBe(true)
  })

  it.concurrent('cannot become the superuser, as its session logged in as its owner', async () => {
    const id = await schedule(
      'escapes',
      '1 second',
      'reset session authorization; reset role; create role escaped superuser',
    )
    await vi.waitFor(async () => expect((await runs(id))[0]?.end_time).toBeTruthy(), soon)
    await postgres.query("select cron.unschedule('escapes')")
    expect((await runs(id))[0]).toMatchObject({
      status: 'failed',
      return_message: expect.stringContaining('permission denied to create role'),
    })
  })

  it.concurrent('of a role that cannot log in fails, and says so', async () => {
    await using admin = await openSession(database.url('supabase_admin'))
    const [row] = await admin.query<{ id: string }>(
      "insert into cron.job (schedule, command, username) values ('1 second', 'select 1', 'service_role') returning jobid as id",
    )
    const id = row?.id ?? ''
    const outcome = () =>
      admin.query('select status, return_message from cron.job_run_details where jobid = $1', [id])
    await vi.waitFor(async () => expect((await outcome())[0]).toMatchObject({ status: 'failed' }), soon)
    await admin.query('delete from cron.job where jobid = $1', [id])
    expect((await outcome())[0]).toMatchObject({
      return_message: 'connection failed: role "service_role" cannot log in',
    })
  })
})

describe('the scheduler', () => {
  it('comes back when the database ends its session', async () => {
    await using admin = await openSession(database.url('supabase_admin'))
    await schedule('survives', '1 second', "insert into ticks (job) values ('survives')")
    await vi.waitFor(async () => expect(await ticks('survives')).not.toEqual([]), soon)
    await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'scheduler' and datname = current_database()",
    )
    const before = (await ticks('survives')).length
    await vi.waitFor(async () => expect((await ticks('survives')).length).toBeGreaterThan(before + 1), soon)
    await postgres.query("select cron.unschedule('survives')")
    expect(logged).toContain('The scheduler has lost the database and waits for it.')
  })

  it('cancels what runs when it stops, and records what a killed one left', async () => {
    const id = await schedule('long', '1 second', 'select pg_sleep(600)')
    await vi.waitFor(async () => expect((await runs(id))[0]?.status).toBe('running'), soon)
    await scheduler.stop()
    try {
      expect((await runs(id))[0]).toMatchObject({ status: 'failed', return_message: 'job canceled' })
      await postgres.query("select cron.unschedule('long')")
      await using admin = await openSession(database.url('supabase_admin'))
      await admin.query(
        "insert into cron.job_run_details (jobid, username, status) values ($1, 'postgres', 'running')",
        [id],
      )
    } finally {
      scheduler = await start()
    }
    await vi.waitFor(
      async () => expect((await runs(id)).at(-1)?.return_message).toBe('server restarted'),
      soon,
    )
  })
})

describe('cron.schedule', () => {
  it('changes the job of the same name', async () => {
    const first = await schedule('same', '0 3 * * *', 'select 1')
    expect(await schedule('same', '0 4 * * *', 'select 2')).toBe(first)
    expect(
      await postgres.query(
        'select schedule, command, username, database, nodename, active from cron.job where jobid = $1',
        [first],
      ),
    ).toEqual([
      {
        schedule: '0 4 * * *',
        command: 'select 2',
        username: 'postgres',
        database: database.name,
        nodename: 'localhost',
        active: true,
      },
    ])
    expect(await postgres.query('select cron.unschedule($1::bigint) as removed', [first])).toEqual([
      { removed: true },
    ])
  })

  it.each([
    '',
    'hourly',
    '60 seconds',
    '0 seconds',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '5/2 * * * *',
    '*/0 * * * *',
    '0 0 0 * *',
    '0 0 * foo *',
  ])('refuses "%s"', async (when) => {
    expect(await postgres.refusal("select cron.schedule($1, 'select 1')", [when])).toEqual({
      code: '22023',
      message: `invalid schedule: ${when}`,
    })
  })

  it('lets nobody touch the job of another', async () => {
    await using admin = await openSession(database.url('supabase_admin'))
    const [row] = await admin.query<{ id: string }>(
      "select cron.schedule('of the admin', '0 3 * * *', 'select 1') as id",
    )
    expect(await postgres.refusal('select cron.unschedule($1::bigint)', [row?.id])).toMatchObject({
      message: `could not find valid entry for job ${row?.id}`,
    })
    expect(
      await postgres.refusal("select cron.alter_job($1, command := 'select 2')", [row?.id]),
    ).toMatchObject({
      message: `Job ${row?.id} does not exist or you don't own it`,
    })
    expect(
      await postgres.refusal(
        "select cron.schedule_in_database('mine', '0 3 * * *', 'select 1', current_database(), 'supabase_admin')",
      ),
    ).toMatchObject({ code: '42501' })
    expect(
      await postgres.refusal(
        "insert into cron._own_job (schedule, command, username) values ('0 3 * * *', 'select 1', 'supabase_admin')",
      ),
    ).toMatchObject({ code: '42501' })
  })
})
