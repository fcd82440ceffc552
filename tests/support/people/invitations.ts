import { createHash } from 'node:crypto'
import type pg from 'pg'
import { type Actor, actAs, person } from '../database/act.ts'
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

/** The ids of people whom a story lets sign up. */
export const adaId = '00000000-0000-4000-8000-000000000011'
export const eveId = '00000000-0000-4000-8000-000000000012'

/** The answer to every token that does not count. */
export const notValid = {
  status: 410,
  code: 'invitation_not_valid',
  message: 'This invitation is not valid for you.',
  details: null,
  hint: 'Sign in with the confirmed address that was invited, or ask for another invitation.',
}

/** What `preview_invitation` shows an actor. */
export const preview = async (client: pg.Client, actor: Actor, token: string | null) =>
  (await actAs(client, actor, 'select public.preview_invitation($1) as preview', [token])).rows[0]?.preview

/** The workspaces that a person is in; as `postgres`. */
export const memberships = async (client: pg.Client, userId: string) =>
  (
    await client.query(
      'select workspace_id, role_key, status from public.workspace_members where user_id = $1',
      [userId],
    )
  ).rows

/** The columns of an invitation that may be read. */
export const readable = 'id, email, role_key, invited_by, accepted_at, revoked_at'

/** The invitations to `ours` with what nobody may read; as `postgres`. */
export const storedInvitations = async (client: pg.Client) =>
  (
    await client.query(
      `select ${readable}, t.token_hash, i.expires_at - now() as left_over
       from public.workspace_invitations i
       join private.invitation_tokens t on t.workspace_id = i.workspace_id and t.invitation_id = i.id
       where i.workspace_id = $1 order by email`,
      [ours],
    )
  ).rows

/** Revokes an invitation to `ours`, or to another workspace. */
export const revoke = (client: pg.Client, actor: Actor, id: string, workspaceId = ours) =>
  actAs(client, actor, 'select public.revoke_invitation($1, $2)', [workspaceId, id])

/** What is stored of a token. */
export const hash = (token = '') => createHash('sha256').update(token).digest()
