import type pg from 'pg'
import { type Actor, actAs } from '../database/act.ts'
import { ours } from '../people/cast.ts'

/** A row of dashboard_views; what is left out is a view of `ours` that is shared with the workspace and nobody's. */
export interface ViewRow {
  workspace_id?: string
  id?: string
  name?: string
  visibility?: 'workspace' | 'personal'
  owner_id?: string | null
  deleted_at?: string | null
}

/** A row of widgets; what is left out is a small one of a component that every role may use. */
export interface WidgetRow {
  workspace_id?: string
  id?: string
  view_id: string
  instance_id?: string
  component_key?: string
  component_version?: string
  x?: number
  y?: number
  width?: number
  height?: number
  visible?: boolean
  config?: unknown
}

/** A row of dashboard_view_shares, in `ours` and to look at unless it says otherwise. */
export interface ShareRow {
  workspace_id?: string
  view_id: string
  user_id?: string
  role_key?: string
  access?: string
}

function insertion(table: string, row: object): [sql: string, values: unknown[]] {
  const columns = Object.keys(row)
  return [
    `insert into public.${table} (${columns.join(', ')})
     values (${columns.map((_, index) => `$${index + 1}`).join(', ')}) returning id`,
    Object.values(row),
  ]
}

async function inserted(client: pg.Client, table: string, row: object, actor?: Actor): Promise<string> {
  const [sql, values] = insertion(table, row)
  const { rows } = actor
    ? await actAs<{ id: string }>(client, actor, sql, values)
    : await client.query<{ id: string }>(sql, values)
  if (!rows[0]) throw new Error(`Nothing was inserted into ${table}.`)
  return rows[0].id
}

/** Makes a view, past every policy; returns its id. */
export const insertView = (client: pg.Client, row: ViewRow = {}) =>
  inserted(client, 'dashboard_views', {
    workspace_id: ours,
    name: 'A view',
    visibility: row.owner_id ? 'personal' : 'workspace',
    ...row,
  })

/** Makes a view as a person, through the table. */
export const makeView = (client: pg.Client, actor: Actor, row: Omit<ViewRow, 'id' | 'owner_id'> = {}) =>
  inserted(
    client,
    'dashboard_views',
    { workspace_id: ours, name: 'A view', visibility: 'personal', ...row },
    actor,
  )

export const widgetColumns = { component_key: 'recent-orders', x: 0, y: 0, width: 3, height: 2, config: {} }

/** Makes a widget, past every policy or as an actor; returns the id of its row. */
export const insertWidget = (client: pg.Client, row: WidgetRow, actor?: Actor) =>
  inserted(client, 'widgets', { workspace_id: ours, ...widgetColumns, ...row }, actor)

/** Shares a view, past every policy or as an actor; returns the id of the share. */
export const insertShare = (client: pg.Client, row: ShareRow, actor?: Actor) =>
  inserted(client, 'dashboard_view_shares', { workspace_id: ours, ...row }, actor)
