import type pg from 'pg'
import { type Actor, actAs } from '../database/act.ts'
import { admin, ours } from './cast.ts'

/** What `list_members` gives, as far as every test looks at it. */
interface MemberList {
  total: number
  page: number
  perPage: number
  members: { userId: string; name: string }[]
}

/** Calls `list_members` of `ours`, as its admin unless somebody else is named. */
export async function list(
  client: pg.Client,
  options: Record<string, unknown> = {},
  actor: Actor = admin,
  workspaceId = ours,
): Promise<MemberList> {
  const names = Object.keys(options)
  const { rows } = await actAs<{ list: MemberList }>(
    client,
    actor,
    `select public.list_members($1${names.map((name, index) => `, ${name} => $${index + 2}`).join('')}) as list`,
    [workspaceId, ...Object.values(options)],
  )
  if (!rows[0]) throw new Error('The function gave no row.')
  return rows[0].list
}

/** The names of a list, in its order. */
export const names = ({ members }: MemberList) => members.map((one) => one.name)
