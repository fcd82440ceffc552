import type pg from 'pg'
import { type Actor, actAs, person } from './act.ts'
import { ours } from './cast.ts'

/** What an inviter is told. */
export interface Invitation {
  id: string
  email: string
  role: string
  token: string
  expiresAt: string
}

/** Invites an address to `ours`, or to another workspace. */
export async function invite(
  client: pg.Client,
  actor: Actor,
  email: string | null,
  role: string | null = 'member',
  workspaceId = ours,
): Promise<Invitation> {
  const { rows } = await actAs<{ invitation: Invitation }>(
    client,
    actor,
    'select public.create_invitation($1, $2, $3) as invitation',
    [workspaceId, email, role],
  )
  if (!rows[0]) throw new Error('create_invitation returned no row.')
  return rows[0].invitation
}

/** Accepts as an actor, and returns the membership. */
export async function accept(
  client: pg.Client,
  actor: Actor,
  token: string | null,
): Promise<pg.QueryResultRow | undefined> {
  const { rows } = await actAs(client, actor, 'select * from public.accept_invitation($1)', [token])
  return rows[0]
}

/** Someone who has signed up and is in no workspace; `confirmed` says whether the address is proved. */
export async function signUp(
  client: pg.Client,
  id: string,
  email: string,
  { confirmed = true } = {},
): Promise<Actor> {
  await client.query(
    'insert into auth.users (id, email, email_confirmed_at) values ($1, $2, case when $3 then now() end)',
    [id, email, confirmed],
  )
  return person(id)
}

/** Makes a custom role of `ours`, which comes to the premium plan, and gives it to a member. */
export async function giveCustomRole(
  client: pg.Client,
  userId: string,
  permissions: string[],
): Promise<void> {
  await client.query("update public.workspaces set plan_type = 'premium' where id = $1", [ours])
  await client.query(
    `insert into public.workspace_roles (workspace_id, key, name, permissions) values ($1, 'custom', 'Custom', $2)`,
    [ours, permissions],
  )
  await client.query(
    `update public.workspace_members set role_key = 'custom' where workspace_id = $1 and user_id = $2`,
    [ours, userId],
  )
}
