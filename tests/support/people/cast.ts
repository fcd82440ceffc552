import type pg from 'pg'
import { person } from '../database/act.ts'

/** The people of the stories, with ids that never change. */
export const ids = {
  admin: '00000000-0000-4000-8000-000000000001',
  member: '00000000-0000-4000-8000-000000000002',
  viewer: '00000000-0000-4000-8000-000000000003',
  suspended: '00000000-0000-4000-8000-000000000004',
  outsider: '00000000-0000-4000-8000-000000000005',
}

export const admin = person(ids.admin)
export const member = person(ids.member)
export const viewer = person(ids.viewer)
/** An admin of `ours` by role, with the membership suspended. */
export const suspended = person(ids.suspended)
/** Admin of `theirs`, and nothing in `ours`. */
export const outsider = person(ids.outsider)

export const ours = 'WK-00000000A'
export const theirs = 'WK-00000000B'

/** Makes the cast and the two workspaces; to be run as `postgres`. */
export async function createCast(client: pg.Client): Promise<void> {
  for (const [name, id] of Object.entries(ids))
    await client.query(
      'insert into auth.users (id, email, raw_user_meta_data, created_at, updated_at) values ($1, $2, $3, now(), now())',
      [id, `${name}@example.com`, { name }],
    )
  await client.query(
    'insert into public.workspaces (id, name, created_by) values ($1, $2, $3), ($4, $5, $6)',
    [ours, 'Ours', ids.admin, theirs, 'Theirs', ids.outsider],
  )
  await client.query(
    `insert into public.workspace_members (workspace_id, user_id, role_key, status) values
       ($1, $2, 'admin', 'active'), ($1, $3, 'member', 'active'), ($1, $4, 'viewer', 'active'),
       ($1, $5, 'admin', 'suspended'), ($6, $7, 'admin', 'active')`,
    [ours, ids.admin, ids.member, ids.viewer, ids.suspended, theirs, ids.outsider],
  )
}
