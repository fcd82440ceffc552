import type pg from 'pg'
import { z } from 'zod'
import { type EditConflicts, editConflictsSchema } from '../../../types/conflict.ts'
import { viewComparisonSchema, viewVersionSchema } from '../../../types/history.ts'
import { type Layout, layoutSchema, type Widget } from '../../../types/layout.ts'
import { type StoredView, storedViewSchema } from '../../../types/view.ts'
import type { Person } from '../http/front-end.ts'
import { layoutOf } from './layouts.ts'

// Views as a front end writes them, and as they stand in the database.

/** A view of somebody's that everyone in the workspace may edit. */
export async function createSharedView(
  { supabase }: Person,
  workspaceId: string,
  widgets: Widget[],
): Promise<StoredView> {
  const { data, error } = await supabase.rpc('create_view', {
    workspace_id: workspaceId,
    name: 'Shared',
    layout: layoutOf(...widgets),
    visibility: 'workspace',
  })
  if (error) throw error
  return storedViewSchema.parse(data)
}

/** A view as somebody sees it. */
export async function readView({ supabase }: Person, viewId: string): Promise<StoredView> {
  const { data, error } = await supabase.rpc('get_view', { view_id: viewId })
  if (error) throw error
  return storedViewSchema.parse(data)
}

/** Saves a layout as a change to a view that was read. */
export function saveLayout({ supabase }: Person, view: StoredView, layout: Layout, label?: string) {
  return supabase.rpc('save_layout', {
    view_id: view.id,
    layout,
    expected_version: view.version,
    ...(label === undefined ? {} : { label }),
  })
}

/** A layout with one of its widgets changed, and everything else as it was read. */
export function withWidget(
  { layout }: { layout: Layout },
  instanceId: string,
  changes: Partial<Widget>,
): Layout {
  return {
    ...layout,
    widgets: layout.widgets.map((each) => (each.instanceId === instanceId ? { ...each, ...changes } : each)),
  }
}

/** What stands in the database for a view, for a test that nothing of it changed. */
export async function storedState(server: pg.Client, viewId: string): Promise<Record<string, unknown>> {
  const { rows } = await server.query<Record<string, unknown>>(
    `select v.name, v.version::integer, v.row_height, v.gap, v.updated_at,
       (select jsonb_agg(to_jsonb(w) order by w.id) from public.widgets w where w.view_id = v.id) as widgets,
       (select jsonb_agg(to_jsonb(h) order by h.version) from private.view_versions h where h.view_id = v.id) as history
     from public.dashboard_views v where v.id = $1`,
    [viewId],
  )
  const [state] = rows
  if (!state) throw new Error('There is no such view.')
  return state
}

/** The particulars of a refused save. */
export function conflictsOf(error: { details: string } | null): EditConflicts {
  return editConflictsSchema.parse(JSON.parse(error?.details ?? 'null'))
}

/** The versions of a view, latest first. */
export async function listVersions(
  { supabase }: Person,
  viewId: string,
  page: { before?: number; per_page?: number } = {},
) {
  const { data, error } = await supabase.rpc('list_view_versions', { view_id: viewId, ...page })
  if (error) throw error
  return z.array(viewVersionSchema).parse(data)
}

/** What changed between two versions of a view. */
export async function compareVersions({ supabase }: Person, viewId: string, from: number, to?: number) {
  const { data, error } = await supabase.rpc('compare_view_versions', {
    view_id: viewId,
    from_version: from,
    ...(to === undefined ? {} : { to_version: to }),
  })
  if (error) throw error
  return viewComparisonSchema.parse(data)
}

/** The layout that a view had. */
export async function layoutAt({ supabase }: Person, viewId: string, version: number): Promise<Layout> {
  const { data, error } = await supabase.rpc('get_view_version', { view_id: viewId, version })
  if (error) throw error
  return layoutSchema.parse(data)
}

/** Goes back to a version of a view. */
export const restoreVersion = ({ supabase }: Person, view: StoredView, version: number, expected?: number) =>
  supabase.rpc('restore_view_version', {
    view_id: view.id,
    version,
    ...(expected === undefined ? {} : { expected_version: expected }),
  })
