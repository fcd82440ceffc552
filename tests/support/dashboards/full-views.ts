import type pg from 'pg'
import { ours } from '../people/cast.ts'
import { gauge, insertComponent } from './components.ts'

/** How large one of the views below is as JSON, at least. */
export const fullViewBytes = 200 * 15_000

/** Runs a statement past the triggers of a table; inside the transaction of a story alone. */
export async function pastTriggers<Row extends pg.QueryResultRow>(
  client: pg.Client,
  table: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  await client.query(`alter table public.${table} disable trigger user`)
  const { rows } = await client.query<Row>(sql, values)
  await client.query(`alter table public.${table} enable trigger user`)
  return rows
}

/**
 * Makes personal views of 200 widgets with nearly the largest configurations, or of another size, one an hour, and the
 * component that they show; past the triggers, which look at each widget and take long. Returns their ids in order.
 */
export async function insertFullViews(
  client: pg.Client,
  ownerId: string,
  count: number,
  configBytes = 15_000,
): Promise<string[]> {
  await insertComponent(client, ours, {
    configSchema: { type: 'object', properties: { unit: { type: 'string' } } },
  })
  const { rows } = await client.query<{ id: string }>(
    `insert into public.dashboard_views (workspace_id, name, visibility, owner_id, created_by, created_at)
     select $1, 'View ' || n, 'personal', $2, $2, '2026-01-01Z'::timestamptz + n * interval '1 hour'
     from generate_series(1, $3::integer) as n
     returning id`,
    [ours, ownerId, count],
  )
  const ids = rows.map(({ id }) => id)
  await pastTriggers(
    client,
    'widgets',
    `insert into public.widgets (workspace_id, view_id, component_key, custom_component, component_version,
       x, y, width, height, config, open_to)
     select $1, v.id, $2, $2, $3, 0, n, 3, 1, jsonb_build_object('unit', repeat('x', $6::integer)), $4
     from unnest($5::uuid[]) as v (id), generate_series(1, 200) as n`,
    [ours, gauge.id, gauge.version, ownerId, ids, configBytes],
  )
  return ids
}
