import type pg from 'pg'
import type * as z from 'zod'
import { type ComponentType, componentDataSchemas } from '../../../types/component-data.ts'
import type { MetricPoint } from '../../../types/metrics.ts'
import { admin, member, ours } from '../people/cast.ts'
import { type Actor, actAs } from './act.ts'
import { call } from './call.ts'

// Metrics in stories: points at times that are counted from now, what the job makes of them, and what is answered.

let last = 0

/** A point of now, or of before, with an id of its own. */
export function point(point: Partial<MetricPoint> & { before?: string } = {}): MetricPoint {
  const { before, ...given } = point
  last += 1
  return { key: 'revenue', time: at(before), value: 1, id: `point-${last}`, ...given }
}

/** A time before now, such as `2 days`, `3 hours` or `90 seconds`. */
export function at(before = '0 seconds'): string {
  const [, count = '0', unit = 'second'] = /^([\d.]+) (second|hour|day)s?$/.exec(before) ?? []
  const milliseconds = { second: 1_000, hour: 3_600_000, day: 86_400_000 }[unit] ?? Number.NaN
  return new Date(Date.now() - Number(count) * milliseconds).toISOString()
}

/** Sends points as somebody, a member of ours unless another is named. */
export const ingest = (
  client: pg.Client,
  points: unknown,
  { actor = member, workspace = ours }: { actor?: Actor; workspace?: string } = {},
) =>
  call<{ stored: number; known: number }>(client, actor, 'ingest_metrics', [
    workspace,
    JSON.stringify(points),
  ])

/** Gives ours another time zone, or none, long after the one before. */
export async function setTimezone(client: pg.Client, timezone: string | null): Promise<void> {
  await client.query('update private.metric_workspaces set adopted_at = null where workspace_id = $1', [ours])
  await actAs(client, admin, 'select public.update_workspace_settings($1, $2)', [ours, { timezone }])
}

/** What the job does until nothing is left; returns how many hours it took. */
export async function rollUp(client: pg.Client, batch = 1_000): Promise<number> {
  let taken = 0
  for (;;) {
    const { rows } = await client.query<{ n: number }>('select private.roll_up_metrics($1) as n', [batch])
    taken += rows[0]?.n ?? 0
    if (!rows[0]?.n) return taken
  }
}

/** The answer to a question, which must have the shape of its type. */
export async function ask<Type extends ComponentType>(
  client: pg.Client,
  type: Type,
  query: Record<string, unknown>,
  { asOf = null, workspace = ours }: { asOf?: string | null; workspace?: string } = {},
): Promise<z.infer<(typeof componentDataSchemas)[Type]>> {
  const { rows } = await client.query('select private.metric_answer($1, $2, $3, $4) as answer', [
    workspace,
    type,
    query,
    asOf,
  ])
  return componentDataSchemas[type].parse(rows[0]?.answer) as z.infer<(typeof componentDataSchemas)[Type]>
}

/** The data of a built-in component. */
export async function dataOf(client: pg.Client, key: string, config = {}, asOf: string | null = null) {
  const { rows } = await client.query('select private.component_answer($1, $2, $3, $4) as answer', [
    ours,
    key,
    config,
    asOf,
  ])
  return rows[0]?.answer
}

/** How many points are stored of a workspace. */
export async function stored(client: pg.Client, workspace = ours): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    'select count(*)::integer as n from private.metric_points where workspace_id = $1',
    [workspace],
  )
  return rows[0]?.n ?? Number.NaN
}
