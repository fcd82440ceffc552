import type pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { insertShare, insertView } from '../../support/dashboards/view-rows.ts'
import { service } from '../../support/database/act.ts'
import { ask } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { type OpenDatabase, openDatabase } from '../../support/database/open-database.ts'
import { rename, saveDestination, webhook } from '../../support/integrations/destinations.ts'
import { createCast, ids, ours } from '../../support/people/cast.ts'
import { insertListings } from '../../support/people/marketplace.ts'
import { setPlan } from '../../support/people/plan.ts'

// What somebody holds at the moment keeps no job waiting: it does the rest, and comes to that the next time.

let opened: OpenDatabase
let observer: pg.Client
let holder: pg.Client
let worker: pg.Client

beforeAll(async () => {
  opened = await openDatabase()
  observer = opened.observer
  holder = await opened.connect()
  worker = await opened.connect()
  await createCast(observer)
  await setPlan(observer, 'premium')
})
afterAll(() => opened[Symbol.asyncDispose]())

interface Job {
  /** Two that are due, the first of which would be taken first. */
  due: string | ((client: pg.Client) => Promise<unknown>)
  /** The first of them, from its table. */
  held: string
  job: string | ((client: pg.Client) => Promise<unknown>)
  /** What is still due, from its table. */
  left: string
}

const two = 'from generate_series(1, 2) as n'
const jobs: Record<string, Job> = {
  'limits of use that are full': {
    due: `insert into private.rate_limit_buckets (bucket, full_at) select 'due ' || n, now() - interval '1 day' ${two}`,
    held: "private.rate_limit_buckets where bucket = 'due 1'",
    job: 'select private.remove_full_buckets(10)',
    left: "private.rate_limit_buckets where bucket like 'due%'",
  },
  'use that was held and has ended': {
    due: `insert into private.usage_holds (workspace_id, meter, period, amount, created_at, expires_at, ended_at)
          select '${ours}', 'ai_credits', '2020-01-01', n, now(), now(), now() - interval '31 days' ${two}`,
    held: "private.usage_holds where period = '2020-01-01' and amount = 1",
    job: 'select private.forget_ended_holds(10)',
    left: "private.usage_holds where period = '2020-01-01'",
  },
  'notifications that were read long ago': {
    due: `insert into public.notifications (workspace_id, user_id, kind, title, read_at)
          select '${ours}', '${ids.viewer}', 'member_joined', 'Old ' || n, now() - interval '91 days' ${two}`,
    held: "public.notifications where title = 'Old 1'",
    job: 'select private.expire_notifications(10)',
    left: "public.notifications where title like 'Old%'",
  },
  'shares that people are told of': {
    due: async (client) => {
      for (const n of [1, 2])
        await client.query(
          `insert into private.shares_to_tell (workspace_id, share_id, created_at)
           values ($1, $2, now() + make_interval(secs => $3))`,
          [
            ours,
            await insertShare(client, {
              view_id: await insertView(client, { owner_id: ids.member }),
              user_id: ids.viewer,
            }),
            n,
          ],
        )
    },
    held: 'private.shares_to_tell where created_at = (select min(created_at) from private.shares_to_tell)',
    job: 'select private.tell_of_shares(10)',
    left: 'private.shares_to_tell',
  },
  'metrics of workspaces that are gone': {
    due: `insert into private.metric_workspaces (
            workspace_id, timezone, next_timezone, minute, points_in_minute, ended_at)
          select 'WK-00000GON' || n, 'UTC', 'UTC', now(), 0, now() + make_interval(secs => n) ${two}`,
    held: "private.metric_workspaces where workspace_id = 'WK-00000GON1'",
    job: 'select private.remove_ended_metrics(10)',
    left: 'private.metric_workspaces where ended_at is not null',
  },
  'hours of metrics that are stale': {
    due: `insert into private.stale_metric_hours (workspace_id, key, hour)
          select '${ours}', 'due', date_trunc('hour', now()) + make_interval(hours => n) ${two}`,
    held: "private.stale_metric_hours where key = 'due' and hour < now() + interval '1 hour'",
    job: 'select private.roll_up_metrics(10)',
    left: 'private.stale_metric_hours',
  },
  'use of workspaces that are gone': {
    due: `insert into private.analytics_workspaces (workspace_id, ended_at)
          select 'WK-00000GON' || n, now() + make_interval(secs => n) ${two}`,
    held: "private.analytics_workspaces where workspace_id = 'WK-00000GON1'",
    job: 'select private.remove_ended_analytics(10)',
    left: 'private.analytics_workspaces where ended_at is not null',
  },
  'versions of agents that nobody answers with': {
    due: `insert into private.agent_versions (workspace_id, agent_id, version, document, kept_at)
          select '${ours}', '${ids.member}', n, '{}', now() - interval '2 days' ${two}`,
    held: `private.agent_versions where agent_id = '${ids.member}' and version = 1`,
    job: 'select private.expire_agent_versions(10)',
    left: `private.agent_versions where agent_id = '${ids.member}'`,
  },
  'answers of widgets that nobody cites': {
    due: `insert into private.widget_snapshots (workspace_id, hash, widget_id, question, data, fetched_at, kept_at)
          select '${ours}', repeat(n::text, 64), gen_random_uuid(), '{}', '{}', now(), now() - interval '2 days' ${two}`,
    held: "private.widget_snapshots where hash like '1%'",
    job: 'select private.expire_snapshots(10)',
    left: 'private.widget_snapshots',
  },
  'calls of models that were made long ago': {
    due: `insert into private.ai_usage (workspace_id, answer_id, number, user_id, agent_id, model_key, input_tokens,
            cached_tokens, output_tokens, credits, is_estimated, milliseconds, outcome, occurred_at)
          select '${ours}', gen_random_uuid(), n, '${ids.member}', '${ids.member}', 'm', 1, 0, 1, 1, false, 1,
            'complete', now() - make_interval(days => 403 - n) ${two}`,
    held: "private.ai_usage where model_key = 'm' and number = 1",
    job: 'select private.expire_ai_usage(10)',
    left: "private.ai_usage where model_key = 'm'",
  },
  'what people spent in months that are over': {
    due: `insert into private.ai_credits_of_people (workspace_id, month, email_digest, credits)
          select '${ours}', '2026-01-01', 'digest ' || n, 1 ${two}`,
    held: "private.ai_credits_of_people where email_digest = 'digest 1'",
    job: 'select private.forget_credits_of_people(10)',
    left: 'private.ai_credits_of_people',
  },
  'conversations that are kept no longer': {
    due: `insert into private.ai_settings (workspace_id, retention_days) values ('${ours}', 30);
          insert into private.conversations (workspace_id, owner_id, title, agent_id, last_message_at)
          select '${ours}', '${ids.member}', 'Old ' || n, gen_random_uuid(), now() - interval '31 days' ${two}`,
    held: "private.conversations where title = 'Old 1'",
    job: 'select private.expire_conversations(10)',
    left: "private.conversations where title like 'Old%'",
  },
  'answers whose writer is silent, of conversations that are changed': {
    due: silent,
    held: `private.conversations where id = (
      select min(conversation_id::text)::uuid from private.answers where status = 'running')`,
    job: 'select private.interrupt_lost_answers(10)',
    left: "private.answers where status = 'running'",
  },
  'answers whose writer is silent, and writes again': {
    due: silent,
    held: "private.answers where id = (select min(id::text)::uuid from private.answers where status = 'running')",
    job: 'select private.interrupt_lost_answers(10)',
    left: "private.answers where status = 'running'",
  },
  'mails to people whose account is deleted': {
    due: (client) =>
      client.query(
        `with told as (
           insert into public.notifications (workspace_id, user_id, kind, title, created_at)
           select $1, p.id, 'ownership_transferred', 'News', now()
           from unnest($2::uuid[]) as p (id)
           returning workspace_id, id, user_id
         )
         insert into private.notification_mails (workspace_id, notification_id, user_id, created_at)
         select t.workspace_id, t.id, t.user_id, now() - make_interval(mins => (t.user_id = $3)::integer)
         from told t`,
        [ours, [ids.viewer, ids.member], ids.viewer],
      ),
    held: `public.profiles where id = '${ids.viewer}'`,
    job: 'select private.gather_notification_mails(10)',
    left: `private.notification_mails where mail_id is null and user_id in ('${ids.viewer}', '${ids.member}')`,
  },
  'mails that wait': {
    due: `insert into private.mails (workspace_id, kind, user_id, due_at)
          select '${ours}', 'notifications', '${ids.viewer}', now() - make_interval(hours => 3 - n) ${two}`,
    held: 'private.mails where due_at = (select min(due_at) from private.mails)',
    job: (client) => call(client, service, 'claim_mails', [10]),
    left: "private.mails where leased_until is null and due_at < now() - interval '30 minutes'",
  },
  'events that wait, of destinations that are served': {
    due: async (client) => {
      await saveDestination(client, webhook)
      await saveDestination(client, webhook)
      await rename(client, 'Renamed')
    },
    held: `private.destination_states where destination_id = (
      select min(destination_id::text)::uuid from private.destination_states)`,
    job: (client) => call(client, service, 'claim_deliveries', [10]),
    left: 'private.destination_states where lease_id is null',
  },
  'bundles that nobody has': {
    due: `insert into private.marketplace_bundles (content_hash, bundle, created_at)
          select repeat(n::text, 64), '{}', now() - interval '2 days' ${two}`,
    held: "private.marketplace_bundles where content_hash like '1%'",
    job: 'select private.remove_orphaned_bundles()',
    left: "private.marketplace_bundles where content_hash ~ '^[12]'",
  },
  'listings that are counted': {
    due: (client) => insertListings(client, 2),
    held: 'public.marketplace_listings where install_count = 1',
    job: 'select private.recount_marketplace()',
    left: 'public.marketplace_listings where install_count > 0',
  },
}

/** Two answers that nobody writes any more. */
async function silent(client: pg.Client): Promise<void> {
  await ask(client)
  await ask(client)
  await client.query(
    "update private.answers set leased_until = now() - interval '1 second' where status = 'running'",
  )
}

const run = (client: pg.Client, what: Job['job']) =>
  typeof what === 'string' ? client.query(what) : what(client)
const count = async (from: string) => (await observer.query(`select from ${from}`)).rowCount

it.each(Object.entries(jobs))('%s', async (_, { due, held, job, left }) => {
  await observer.query('begin')
  await run(observer, due)
  await observer.query('commit')
  expect(await count(left)).toBe(2)

  await holder.query('begin')
  expect((await holder.query(`select from ${held} for update`)).rowCount).toBe(1)
  await worker.query("begin; set local lock_timeout = '2s'")
  await run(worker, job)
  await worker.query('commit')
  expect(await count(left)).toBe(1)
  expect(await count(`(select from ${left}) as still, ${held}`)).toBeGreaterThan(0)

  await holder.query('rollback')
  await worker.query('begin')
  await run(worker, job)
  await worker.query('commit')
  expect(await count(left)).toBe(0)
})
