import type pg from 'pg'
import { describe, expect, it, vi } from 'vitest'
import { startScheduler } from '../../../local/scheduler/index.ts'
import { actAs } from '../../support/database/act.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ours, theirs } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

const story = policySuite()

async function partitions(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits
     where inhparent = 'public.audit_log'::regclass order by 1`,
  )
  return rows.map(({ name }) => name)
}

/** The partition of the month that is so many months from now, in UTC as the database counts. */
async function monthTable(client: pg.Client, months: number): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select to_char((now() at time zone 'UTC') + make_interval(months => $1), '"private.audit_log_"YYYY_MM') as name`,
    [months],
  )
  return rows[0]?.name ?? ''
}

/** An entry as it would lie there after so many days, and perhaps seconds. */
const addOld = (client: pg.Client, workspaceId: string, days: number, seconds = 0) =>
  client.query(
    `insert into public.audit_log (workspace_id, occurred_at, actor_type, action, table_name, row_id, changes)
     values ($1, now() - make_interval(days => $2, secs => $3), 'system', 'update', 'old', $4, '{}')`,
    [workspaceId, days, seconds, seconds ? `${days} and ${seconds} s` : `${days}`],
  )

async function old(client: pg.Client, workspaceId: string): Promise<string[]> {
  const { rows } = await client.query<{ row_id: string }>(
    "select row_id from public.audit_log where workspace_id = $1 and table_name = 'old' order by occurred_at desc",
    [workspaceId],
  )
  return rows.map(({ row_id }) => row_id)
}

describe('partitions', () => {
  it(
    'stand for this month, the next three and whatever else, in private, without a grant',
    story(async (client) => {
      const expected: string[] = []
      for (const months of [0, 1, 2, 3]) expected.push(await monthTable(client, months))
      expect(await partitions(client)).toEqual([...expected, 'private.audit_log_default'])
      const { rows } = await client.query(
        `select r.rolname from pg_inherits i, pg_roles r
         where i.inhparent = 'public.audit_log'::regclass
           and r.rolname in ('anon', 'authenticated', 'service_role')
           and has_table_privilege(r.oid, i.inhrelid, 'select, insert, update, delete, truncate')`,
      )
      expect(rows).toEqual([])
    }),
  )

  it(
    'take an entry of now into the table of its month',
    story(async (client) => {
      const { rows } = await client.query(
        'select distinct tableoid::regclass::text as name from public.audit_log',
      )
      expect(rows).toEqual([{ name: await monthTable(client, 0) }])
    }),
  )

  it(
    'can be made again and again, and come back with their protection',
    story(async (client) => {
      const before = await partitions(client)
      await client.query(`drop table ${await monthTable(client, 3)}`)
      await client.query('select private.maintain_audit_partitions(), private.maintain_audit_partitions()')
      expect(await partitions(client)).toEqual(before)
      const { rows } = await client.query(
        `select count(*) filter (where not c.relrowsecurity)::int as open,
           count(*) filter (where not exists (
             select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'audit_log_refuse_change'))::int as unguarded,
           count(*) filter (where not exists (
             select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'audit_log_refuse_change'))::int as cut
         from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = 'public.audit_log'::regclass`,
      )
      expect(rows).toEqual([{ open: 0, unguarded: 0, cut: 0 }])
    }),
  )

  it(
    'are made by the months of UTC, wherever the session is',
    story(async (client) => {
      const table = await monthTable(client, 2)
      const bounds = () =>
        client.query(
          `select pg_get_expr(c.relpartbound, c.oid) as bounds from pg_class c where c.oid = '${table}'::regclass`,
        )
      const before = await bounds()
      await client.query(`drop table ${table}; set local timezone = 'Pacific/Auckland'`)
      await client.query('select private.maintain_audit_partitions()')
      await client.query("set local timezone = 'UTC'")
      expect((await bounds()).rows).toEqual(before.rows)
    }),
  )

  it(
    'are not needed for a write: what had no month is moved once it has one',
    story(async (client) => {
      const month = await monthTable(client, 0)
      await client.query(`drop table ${month}`)
      await actAs(client, admin, "update public.workspaces set name = 'Still works' where id = $1", [ours])
      await addOld(client, theirs, 50)
      const stored = () =>
        client.query<{ name: string; changes: object }>(
          'select tableoid::regclass::text as name, changes from public.audit_log order by occurred_at desc',
        )
      expect((await stored()).rows.map(({ name }) => name)).toEqual(
        Array(2).fill('private.audit_log_default'),
      )
      await client.query('select private.maintain_audit_partitions()')
      const { rows } = await stored()
      expect(rows[0]).toEqual({ name: month, changes: { name: { old: 'Ours', new: 'Still works' } } })
      expect(rows).toHaveLength(2)
      expect((await client.query('select from private.audit_log_default')).rowCount).toBe(0)
    }),
  )
})

describe('retention', () => {
  it(
    'is 90 days on the free plan and 400 on premium',
    story(async (client) => {
      await setPlan(client, 'premium', theirs)
      for (const workspace of [ours, theirs]) {
        await addOld(client, workspace, 1)
        for (const days of [90, 400])
          for (const seconds of [0, 1]) await addOld(client, workspace, days, seconds)
      }
      const { rows } = await client.query('select private.expire_audit_entries(1000) as expired')
      expect(rows).toEqual([{ expired: 4 }])
      expect(await old(client, ours)).toEqual(['1', '90'])
      expect(await old(client, theirs)).toEqual(['1', '90', '90 and 1 s', '400'])
    }),
  )

  it(
    'is premium’s for what was written on premium, where a workspace is on it no more',
    story(async (client) => {
      await setPlan(client, 'premium', ours)
      for (const days of [200, 350, 401]) await addOld(client, ours, days)
      await setPlan(client, 'free', ours)
      const expire = () => client.query('select private.expire_audit_entries(1000)')
      await expire()
      expect(await old(client, ours)).toEqual(['200', '350'])
      await client.query("update private.left_plans set left_at = now() - interval '300 days'")
      await expire()
      expect(await old(client, ours)).toEqual(['350'])
      // Another that has left it keeps what is noted of it.
      for (const plan of ['premium', 'free'] as const) await setPlan(client, plan, theirs)
      await setPlan(client, 'premium', ours)
      expect((await client.query('select workspace_id from private.left_plans')).rows).toEqual([
        { workspace_id: theirs },
      ])
    }),
  )

  it(
    'goes in batches, and closes the log behind it',
    story(async (client) => {
      for (const days of [91, 92, 93]) await addOld(client, ours, days)
      const expire = async () =>
        (await client.query('select private.expire_audit_entries(2) as expired')).rows[0]?.expired
      expect([await expire(), await expire(), await expire()]).toEqual([2, 1, 0])
      await expect(client.query('delete from public.audit_log')).rejects.toMatchObject({ code: 'PGRST' })
    }),
  )

  it(
    'drops a month when all of it is past',
    story(async (client) => {
      // The month in which what is 400 days old lies, and the one before it.
      const oldest = "date_trunc('month', now() at time zone 'UTC' - interval '400 days')"
      await client.query(`select private.add_audit_partition(${oldest})`)
      const kept = await partitions(client)
      await client.query(`select private.add_audit_partition(${oldest} - interval '1 month'),
        private.add_audit_partition(timestamp '2020-01-01')`)
      expect(await partitions(client)).toHaveLength(kept.length + 2)
      await client.query('select private.maintain_audit_partitions()')
      expect(await partitions(client)).toEqual(kept)
    }),
  )
})

it('the cron jobs are there and active, and the scheduler runs them', async () => {
  await using opened = await openDatabase()
  const { database, observer: client } = opened
  const logged: string[] = []
  await createCast(client)
  await addOld(client, ours, 91)
  const { rows } = await client.query(
    "select jobname, schedule, username, active from cron.job where jobname like 'audit%' order by 1",
  )
  expect(rows).toMatchObject([
    { jobname: 'audit-log-partitions', schedule: '7 2 * * *', username: 'postgres', active: true },
    { jobname: 'audit-log-retention', schedule: '37 2 * * *', username: 'postgres', active: true },
  ])
  await client.query(`drop table ${await monthTable(client, 3)}`)
  await client.query(
    "select cron.alter_job(jobid, schedule := '1 second') from cron.job where jobname like 'audit%'",
  )
  const scheduler = await startScheduler({
    databaseUrl: database.url,
    database: database.name,
    log: (sentence) => logged.push(sentence),
  })
  try {
    await vi.waitFor(
      async () => {
        expect(await partitions(client)).toContain(await monthTable(client, 3))
        expect(await old(client, ours)).toEqual([])
      },
      { timeout: 8000, interval: 100 },
    )
    // One that runs when the scheduler stops is canceled, which is a failure of its own.
    await client.query(
      "select cron.alter_job(jobid, active := false) from cron.job where jobname like 'audit%'",
    )
    await vi.waitFor(async () => {
      const running = "select from cron.job_run_details where status in ('starting', 'running')"
      expect((await client.query(running)).rowCount).toBe(0)
    })
  } finally {
    await scheduler.stop()
  }
  const { rows: failed } = await client.query(
    "select return_message from cron.job_run_details where status = 'failed'",
  )
  expect([...failed, ...logged]).toEqual([])
})

it(
  'an entry stays as long as a plan keeps it, of each workspace by itself, and goes alone',
  story(async (client) => {
    await client.query(
      "update public.plan_limits set most = 10 where plan_key = 'free' and limit_key = 'audit_days'",
    )
    await client.query(
      "update public.plan_limits set most = null where plan_key = 'premium' and limit_key = 'audit_days'",
    )
    const write = (workspace: string) =>
      client.query(
        `insert into public.audit_log (workspace_id, occurred_at, actor_type, action, table_name, row_id, changes)
         select $1, now() - interval '40 days', 'system', 'insert', 'old', n::text, '{}' from generate_series(1, 2) as n`,
        [workspace],
      )
    const left = async (workspace: string) =>
      (
        await client.query("select from public.audit_log where table_name = 'old' and workspace_id = $1", [
          workspace,
        ])
      ).rowCount
    for (const workspace of [ours, theirs]) await write(workspace)
    const expire = (most: number) => client.query('select private.expire_audit_entries($1)', [most])
    // One is on the larger plan, or has left it since.
    await setPlan(client, 'premium', ours)
    await expire(1)
    expect([await left(ours), await left(theirs)]).toEqual([2, 1])
    await setPlan(client, 'free', ours)
    await expire(100)
    expect([await left(ours), await left(theirs)]).toEqual([2, 0])
  }),
)
