import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type OperatorMetrics, operatorMetricsSchema } from '../../../types/operator.ts'
import { actAs, anonymous, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { notify } from '../../support/database/notifications.ts'
import { openDatabase } from '../../support/database/open-database.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, theirs } from '../../support/people/cast.ts'
import { insertTickets, openTicket } from '../../support/people/tickets.ts'

// What who runs the project measures: requests, queues, jobs and replicas, for Prometheus.

const story = policySuite()

const metricsOf = async (client: pg.Client) =>
  operatorMetricsSchema.parse(await call(client, service, 'operator_metrics', []))
const samplesOf = (metrics: OperatorMetrics, name: string) =>
  metrics.find((metric) => metric.name === name)?.samples ?? []
const record = (client: pg.Client, requests: unknown) =>
  call(client, service, 'record_requests', [JSON.stringify(requests)])

interface Runs {
  job: string
  status: 'succeeded' | 'failed'
  /** How long ago. */
  ended: string
  times: number
}

/** Runs of a job that took a second each, as pg_cron writes them down. */
const happenedRuns = (client: pg.Client, { job, status, ended, times }: Runs) =>
  client.query(
    `insert into cron.job_run_details (jobid, runid, username, status, start_time, end_time)
     select j.jobid, (select coalesce(max(runid), 0) from cron.job_run_details) + n, current_user, $2,
       now() - $3::interval - interval '1 second', now() - $3::interval
     from cron.job j, generate_series(1, $4::integer) as n
     where j.jobname = $1`,
    [job, status, ended, times],
  )

describe('measures', () => {
  it(
    'are for servers alone',
    story(async (client) => {
      for (const actor of [admin, anonymous]) {
        for (const name of [
          'operator_metrics()',
          "record_requests('[]')",
          "operator_report('2026-01-01', '2026-01-01')",
        ])
          await expect(actAs(client, actor, `select public.${name}`)).rejects.toMatchObject({ code: '42501' })
      }
    }),
  )

  it(
    'of time are histograms, from which a true 95th percentile is read',
    story(async (client) => {
      const times = Array.from({ length: 100 }, (_, n) => (n < 95 ? 20 : 4_000))
      const request = { function: 'mail', method: 'POST', status: 200 }
      await record(client, [{ ...request, milliseconds: times }])
      await record(client, [{ ...request, status: 503, milliseconds: [40_000] }])
      await record(client, [])
      const samples = samplesOf(await metricsOf(client), 'function_request_duration_seconds')
      expect(samples.map(({ labels }) => labels)).toEqual([
        { function: 'mail', method: 'POST', code: '2xx' },
        { function: 'mail', method: 'POST', code: '5xx' },
      ])
      const [sample] = samples as { count: number; sum: number; buckets: { le: number; count: number }[] }[]
      expect(sample).toMatchObject({ count: 100, sum: (95 * 20 + 5 * 4_000) / 1_000 })
      // Cumulative, as Prometheus reads it.
      expect(sample?.buckets.find(({ le }) => le === 0.025)?.count).toBe(95)
      expect(sample?.buckets.find(({ le }) => le === 2.5)?.count).toBe(95)
      expect(sample?.buckets.find(({ le }) => le === 5)?.count).toBe(100)
      expect(sample?.buckets.map(({ count }) => count)).toEqual(
        sample?.buckets.map(({ count }) => count).toSorted((a, b) => a - b),
      )
    }),
  )

  it(
    'that are none are refused',
    story(async (client) => {
      const request = { function: 'mail', method: 'POST', status: 200, milliseconds: [1] }
      for (const wrong of [
        null,
        {},
        [{ ...request, milliseconds: [] }],
        [{ ...request, milliseconds: [-1] }],
        [{ ...request, status: 99 }],
        [{ ...request, person: ids.admin }],
        [{ ...request, function: 'x'.repeat(51) }],
        Array.from({ length: 201 }, () => request),
      ])
        expect(await clientError(record(client, wrong))).toMatchObject({ code: 'invalid_input' })
      expect(samplesOf(await metricsOf(client), 'function_request_duration_seconds')).toEqual([])
    }),
  )

  it(
    'tell of the cache, refreshes, language models, queues, jobs, statements and replicas, and of nobody',
    story(async (client) => {
      await call(client, member, 'report_widget_reads', [ours, 8, 2, 0])
      await call(client, member, 'report_widget_reads', [ours, 1, 0, 1])
      await call(client, member, 'report_widget_reads', [ours, 0, 3, 0])
      await client.query(
        `insert into private.widget_refreshes (workspace_id, question_hash, source, outcome, milliseconds, bytes)
         values ($1, 'a', 'metrics', 'fetched', 12, 1), ($1, 'b', $2, 'source_failed', 900, 1)`,
        [ours, crypto.randomUUID()],
      )
      await client.query(
        `insert into private.ai_usage (workspace_id, answer_id, number, user_id, agent_id, model_key, input_tokens,
           cached_tokens, output_tokens, credits, is_estimated, milliseconds, outcome)
         values ($1, gen_random_uuid(), 1, $2, gen_random_uuid(), 'small', 100, 0, 20, 0.5, false, 1200, 'complete')`,
        [ours, ids.member],
      )
      await openTicket(client, member)
      // More statements than are told of.
      for (let columns = 1; columns <= 51; columns += 1)
        await client.query(`select ${Array.from({ length: columns }, () => '1').join(', ')}`)
      const metrics = await metricsOf(client)
      expect(samplesOf(metrics, 'widgets_shown_total')).toEqual([
        { labels: { state: 'empty' }, value: 1 },
        { labels: { state: 'fresh' }, value: 9 },
        { labels: { state: 'stale' }, value: 5 },
      ])
      expect(samplesOf(metrics, 'widget_refresh_duration_seconds').map(({ labels }) => labels)).toEqual([
        { source: 'data_source', outcome: 'source_failed' },
        { source: 'metrics', outcome: 'fetched' },
      ])
      expect(samplesOf(metrics, 'ai_tokens_total')).toEqual([
        { labels: { model: 'small', direction: 'input' }, value: 100 },
        { labels: { model: 'small', direction: 'output' }, value: 20 },
      ])
      expect(samplesOf(metrics, 'queue_length')).toContainEqual({
        labels: { queue: 'support_tickets' },
        value: 1,
      })
      for (const name of ['query_calls_total', 'query_seconds_total']) {
        expect(samplesOf(metrics, name)).toHaveLength(50)
        expect(samplesOf(metrics, name)[0]?.labels).toEqual({
          query: expect.stringMatching(/^-?\d+$/),
          role: expect.any(String),
        })
      }
      expect(samplesOf(metrics, 'workspaces')).toContainEqual({ labels: { plan: 'free' }, value: 2 })
      for (const name of ['job_succeeded', 'replication_lag_seconds', 'replication_slot_lag_bytes'])
        expect(metrics.map((metric) => metric.name)).toContain(name)
      const text = JSON.stringify(metrics)
      for (const secret of [...Object.values(ids), ours, theirs, 'Ours', '@example.com', 'insert into'])
        expect(text).not.toContain(secret)
    }),
  )

  it(
    'of queues count what waits, and neither what is over nor what comes later',
    story(async (client) => {
      await notify(client, [ids.admin, ids.member, ids.viewer])
      await client.query('delete from private.notification_mails')
      await client.query(
        `with mails as (
           insert into private.mails (workspace_id, kind, user_id, due_at, sent_at, failed_at)
           select $1, 'notifications', $2, now() + x.due::interval, x.sent, x.failed
           from (values ('-1 minute', null::timestamptz, null::timestamptz), ('-1 minute', now(), null),
             ('-1 minute', null, now()), ('1 hour', null, null)) as x (due, sent, failed)
           returning id, due_at, sent_at
         )
         insert into private.notification_mails (workspace_id, notification_id, user_id, sent_at, mail_id)
         select n.workspace_id, n.id, n.user_id, case n.user_id when $3 then now() end,
           case n.user_id when $2 then (select m.id from mails m where m.due_at > now()) end
         from public.notifications n`,
        [ours, ids.member, ids.admin],
      )
      await client.query(
        `insert into private.usage_holds (workspace_id, meter, period, amount, created_at, expires_at, ended_at)
         select $1, 'ai_credits', '2020-01-01', 1, now(), now(), x.ended
         from (values (null::timestamptz), (now())) as x (ended)`,
        [ours],
      )
      // Those wait for the people, and one for support.
      await insertTickets(client)
      await openTicket(client, member)
      const lengths = async () =>
        Object.fromEntries(
          samplesOf(await metricsOf(client), 'queue_length').map((sample) => [
            sample.labels.queue,
            'value' in sample ? sample.value : null,
          ]),
        )
      const one = { mails: 1, notification_mails: 1, usage_holds: 1, support_tickets: 1 }
      expect(await lengths()).toMatchObject(one)
      // No further than to ten thousand.
      await client.query(
        `insert into private.usage_holds (workspace_id, meter, period, amount, created_at, expires_at)
         select $1, 'ai_credits', '2020-01-01', 1, now(), now() from generate_series(1, 10000)`,
        [ours],
      )
      expect(await lengths()).toMatchObject({ ...one, usage_holds: 10_000 })
    }),
  )

  it('of replicas tell how far each is behind, which one that has said nothing yet is not', async () => {
    await using opened = await openDatabase()
    const client = new pg.Client({ connectionString: opened.database.url('supabase_admin'), pipeline: true })
    await client.connect()
    try {
      // No test has a replica: these stand in for what Postgres says of them.
      await client.query(
        `begin;
         set local allow_system_table_mods = on;
         alter view pg_catalog.pg_stat_replication rename to pg_stat_replication_of_none;
         create view pg_catalog.pg_stat_replication as
           select r.* from jsonb_populate_recordset(null::pg_catalog.pg_stat_replication_of_none, '[
             {"pid": 1, "application_name": "eu", "replay_lag": "2.5 seconds"},
             {"pid": 2, "application_name": "eu", "replay_lag": "1 second"},
             {"pid": 3, "application_name": "us"},
             {"pid": 4, "application_name": "", "replay_lag": "1 minute"}]') as r;
         grant select on pg_catalog.pg_stat_replication to public`,
      )
      expect(samplesOf(await metricsOf(client), 'replication_lag_seconds')).toEqual([
        { labels: { replica: '4' }, value: 60 },
        { labels: { replica: 'eu' }, value: 2.5 },
        { labels: { replica: 'us' }, value: 0 },
      ])
    } finally {
      await client.end()
    }
  })

  // A night's job is followed by thousands of runs of the others before anybody looks.
  it(
    'of jobs tell of those that run once a night, long after',
    story(async (client) => {
      await happenedRuns(client, {
        job: 'audit-log-partitions',
        status: 'failed',
        ended: '20 hours',
        times: 1,
      })
      let metrics = await metricsOf(client)
      const of = (name: string, job: string) =>
        samplesOf(metrics, name).find(({ labels }) => labels.job === job)
      const run = async (times: number) => {
        await happenedRuns(client, { job: 'send-mails', status: 'succeeded', ended: '1 minute', times })
        metrics = await metricsOf(client)
      }
      await run(1_999)
      expect(of('job_failures', 'audit-log-partitions')).toMatchObject({ value: 1 })
      await run(1)
      expect(of('job_failures', 'audit-log-partitions')).toMatchObject({ value: 0 })
      await run(3_000)
      expect(of('job_succeeded', 'audit-log-partitions')).toMatchObject({ value: 0 })
      expect(of('job_succeeded', 'audit-log-partitions')).toMatchObject({ value: 0 })
      expect(of('job_succeeded', 'send-mails')).toMatchObject({ value: 1 })
      expect(of('job_duration_seconds', 'audit-log-partitions')).toMatchObject({ value: 1 })
      expect(of('job_failures', 'audit-log-partitions')).toMatchObject({ value: 0 })
      // Of twenty thousand runs the last is looked at, and no other.
      await run(14_999)
      expect(of('job_succeeded', 'audit-log-partitions')).toMatchObject({ value: 0 })
      await run(1)
      expect(of('job_succeeded', 'audit-log-partitions')).toBeUndefined()
    }),
  )
})

describe('runs of jobs', () => {
  it(
    'are forgotten after a week, and after an hour where they come every few seconds and succeed',
    story(async (client) => {
      await client.query('delete from cron.job_run_details')
      for (const [job, status, ended] of [
        ['send-mails', 'succeeded', '8 days'],
        ['deliver-events', 'failed', '8 days'],
        ['deliver-events', 'succeeded', '2 hours'],
        ['send-mails', 'succeeded', '6 days'],
        ['deliver-events', 'failed', '6 days'],
        ['deliver-events', 'succeeded', '1 minute'],
      ] as const)
        await happenedRuns(client, { job, status, ended, times: 1 })
      const expire = async () => (await client.query('select private.expire_job_runs(2) as n')).rows[0].n
      expect([await expire(), await expire(), await expire()]).toEqual([2, 1, 0])
      const { rows } = await client.query(
        `select j.jobname, d.status from cron.job_run_details d join cron.job j using (jobid) order by d.runid`,
      )
      expect(rows).toEqual([
        { jobname: 'send-mails', status: 'succeeded' },
        { jobname: 'deliver-events', status: 'failed' },
        { jobname: 'deliver-events', status: 'succeeded' },
      ])
    }),
  )
})

describe('a number over all workspaces', () => {
  it(
    'of what waits counts nothing that is done, was given up or is not due',
    story(async (client) => {
      const waiting = async () =>
        Object.fromEntries(
          (await client.query('select queue, waiting::integer from private.queue_lengths()')).rows.map(
            ({ queue, waiting }) => [queue, waiting],
          ),
        )
      const before = await waiting()
      await client.query(
        `insert into private.mails (workspace_id, kind, user_id, sent_at, failed_at, due_at)
         values ($1, 'x', $2, null, null, now()), ($1, 'x', $2, now(), null, now()),
           ($1, 'x', $2, null, now(), now()), ($1, 'x', $2, null, null, now() + interval '1 hour')`,
        [ours, ids.member],
      )
      expect(await waiting()).toEqual({ ...before, mails: Number(before.mails) + 1 })
    }),
  )
})
