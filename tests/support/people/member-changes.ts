import type pg from 'pg'
import { type Actor, actAs } from '../database/act.ts'
import { ours } from './cast.ts'

/** Changes a member of `ours` straight in the table. */
export const setRole = (client: pg.Client, actor: Actor, userId: string, role: string | null) =>
  actAs(
    client,
    actor,
    'update public.workspace_members set role_key = $1 where workspace_id = $2 and user_id = $3',
    [role, ours, userId],
  )

/** Suspends a member of `ours` or lets them in again, straight in the table. */
export const setStatus = (client: pg.Client, actor: Actor, userId: string, status: string | null) =>
  actAs(
    client,
    actor,
    'update public.workspace_members set status = $1 where workspace_id = $2 and user_id = $3',
    [status, ours, userId],
  )

/** Removes a member of `ours`. */
export const removeMember = (client: pg.Client, actor: Actor, userId: string) =>
  actAs(client, actor, 'delete from public.workspace_members where workspace_id = $1 and user_id = $2', [
    ours,
    userId,
  ])

/** Changes a member of `ours` with the function for it. */
export const changeMember = (
  client: pg.Client,
  actor: Actor,
  userId: string,
  role: string | null,
  status: string | null,
) =>
  actAs(client, actor, 'select public.change_member($1, $2, $3, $4) as member', [ours, userId, role, status])
