import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import { callAs } from './call-as.ts'
import type { Measurement } from './report.ts'
import { absolute, relative, sampled, sampledBeside } from './samples.ts'

const admin = 'b0000000-0000-4000-8000-000000000001'
const large = 'WK-B00000001'
const small = 'WK-B00000002'
const pointsOf = { [large]: 10_000_000, [small]: 1_000_000 }

/**
 * What metrics cost: 1,000 points taken in beside 11,000,000 others, and the data of a chart over a year of 10,000,000
 * points beside the same of 1,000,000, both with points of this hour that are not rolled up.
 */
export async function measureMetrics(stack: Stack): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  try {
    await client.query(people)
    for (const [workspace, points] of Object.entries(pointsOf)) await fill(client, workspace, points)
    await client.query(
      'vacuum analyze private.metric_rollups, private.metric_points, private.metric_point_ids',
    )
    return [...(await measureCharts(client)), await measureIngest(client)]
  } finally {
    await client.end()
  }
}

async function measureCharts(client: pg.Client): Promise<Measurement[]> {
  for (const workspace of [small, large]) await ingest(client, workspace)
  const chart = (workspace: string) => async () => {
    const begun = performance.now()
    const { rows } = await client.query({
      name: 'chart',
      text: `select private.component_answer($1, 'revenue-chart', '{"dateRange": "1y"}') as answer`,
      values: [workspace],
    })
    const milliseconds = performance.now() - begun
    if (rows[0]?.answer.labels.length < 365) throw new Error('The chart has not a year of days.')
    return milliseconds
  }
  const samples = await sampledBeside({ rounds: 200, warmUp: 20 }, chart(small), chart(large))
  return [
    absolute('a year’s chart from 10,000,000 points, p95 (ms)', samples.figure, 20),
    relative('the same, beside 1,000,000 points', samples, 1.5),
  ]
}

async function measureIngest(client: pg.Client): Promise<Measurement> {
  const samples = await sampled({ rounds: 50, warmUp: 5 }, () => ingest(client, large))
  return absolute('1,000 points taken in, p95 (ms)', samples, 60)
}

let sent = 0

/** Sends 1,000 points of this hour, as one request of the Data API. */
async function ingest(client: pg.Client, workspace: string): Promise<number> {
  sent += 1
  const now = Date.now()
  const points = Array.from({ length: 1_000 }, (_, n) => ({
    key: n % 2 ? 'revenue' : 'orders',
    time: new Date(now - n * 1_000).toISOString(),
    value: n / 4,
    dimensions: { category: `Category ${n % 10}`, product: `Product ${n % 50}` },
    id: `sent-${sent}-${n}`,
  }))
  const { milliseconds, answer } = await callAs(client, admin, 'public.ingest_metrics($1, $2)', [
    workspace,
    JSON.stringify(points),
  ])
  if (answer.stored !== 1_000) throw new Error('The points were not taken in.')
  return milliseconds
}

const people = `
  insert into auth.users (id, aud, role, email)
    values ('${admin}', 'authenticated', 'authenticated', 'metrics@bench.test');
  insert into public.workspaces (id, name, plan_type)
    values ('${large}', 'Large', 'premium'), ('${small}', 'Small', 'premium');
  insert into public.workspace_members (workspace_id, user_id, role_key)
    values ('${large}', '${admin}', 'admin'), ('${small}', '${admin}', 'admin');
  update public.plan_limits set most = 10000000 where limit_key = 'metrics_per_minute';
  select private.add_metric_partition(date_trunc('month', now() at time zone 'UTC') - make_interval(months => n))
    from generate_series(1, 12) as n;
`

/** Fills a year with points of two metrics, and rolls them up. */
async function fill(client: pg.Client, workspace: string, points: number): Promise<void> {
  // In the order of the indexes, so that filling them takes a minute and not ten.
  await client.query(
    `insert into private.metric_points (workspace_id, key, time, id, value, dimensions)
     select $1, k, date_trunc('hour', now()) - interval '365 days' + n * (interval '365 days' / $2),
       k || lpad(n::text, 9, '0'), n % 100, jsonb_build_object('category', 'Category ' || n % 10)
     from unnest(array['orders', 'revenue']) as k, generate_series(0, $2::integer - 1) as n`,
    [workspace, points / 2],
  )
  await client.query(
    `insert into private.metric_point_ids (workspace_id, id, key, time)
     select $1, k || lpad(n::text, 9, '0'), k,
       date_trunc('hour', now()) - interval '365 days' + n * (interval '365 days' / $2)
     from unnest(array['orders', 'revenue']) as k, generate_series(0, $2::integer - 1) as n`,
    [workspace, points / 2],
  )
  await client.query(
    `insert into private.metric_workspaces (workspace_id, timezone, next_timezone, minute, points_in_minute)
     values ($1, 'UTC', 'UTC', now(), 0)`,
    [workspace],
  )
  await client.query(
    `insert into private.metric_keys (workspace_id, key, dimensions, last_at)
     select $1, k, '{category,product}', now() from unnest(array['revenue', 'orders']) as k`,
    [workspace],
  )
  await client.query(
    `insert into private.stale_metric_hours (workspace_id, key, hour)
     select $1, k, h
     from unnest(array['revenue', 'orders']) as k,
       generate_series(date_trunc('hour', now()) - interval '366 days', date_trunc('hour', now()), '1 hour') as h`,
    [workspace],
  )
  // The scheduler of the stack may be at it too, and then this one has nothing to do.
  let isLeft = true
  while (isLeft) {
    await client.query('select private.roll_up_metrics(500)')
    const { rows } = await client.query('select exists (select from private.stale_metric_hours) as left')
    isLeft = rows[0]?.left
  }
}
