import { createClient } from '@supabase/supabase-js'
import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import { describe, load } from './load.ts'
import type { Measurement } from './report.ts'
import { absolute, sampled } from './samples.ts'

// Of Demo, which comes with a year of metrics.
const workspace = 'WK-DEM000001'
const ada = {
  id: '00000000-0000-4000-8000-00000000ada0',
  email: 'ada@example.com',
  password: 'analytical-engine',
}
const wide = '00000000-0000-4000-8000-0000000bbb00'
const dashboards = 100
const widgetsOfDashboard = 8
const people = 1_000
const minutes = 60
/** Each of the people reads their dashboard every ten minutes. */
const readsOfMinute = people / 10
/** Reads without the cache are dear: so many are made, and counted as all. */
const uncachedReads = 100

/**
 * What the data of widgets costs: 20 of them read at once, and an hour of 1,000 people at 100 dashboards with a clock
 * that is moved on minute by minute, beside the same reads with every answer made anew.
 */
export async function measureWidgetData(stack: Stack): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  try {
    await client.query(fixture)
    await refreshDue(client, [wide])
    const read = await measureRead(client)
    const gateway = await measureGateway(stack)
    return [read, gateway, ...(await measureHour(client))]
  } finally {
    await client.end()
  }
}

async function measureRead(client: pg.Client): Promise<Measurement> {
  const samples = await sampled({ rounds: 300, warmUp: 30 }, async () => {
    const begun = performance.now()
    const { rows } = await asAda(client, () => readView(client, wide))
    const milliseconds = performance.now() - begun
    const answers: { data: object | null }[] = Object.values(rows[0]?.answer ?? {})
    if (answers.length !== 20 || answers.some(({ data }) => data === null))
      throw new Error('Not all of the 20 widgets have data.')
    return milliseconds
  })
  return absolute('the data of 20 widgets in the database, p95 (ms)', samples, 10)
}

async function measureGateway(stack: Stack): Promise<Measurement> {
  const supabase = createClient(stack.urls.api, stack.keys.publishableKey, {
    auth: { persistSession: false },
  })
  const { data, error } = await supabase.auth.signInWithPassword(ada)
  if (error) throw error
  const outcome = await load(`${stack.urls.api}/rest/v1/rpc/get_widget_data?view_id=${wide}`, {
    apikey: stack.keys.publishableKey,
    authorization: `Bearer ${data.session.access_token}`,
  })
  return {
    name: 'the same through the gateway, requests a second',
    figure: describe(outcome),
    limit: '',
    value: outcome.requestsPerSecond,
    budget: { atLeast: 1_000 },
  }
}

async function measureHour(client: pg.Client): Promise<Measurement[]> {
  let [reads, fromCache, asked] = [0, 0, 0]
  const spentBefore = await timeSpent(client)
  for (let minute = 0; minute < minutes; minute += 1) {
    asked += await refreshDue(client)
    for (let reader = 0; reader < readsOfMinute; reader += 1) {
      const { rows } = await asAda(client, () =>
        readView(client, viewOf((minute * readsOfMinute + reader) % dashboards)),
      )
      const answers: { data: object | null; meta: { stale: boolean } }[] = Object.values(
        rows[0]?.answer ?? {},
      )
      reads += answers.length
      fromCache += answers.filter(({ data, meta }) => data !== null && !meta.stale).length
    }
    await client.query(aMinute)
  }
  const spent = (await timeSpent(client)) - spentBefore

  const anewBefore = await timeSpent(client)
  for (let reader = 0; reader < uncachedReads; reader += 1)
    await client.query(
      `select public.widget_answer(w.workspace_id, w.question_hash) from public.widgets w
       where w.workspace_id = $1 and w.view_id = $2`,
      [workspace, viewOf(reader % dashboards)],
    )
  const scale = (minutes * readsOfMinute) / uncachedReads
  const anew = ((await timeSpent(client)) - anewBefore) * scale
  const share = (value: number) => `${(value * 100).toFixed(1)} %`
  return [
    line('reads of widgets that the cache answered in an hour', fromCache / reads, share, { atLeast: 0.95 }),
    line('requests that the sources saw, of all reads', asked / reads, share, { atMost: 0.1 }),
    {
      name: 'execution time of the hour (pg_stat_statements), with the cache',
      figure: `${(spent / 1_000).toFixed(1)} s`,
      limit: `${(anew / 1_000).toFixed(1)} s without`,
      value: spent / anew,
      budget: { atMost: 0.3 },
    },
  ]
}

const line = (
  name: string,
  value: number,
  shown: (value: number) => string,
  budget: Measurement['budget'],
): Measurement => ({ name, figure: shown(value), limit: '', value, budget })

/** Does what the clock and the function do, and says how many answers were made. */
async function refreshDue(client: pg.Client, views?: string[]): Promise<number> {
  const { rows } = await client.query<{ questions: string[] }>(
    views
      ? `select array_agg(distinct question_hash) as questions from public.widgets where view_id = any ($1)`
      : `select array(select jsonb_array_elements_text(d.value -> 'questions')) as questions
         from jsonb_array_elements(public.due_widget_questions()) as d`,
    views ? [views] : [],
  )
  let made = 0
  for (const { questions } of rows) {
    const claimed = await client.query<{ claims: { question: string; lease: string }[] }>(
      'select public.claim_widget_questions($1, $2) as claims',
      [workspace, questions],
    )
    const answers: object[] = []
    for (const { question, lease } of claimed.rows[0]?.claims ?? []) {
      const answer = await client.query('select public.widget_answer($1, $2) as data', [workspace, question])
      answers.push({ question, lease, data: answer.rows[0]?.data, milliseconds: 1, bytes: 1 })
    }
    await client.query('select public.store_widget_data($1, $2)', [workspace, JSON.stringify(answers)])
    made += answers.length
  }
  return made
}

async function timeSpent(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    `select sum(total_exec_time) as spent from extensions.pg_stat_statements
     where toplevel and query ~ 'get_widget_data|widget_answer|store_widget_data|(due|claim)_widget_questions'
       and query !~ 'pg_stat_statements'`,
  )
  return Number(rows[0]?.spent ?? Number.NaN)
}

const readView = (client: pg.Client, view: string) =>
  client.query({ name: 'view', text: 'select public.get_widget_data($1) as answer', values: [view] })

async function asAda<Result>(client: pg.Client, act: () => Promise<Result>): Promise<Result> {
  await client.query('begin')
  await client.query(
    "select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)",
    [JSON.stringify({ sub: ada.id, role: 'authenticated' })],
  )
  const result = await act()
  await client.query('commit')
  return result
}

const viewOf = (number: number) => `00000000-0000-4000-8000-00000bbb${String(number + 1).padStart(4, '0')}`

/** The clock goes on: what was fetched is a minute older. Everybody keeps watching. */
const aMinute = `
  update private.widget_data
  set fetched_at = fetched_at - interval '1 minute', fresh_until = fresh_until - interval '1 minute',
    retry_at = retry_at - interval '1 minute'
  where workspace_id = '${workspace}'`

const views = `
  select n, (case when n = 0 then '${wide}' else '00000000-0000-4000-8000-00000bbb' || lpad(n::text, 4, '0') end)::uuid
    as id
  from generate_series(0, ${dashboards}) as n`

/** Dashboards of the same components, in five periods: what many look at, many look at alike. */
const fixture = `
  insert into public.dashboard_views (workspace_id, id, name, visibility)
  select '${workspace}', v.id, 'Dashboard ' || v.n, 'workspace' from (${views}) as v;
  insert into public.widgets (workspace_id, view_id, component_key, x, y, width, height, config)
  select '${workspace}', v.id, c.key, 0, p, 3, 2, jsonb_build_object('dateRange',
    (array['7d', '30d', '90d', '1y', '24h'])[1 + (v.n + p / 10) % 5])
  from (${views}) as v
  cross join lateral generate_series(0, case when v.n = 0 then 19 else ${widgetsOfDashboard - 1} end) as p
  join (
    select b.key, row_number() over (order by b.position) - 1 as place
    from public.built_in_components b where b.config_schema -> 'properties' ? 'dateRange'
  ) as c on c.place = p % 9;
  insert into private.view_watchers (workspace_id, view_id, user_id)
  select '${workspace}', v.id, '${ada.id}' from (${views}) as v where v.n > 0;`
