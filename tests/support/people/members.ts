import type pg from 'pg'
import { ours } from './cast.ts'
import { setPlan } from './plan.ts'

/** Gives `ours` a role of its own, whatever its plan, and the people named that role; as `postgres`. */
export async function giveRole(
  client: pg.Client,
  key: string,
  permissions: string[],
  people: string[] = [],
): Promise<void> {
  await client.query(
    'insert into public.workspace_roles (workspace_id, key, name, permissions) values ($1, $2, $2, $3)',
    [ours, key, permissions],
  )
  await client.query(
    'update public.workspace_members set role_key = $2 where workspace_id = $1 and user_id = any ($3)',
    [ours, key, people],
  )
}

/** The same for `ours` on the premium plan, to which it comes with that. */
export async function giveCustomRole(
  client: pg.Client,
  key: string,
  permissions: string[],
  people: string[] = [],
): Promise<void> {
  await setPlan(client, 'premium', ours)
  await giveRole(client, key, permissions, people)
}

/** Who is in a workspace: `name role status`, by id. */
export async function membersOf(client: pg.Client, workspaceId: string = ours): Promise<string[]> {
  const { rows } = await client.query<{ member: string }>(
    `select concat_ws(' ', p.name, m.role_key, m.status) as member
     from public.workspace_members m join public.profiles p on p.id = m.user_id
     where m.workspace_id = $1 order by m.user_id`,
    [workspaceId],
  )
  return rows.map((row) => row.member)
}

/** What `membersOf` says of `ours` before anything happened. */
export const castMembers = [
  'admin admin active',
  'member member active',
  'viewer viewer active',
  'suspended admin suspended',
]

/** Puts somebody into a workspace; as `postgres`. */
export const join = (client: pg.Client, workspaceId: string, userId: string) =>
  client.query(
    "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
    [workspaceId, userId],
  )
