import type pg from 'pg'
import { ids, ours } from '../people/cast.ts'
import { type Actor, actAs } from './act.ts'

/** A row of the log. */
export interface Entry {
  actor_id: string | null
  actor_type: string
  actor_role: string | null
  action: string
  table_name: string
  row_id: string
  changes: Record<string, { old?: unknown; new?: unknown }>
  request_id: string | null
  trace_id: string | null
  ip: string | null
  claimed_ip: string | null
}

/** The entry that was written last, as the owner sees it. */
export async function lastEntry(client: pg.Client): Promise<Entry | undefined> {
  const { rows } = await client.query<Entry>(
    `select actor_id, actor_type, actor_role, action, table_name, row_id, changes, request_id, trace_id,
       host(ip) as ip, host(claimed_ip) as claimed_ip
     from public.audit_log order by occurred_at desc limit 1`,
  )
  return rows[0]
}

/** The last admin may not go: the suspended one is let back in. */
export const letSecondAdminIn = (client: pg.Client) =>
  client.query("update public.workspace_members set status = 'active' where user_id = $1", [ids.suspended])

/** Renames `ours`, which is one entry. */
export const renameOurs = (client: pg.Client, actor: Actor, name = 'Renamed') =>
  actAs(client, actor, 'update public.workspaces set name = $1 where id = $2', [name, ours])

/** The headers of the request that a story is about. */
export const setHeaders = (client: pg.Client, headers: string) =>
  client.query("select set_config('request.headers', $1, true)", [headers])

/** Counts the entries of `ours`. */
export const countOurs = "select count(*)::int from public.audit_log where workspace_id = 'WK-00000000A'"
