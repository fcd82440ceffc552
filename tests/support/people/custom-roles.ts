import type pg from 'pg'
import { type Actor, actAs } from '../database/act.ts'
import { ours } from './cast.ts'

/** Makes a role in `ours`. */
export const makeRole = (
  client: pg.Client,
  actor: Actor,
  key: unknown,
  permissions: unknown = ['themes.read'],
  name: unknown = 'Editor',
) =>
  actAs(
    client,
    actor,
    `insert into public.workspace_roles (workspace_id, key, name, permissions) values ($1, $2, $3, $4)`,
    [ours, key, name, permissions],
  )

/** Gives a role of `ours` other permissions. */
export const widenRole = (client: pg.Client, actor: Actor, key: string, permissions: unknown) =>
  actAs(
    client,
    actor,
    'update public.workspace_roles set permissions = $1 where workspace_id = $2 and key = $3',
    [permissions, ours, key],
  )

/** Deletes a role of `ours`. */
export const dropRole = (client: pg.Client, actor: Actor, key: string) =>
  actAs(client, actor, 'delete from public.workspace_roles where workspace_id = $1 and key = $2', [ours, key])

/** The custom roles of every workspace. */
export async function customRoles(client: pg.Client) {
  const { rows } = await client.query(
    'select key, name, permissions from public.workspace_roles where not is_built_in order by workspace_id, key',
  )
  return rows
}
