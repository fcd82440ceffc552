import type pg from 'pg'
import { insertComponent } from '../dashboards/components.ts'
import { themeColumns } from '../dashboards/themes.ts'
import { insertView } from '../dashboards/view-rows.ts'
import { type Actor, person } from '../database/act.ts'
import { invite } from './invitations.ts'

/** A premium workspace with two people, one who is invited, and one of each thing that others refer to. */
export interface World {
  workspace: string
  /** The only admin. */
  boss: Actor
  /** A member. */
  ann: Actor
  /** Somebody with an invitation. */
  guest: Actor
  token: string
  view: string
  theme: string
}

/**
 * Makes a world of a number below 1,000, beside others in the same database; to be run as `postgres` outside of a
 * transaction. Its workspace has a role `editor` and a component `gauge`.
 */
export async function createWorld(client: pg.Client, number: number): Promise<World> {
  const suffix = String(number).padStart(3, '0')
  const workspace = `WK-000000${suffix}`
  const idOf = (place: number) => `00000000-0000-4000-8000-0000000${suffix}0${place}`
  const [boss, ann, guest] = [idOf(1), idOf(2), idOf(3)]
  await client.query('begin')
  for (const [name, id] of Object.entries({ boss, ann, guest }))
    await client.query(
      'insert into auth.users (id, email, email_confirmed_at, created_at) values ($1, $2, now(), now())',
      [id, `${name}${suffix}@example.com`],
    )
  await client.query(
    "insert into public.workspaces (id, name, plan_type, created_by) values ($1, 'World', 'premium', $2)",
    [workspace, boss],
  )
  await client.query(
    `insert into public.workspace_roles (workspace_id, key, name, permissions)
     values ($1, 'editor', 'Editor', '{dashboards.read}')`,
    [workspace],
  )
  await client.query(
    `insert into public.workspace_members (workspace_id, user_id, role_key)
     values ($1, $2, 'admin'), ($1, $3, 'member')`,
    [workspace, boss, ann],
  )
  await insertComponent(client, workspace, {})
  const view = await insertView(client, { workspace_id: workspace })
  const { name, version, colors, radius } = themeColumns
  const { rows } = await client.query(
    `insert into public.themes (workspace_id, name, version, colors, radius, visibility)
     values ($1, $2, $3, $4, $5, 'workspace') returning id`,
    [workspace, name, version, colors, radius],
  )
  const { token } = await invite(client, person(boss), `guest${suffix}@example.com`, 'viewer', workspace)
  await client.query('commit')
  return {
    workspace,
    boss: person(boss),
    ann: person(ann),
    guest: person(guest),
    token,
    view,
    theme: rows[0].id,
  }
}
