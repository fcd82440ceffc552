import type pg from 'pg'
import { type WorkspaceAnalytics, workspaceAnalyticsSchema } from '../../../types/analytics.ts'
import type { TrackedEvent } from '../../../types/track.ts'
import { admin, ids, member, ours } from '../people/cast.ts'
import type { Actor } from './act.ts'
import { call } from './call.ts'

// Use in stories: what front ends tell of now, what was told days ago, and what the job makes of it.

/** An event of now with an id of its own. */
export const event = (given: Partial<TrackedEvent> = {}): Record<string, unknown> => ({
  id: crypto.randomUUID(),
  at: new Date().toISOString(),
  kind: 'feature_used',
  name: 'data_exported',
  ...given,
})

export const opened = (viewId: string, given: Partial<TrackedEvent> = {}) => {
  const { name: _, ...rest } = event()
  return { ...rest, kind: 'view_opened', viewId, ...given }
}

export const track = (
  client: pg.Client,
  events: unknown,
  { actor = member, workspace = ours }: { actor?: Actor; workspace?: string } = {},
) =>
  call<{ stored: number; known: number; skipped: number }>(client, actor, 'track', [
    workspace,
    JSON.stringify(events),
  ])

/** What somebody did at noon (UTC) of a day, as it stands when it was told. */
export interface Deed {
  user: string
  /** Days before today. */
  before: number
  kind?: TrackedEvent['kind']
  name?: string
  view?: string
  widget?: string
  times?: number
  hour?: number
}

/** What somebody used, yesterday if not said otherwise. */
export const used = (user: string, name: string, times = 1, before = 1): Deed => ({
  user,
  before,
  kind: 'feature_used',
  name,
  times,
})

/** The same deed of three people, as many as a number has to be of to be told. */
export const everybody = (what: Omit<Deed, 'user'>): Deed[] =>
  [ids.admin, ids.member, ids.viewer].map((user) => ({ user, ...what }))

export async function happened(client: pg.Client, deeds: Deed[], workspace = ours): Promise<void> {
  await client.query(
    'insert into private.analytics_workspaces (workspace_id) values ($1) on conflict do nothing',
    [workspace],
  )
  await client.query(
    `insert into private.analytics_events (workspace_id, occurred_at, user_id, id, kind, name, view_id, widget_id)
     select $1, date_trunc('day', now(), 'UTC') - make_interval(days => d.before)
         + make_interval(hours => coalesce(d.hour, 12)) + n * interval '1 second',
       d.user, gen_random_uuid(), coalesce(d.kind, 'view_opened'), d.name, d.view, d.widget
     from jsonb_to_recordset($2) as d (
       "user" uuid, before integer, kind text, name text, view uuid, widget uuid, times integer, hour integer)
     cross join lateral generate_series(1, coalesce(d.times, 1)) as n`,
    [workspace, JSON.stringify(deeds)],
  )
}

/** Has the job put together what happened since so many days before today; returns how many hours it were. */
export async function rollUp(client: pg.Client, before = 3): Promise<number> {
  await client.query(
    `insert into private.analytics_progress (counted_until)
     values (date_trunc('day', now(), 'UTC') - make_interval(days => $1))
     on conflict (is_only) do update set counted_until = excluded.counted_until`,
    [before],
  )
  for (let hours = 0; ; hours += 1) {
    const { rows } = await client.query<{ more: boolean }>('select private.roll_up_analytics() as more')
    if (!rows[0]?.more) return hours + (await rollUpLastHour(client))
  }
}

/** The last hour of yesterday, which the job leaves in the first minutes of a day, as of it something may come late. */
async function rollUpLastHour(client: pg.Client): Promise<number> {
  const { rowCount } = await client.query(
    `with late as (
       select counted_until as hour from private.analytics_progress
       where counted_until < date_trunc('day', now(), 'UTC')
     )
     select private.roll_up_analytics_hour(hour), private.roll_up_analytics_day(date_trunc('day', hour, 'UTC')),
       case when now() < date_trunc('month', now(), 'UTC') + interval '1 day'
         then private.roll_up_analytics_month(date_trunc('month', hour, 'UTC')) end
     from late`,
  )
  if (rowCount)
    await client.query(
      "update private.analytics_progress set counted_until = date_trunc('day', now(), 'UTC')",
    )
  return rowCount ?? 0
}

export async function analyticsOf(
  client: pg.Client,
  period = '7d',
  { actor = admin, workspace = ours }: { actor?: Actor; workspace?: string } = {},
): Promise<WorkspaceAnalytics> {
  return workspaceAnalyticsSchema.parse(await call(client, actor, 'workspace_analytics', [workspace, period]))
}

/** How many rows of a table of use are there. */
export async function rowsOf(client: pg.Client, table: string, where = 'true'): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::integer as n from private.${table} where ${where}`,
  )
  return rows[0]?.n ?? Number.NaN
}
