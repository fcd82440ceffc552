import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs } from '../../support/database/act.ts'
import { ask, at, ingest, point, rollUp, stored } from '../../support/database/metrics.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, createCast, ours, outsider, theirs } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// What the jobs do: partitions, rolling up one at a time, and taking away what is kept no longer.

const story = policySuite()

const count = async (client: pg.Client, table: string, workspace = ours) => {
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::integer as n from private.${table} where workspace_id = $1`,
    [workspace],
  )
  return rows[0]?.n
}
const run = async (client: pg.Client, job: string, batch: number) =>
  (await client.query<{ n: number }>(`select private.${job}($1) as n`, [batch])).rows[0]?.n

/** As if so much time had passed since everything was sent. */
const letPass = (client: pg.Client, days: number) =>
  client.query(
    `update private.metric_points set time = time - make_interval(days => ${days});
     update private.metric_point_ids set time = time - make_interval(days => ${days});
     update private.metric_rollups set bucket = bucket - make_interval(days => ${days})`,
  )

it(
  'the jobs are scheduled, and go on as long as there is something to do',
  story(async (client) => {
    const { rows } = await client.query(
      "select jobname, schedule, username, active from cron.job where jobname like 'metrics-%' order by 1",
    )
    const job = (jobname: string, schedule: string) => ({
      jobname,
      schedule,
      username: 'postgres',
      active: true,
    })
    expect(rows).toEqual([
      job('metrics-of-deleted-workspaces', '* * * * *'),
      job('metrics-partitions', '11 2 * * *'),
      job('metrics-retention', '23 2 * * *'),
      job('metrics-roll-up', '* * * * *'),
    ])
  }),
)

describe('rolling up', () => {
  it('is done by one at a time, and leaves what somebody is sending', async () => {
    await using opened = await openDatabase()
    const { observer } = opened
    await createCast(observer)
    const [job, other, sender] = await Promise.all([opened.connect(), opened.connect(), opened.connect()])
    if (!job || !other || !sender) throw new Error('There are three sessions.')
    await observer.query('begin')
    await ingest(observer, [point({ time: at('5 hours') }), point({ time: at('3 hours') })])
    await observer.query('commit')
    await sender.query('begin')
    await ingest(sender, [point({ time: at('3 hours') })])

    await job.query('begin')
    expect(await run(job, 'roll_up_metrics', 10)).toBe(1)
    expect(await run(other, 'roll_up_metrics', 10)).toBe(0)
    await job.query('commit')
    await sender.query('commit')
    expect(await count(observer, 'stale_metric_hours')).toBe(1)
    expect(await rollUp(observer)).toBe(1)
    const { rows } = await observer.query(
      "select sum(points)::integer as n from private.metric_rollups where grain = 'hour' and dimension = ''",
    )
    expect(rows).toEqual([{ n: 3 }])
  })

  it(
    'takes as many hours as it is told, the late ones too',
    story(async (client) => {
      await ingest(
        client,
        ['5 hours', '29 hours', '200 days'].map((before) => point({ time: at(before) })),
      )
      expect(await run(client, 'roll_up_metrics', 2)).toBe(2)
      expect(await run(client, 'roll_up_metrics', 2)).toBe(1)
      expect(await run(client, 'roll_up_metrics', 2)).toBe(0)
      await ingest(client, [point({ time: at('200 days'), value: 4 })])
      expect(await rollUp(client)).toBe(1)
      expect(await ask(client, 'stats', { metric: 'revenue', period: '1y' })).toMatchObject({ value: 7 })
    }),
  )
})

describe('partitions', () => {
  it(
    'take a month of which a point came late, and are read as one',
    story(async (client) => {
      await ingest(client, [point(), point({ time: at('200 days') })])
      expect((await client.query('select from private.metric_points_default')).rowCount).toBe(1)
      await client.query('select private.maintain_metric_partitions(), private.maintain_metric_partitions()')
      expect((await client.query('select from private.metric_points_default')).rowCount).toBe(0)
      expect(await stored(client)).toBe(2)
      const { rows } = await client.query(
        `select count(*)::integer as n,
           count(*) filter (where c.relrowsecurity and not exists (
             select from pg_roles r where r.rolname in ('anon', 'authenticated', 'service_role')
               and has_table_privilege(r.oid, c.oid, 'select, insert, update, delete')))::integer as closed
         from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = 'private.metric_points'::regclass`,
      )
      expect(rows).toEqual([{ n: 6, closed: 6 }])
    }),
  )
})

describe('retention', () => {
  it(
    'is as long as the plan says, with the ids and what was rolled up',
    story(async (client) => {
      await setPlan(client, 'premium', theirs)
      const points = () => ['1 days', '3 days', '5 days'].map((before) => point({ time: at(before) }))
      await ingest(client, points())
      await ingest(client, points(), { actor: outsider, workspace: theirs })
      await rollUp(client)
      const expire = async (batch: number) => {
        while (await run(client, 'expire_metrics', batch));
      }
      await letPass(client, 396)
      await expire(100)
      expect([await stored(client), await count(client, 'metric_point_ids')]).toEqual([2, 2])
      await letPass(client, 2)
      await expire(1)
      expect([await stored(client), await count(client, 'metric_point_ids')]).toEqual([1, 1])
      // The hour and the day of what is left, and of a day of which a part may be left.
      expect(await count(client, 'metric_rollups')).toBeLessThanOrEqual(4)
      expect([await stored(client, theirs), await count(client, 'metric_rollups', theirs)]).toEqual([3, 6])
      await letPass(client, 800)
      await expire(2)
      for (const table of ['metric_points', 'metric_point_ids', 'metric_rollups'])
        expect([await count(client, table), await count(client, table, theirs)], table).toEqual([0, 0])
    }),
  )

  it(
    'keeps the sums of a day as long as a part of it may be kept: clocks that go back by two hours make it one of 26',
    story(async (client) => {
      await ingest(client, [point()])
      await rollUp(client)
      const leftWhenItBegan = async (before: string) => {
        await client.query(
          "update private.metric_rollups set bucket = now() - interval '400 days' - $1::interval where grain = 'day'",
          [before],
        )
        await run(client, 'expire_metrics', 100)
        const { rows } = await client.query("select from private.metric_rollups where grain = 'day'")
        return rows.length
      }
      expect(await leftWhenItBegan('25 hours 59 minutes')).toBe(1)
      expect(await leftWhenItBegan('26 hours 1 minute')).toBe(0)
    }),
  )

  it(
    'is the larger plan’s for what came on it',
    story(async (client) => {
      await setPlan(client, 'premium', ours)
      await ingest(
        client,
        ['1 days', '3 days', '5 days'].map((before) => point({ time: at(before) })),
      )
      await rollUp(client)
      await setPlan(client, 'free', ours)
      const leftDaysAgo = (days: number) =>
        client.query('update private.left_plans set left_at = now() - make_interval(days => $1)', [days])
      await letPass(client, 398)
      await leftDaysAgo(400)
      await run(client, 'expire_metrics', 100)
      expect(await stored(client)).toBe(3)
      await letPass(client, 2)
      await leftDaysAgo(402)
      await run(client, 'expire_metrics', 100)
      expect(await stored(client)).toBe(2)
      await letPass(client, 700)
      await leftDaysAgo(1102)
      await run(client, 'expire_metrics', 100)
      expect(await stored(client)).toBe(0)
    }),
  )

  it(
    'ends with the workspace, in batches, and leaves another’s',
    story(async (client) => {
      await ingest(client, [point(), point(), point()])
      await ingest(client, [point()], { actor: outsider, workspace: theirs })
      await rollUp(client)
      await ingest(client, [point()])
      await actAs(client, admin, "select public.delete_workspace($1, 'Ours')", [ours])
      expect(await run(client, 'remove_ended_metrics', 3)).toBe(3)
      expect(await run(client, 'remove_ended_metrics', 3)).toBe(1)
      expect(await run(client, 'remove_ended_metrics', 3)).toBe(1)
      expect(await run(client, 'remove_ended_metrics', 3)).toBe(0)
      const tables =
        'metric_points metric_point_ids metric_rollups metric_keys stale_metric_hours metric_workspaces'
      for (const table of tables.split(' ')) expect(await count(client, table), table).toBe(0)
      expect([await stored(client, theirs), await count(client, 'metric_rollups', theirs)]).toEqual([1, 2])
    }),
  )
})
