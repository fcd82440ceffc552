import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import { callAs } from './call-as.ts'
import type { Measurement } from './report.ts'
import { absolute, relative, sampled, sampledBeside } from './samples.ts'

const admin = 'b5600000-0000-4000-8000-000000000001'
const large = 'WK-B56000001'
const small = 'WK-B56000002'
const peopleOf = { [large]: 200, [small]: 20 }

/**
 * What analytics cost: 1,000 events in a call, the analytics of a year of 200 people and 50 views beside those of 20
 * people, and the measures of the project at 10,000 workspaces beside those at none.
 */
export async function measureAnalytics(stack: Stack): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  try {
    await client.query(people)
    const before = await sampled({ rounds: 30, warmUp: 5 }, () => measures(client))
    for (const [workspace, count] of Object.entries(peopleOf)) await fill(client, workspace, count)
    await client.query(others)
    await client.query(months)
    await client.query(
      'analyze private.analytics_rollups, private.analytics_person_days, private.analytics_person_months',
    )
    return [
      absolute('1,000 events of use in a call, p95 (ms)', await trackSamples(client), 40),
      ...(await measureYear(client)),
      ...(await measureMetrics(client, before)),
    ]
  } finally {
    await client.end()
  }
}

const trackSamples = (client: pg.Client) =>
  sampled({ rounds: 50, warmUp: 5 }, async () => {
    const events = Array.from({ length: 1_000 }, (_, n) => ({
      id: crypto.randomUUID(),
      at: new Date().toISOString(),
      ...(n % 2
        ? { kind: 'view_opened', viewId: '00000000-0000-4000-8000-000000000100' }
        : { kind: 'timing', name: 'request', milliseconds: n }),
    }))
    const { milliseconds, answer } = await asAdmin<{ stored: number }>(client, 'public.track($1, $2)', [
      large,
      JSON.stringify(events),
    ])
    if (answer.stored !== 1_000) throw new Error('The events were not taken in.')
    return milliseconds
  })

async function measureYear(client: pg.Client): Promise<Measurement[]> {
  const year = (workspace: string) => async () => {
    const { milliseconds, answer } = await asAdmin<{
      series: unknown[]
      premium: { views: { items: unknown[] } }
    }>(client, "public.workspace_analytics($1, '1y')", [workspace])
    if (answer.series.length !== 365 || answer.premium.views.items.length === 0)
      throw new Error('The analytics have not a year of days.')
    return milliseconds
  }
  const samples = await sampledBeside({ rounds: 50, warmUp: 5 }, year(small), year(large))
  return [
    absolute('the analytics of a year, 200 people and 50 views, p95 (ms)', samples.figure, 50),
    relative('the same, beside 20 people', samples, 8),
  ]
}

async function measureMetrics(client: pg.Client, limit: number[]): Promise<Measurement[]> {
  const figure = await sampled({ rounds: 50, warmUp: 5 }, () => measures(client))
  return [
    absolute('the measures of the project at 10,000 workspaces, p95 (ms)', figure, 50),
    relative('the same, beside those before', { limit, figure }, 2),
  ]
}

async function measures(client: pg.Client): Promise<number> {
  const begun = performance.now()
  await client.query('begin; set local role service_role')
  await client.query({ name: 'measures', text: 'select public.operator_metrics() as answer' })
  await client.query('commit')
  return performance.now() - begun
}

/** One call as a request of the Data API. */
async function asAdmin<T>(
  client: pg.Client,
  call: string,
  values: unknown[],
): Promise<{ milliseconds: number; answer: T }> {
  const { milliseconds, answer } = await callAs(client, admin, call, values)
  if (answer === undefined) throw new Error(`${call} gave nothing.`)
  await client.query("delete from private.rate_limit_buckets where bucket like 'track:%'")
  return { milliseconds, answer }
}

const people = `
  insert into auth.users (id, aud, role, email)
    values ('${admin}', 'authenticated', 'authenticated', 'analytics@bench.test');
  insert into public.workspaces (id, name) values ('${large}', 'Large'), ('${small}', 'Small');
  insert into public.workspace_members (workspace_id, user_id, role_key)
    values ('${large}', '${admin}', 'admin'), ('${small}', '${admin}', 'admin');
  select public.grant_plan(w, 'premium', null, 'Bench') from unnest(array['${large}', '${small}']) as w;
  insert into private.analytics_progress (counted_until) values (date_trunc('day', now(), 'UTC'))
    on conflict (is_only) do update set counted_until = excluded.counted_until;
`

/** 10,000 workspaces, each with a month of reads by the hour. */
const others = `
  insert into public.workspaces (id, name)
    select 'WK-N56' || lpad(n::text, 6, '0'), 'Other' from generate_series(1, 10000) as n;
  alter table private.widget_reads disable trigger user;
  insert into private.widget_reads (workspace_id, hour, hits)
    select 'WK-N56' || lpad(n::text, 6, '0'), date_trunc('hour', now()) - make_interval(hours => h), 8
    from generate_series(1, 10000) as n, generate_series(1, 24) as h;
  alter table private.widget_reads enable trigger user;
`

/** As the job puts them together. */
const months = `
  select private.roll_up_analytics_month(m) from generate_series(
    date_trunc('month', now(), 'UTC') - interval '25 months', date_trunc('month', now(), 'UTC') - interval '1 month',
    interval '1 month', 'UTC') as m`

/** Two years of days: each person on each day, who may be told of by name, and fifty views and ten features. */
async function fill(client: pg.Client, workspace: string, count: number): Promise<void> {
  await client.query(
    `insert into public.dashboard_views (workspace_id, id, name, visibility)
     select $1, ('d56' || $2 || '000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'View ' || n, 'workspace'
     from generate_series(1, 50) as n`,
    [workspace, String(count).padStart(2, '0').slice(0, 2)],
  )
  await client.query('insert into private.analytics_workspaces (workspace_id) values ($1)', [workspace])
  await client.query(
    `insert into private.analytics_policies (workspace_id, by_person_since)
     values ($1, current_date - interval '3 years')`,
    [workspace],
  )
  await client.query(
    `insert into private.analytics_person_days (workspace_id, day, user_id, views_opened)
     select $1, current_date - d, ('a5600000-0000-4000-8000-' || lpad(p::text, 12, '0'))::uuid, 5
     from generate_series(1, 730) as d, generate_series(1, $2::integer) as p`,
    [workspace, count],
  )
  await client.query(
    `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, subject, events, people)
     select $1, 'day', date_trunc('day', now(), 'UTC') - make_interval(days => d), s.kind, s.subject, 100, 10
     from generate_series(1, 730) as d
     cross join (
       select unnest(array['active', 'view_opened', 'feature_used', 'error', 'refreshed', 'shown_fresh']) as kind,
         '' as subject
       union all
       select 'view_opened', v.id::text from public.dashboard_views v where v.workspace_id = $1
       union all
       select 'feature_used', f.name
       from (select name from private.event_names where kind = 'feature_used' order by name limit 10) as f
     ) as s`,
    [workspace],
  )
}
