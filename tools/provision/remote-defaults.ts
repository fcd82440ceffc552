import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { allRows, answer } from './calls.ts'

// What people see in a workspace who have chosen nothing.

/** By ids; a theme also by the key of a built-in one. */
export interface RemoteDefaults {
  theme: string | null
  view: string | null
  roles: Map<string, string>
}

const themeRows = z.array(
  z.object({ theme_id: z.string().nullable(), built_in_theme: z.string().nullable() }),
)
const viewRow = z.object({ view_id: z.string() })
const roleRow = z.object({ role_key: z.string(), view_id: z.string() })

/** One that is not shared any more, such as a view that was deleted, counts as none, as it does for people. */
export async function readDefaults(
  client: SupabaseClient,
  workspaceId: string,
  themes: { id: string }[],
  dashboards: { id: string }[],
): Promise<RemoteDefaults> {
  const of = (table: string, columns: string) =>
    client.from(table).select(columns).eq('workspace_id', workspaceId)
  const [theme] = themeRows.parse(await answer(of('default_themes', 'theme_id, built_in_theme')))
  const [view] = z.array(viewRow).parse(await answer(of('default_views', 'view_id')))
  const roles = await allRows((from, to) =>
    of('role_default_views', 'role_key, view_id').order('role_key').range(from, to),
  )
  const isThere = (things: { id: string }[], id: string | null | undefined): id is string =>
    things.some((thing) => thing.id === id)
  return {
    theme: isThere(themes, theme?.theme_id) ? theme.theme_id : (theme?.built_in_theme ?? null),
    view: isThere(dashboards, view?.view_id) ? view.view_id : null,
    roles: new Map(
      z
        .array(roleRow)
        .parse(roles)
        .filter(({ view_id }) => isThere(dashboards, view_id))
        .map(({ role_key, view_id }) => [role_key, view_id]),
    ),
  }
}

const namedRow = z.object({ id: z.string(), name: z.string() })

/** What a workspace shares by now, of one name or all, in the order in which files of one name are told apart. */
export async function readNames(
  client: SupabaseClient,
  workspaceId: string,
  kind: 'themes' | 'dashboards',
  name?: string,
) {
  const rows = await allRows((from, to) => {
    const shared = client
      .from(kind === 'themes' ? 'themes' : 'dashboard_views')
      .select('id, name')
      .match({ workspace_id: workspaceId, visibility: 'workspace', ...(name !== undefined && { name }) })
    const present = kind === 'themes' ? shared : shared.is('deleted_at', null)
    return present.order('name').order('created_at').order('id').range(from, to)
  })
  return z.array(namedRow).parse(rows)
}
