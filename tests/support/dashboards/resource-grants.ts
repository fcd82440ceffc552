import type pg from 'pg'
import { type Actor, actAs } from '../database/act.ts'
import { createCast, ours, theirs } from '../people/cast.ts'
import { insertView, insertWidget } from './view-rows.ts'

/** The dashboard that grants are on unless they say otherwise. */
export const board = '00000000-0000-4000-8000-0000000000d1'

/** Another dashboard. */
export const other = '00000000-0000-4000-8000-0000000000d2'

/** A widget of `board`. */
export const piece = '00000000-0000-4000-8000-0000000000d3'

/** The cast with two shared dashboards in `ours`, and in `theirs` one with the id of the first. */
export async function createBoards(client: pg.Client): Promise<void> {
  await createCast(client)
  await insertView(client, { id: board })
  await insertView(client, { id: other })
  await insertView(client, { id: board, workspace_id: theirs })
  await insertWidget(client, { id: piece, view_id: board })
}

/** What a grant says; the rest is `board` in `ours`. */
export interface Grant {
  workspace_id?: string
  resource_type?: string | null
  resource_id?: string | null
  user_id?: string | null
  role_key?: string | null
  access?: string | null
}

/** Inserts a grant as an actor; by default on `board` in `ours`. */
export async function grant(client: pg.Client, actor: Actor, values: Grant): Promise<string> {
  const row = {
    workspace_id: ours,
    resource_type: 'dashboard',
    resource_id: board,
    access: 'view',
    ...values,
  }
  const columns = Object.keys(row)
  const { rows } = await actAs<{ id: string }>(
    client,
    actor,
    `insert into public.resource_grants (${columns.join(', ')})
     values (${columns.map((_, index) => `$${index + 1}`).join(', ')}) returning id`,
    Object.values(row),
  )
  return rows[0]?.id ?? ''
}

/** Every grant; as `postgres`. */
export const storedGrants = async (client: pg.Client) =>
  (
    await client.query(
      `select workspace_id, resource_id, user_id, role_key, access, granted_by
       from public.resource_grants order by workspace_id, resource_id, user_id, role_key`,
    )
  ).rows

/** What `my_access` tells an actor. */
export const accessOf = async (
  client: pg.Client,
  actor: Actor,
  resourceId = board,
  workspaceId = ours,
  type = 'dashboard',
) =>
  (
    await actAs(client, actor, 'select public.my_access($1, $2, $3) as access', [
      workspaceId,
      type,
      resourceId,
    ])
  ).rows[0]?.access
