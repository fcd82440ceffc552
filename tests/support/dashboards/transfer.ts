import type pg from 'pg'
import type { Widget } from '../../../types/layout.ts'
import {
  type ExportDocument,
  exportSchema,
  type ImportReport,
  importReportSchema,
} from '../../../types/transfer.ts'
import { type Actor, actAs } from '../database/act.ts'
import { ours } from '../people/cast.ts'
import { gauge } from './components.ts'
import { layoutOf, widget } from './layouts.ts'
import { contractTheme } from './themes.ts'

/** A widget that shows a component of a workspace's own. */
export const gaugeWidget = (changes: Partial<Widget> = {}) =>
  widget({
    widgetId: gauge.id,
    componentVersion: gauge.version,
    config: { unit: 'l', limit: 80 },
    ...changes,
  })

/** Preferences of somebody who has chosen everything there is to choose. */
export function preferencesOf(): NonNullable<ExportDocument['preferences']> {
  return {
    locale: 'de',
    theme_mode: 'dark',
    active_theme_id: 'paper',
    sidebar_collapsed: true,
    active_dashboard_view: 'first',
    extras: { 'app:density': 'high' },
  }
}

/** The export of a dashboard that has one of everything. */
export function dashboardOf(changes: Partial<ExportDocument> = {}): ExportDocument {
  return {
    format: 'b-dashboard',
    version: 1,
    kind: 'dashboard',
    exportedAt: '2026-01-31T12:00:00.000Z',
    components: [gauge],
    themes: [{ ...contractTheme, id: 'paper', name: 'Paper', isDefault: false }],
    views: [
      { id: 'first', name: 'First', layout: layoutOf(widget()) },
      { id: 'second', name: 'Second', isDefault: true, layout: layoutOf(widget(), gaugeWidget()) },
    ],
    preferences: preferencesOf(),
    ...changes,
  }
}

/** Without what an import makes anew: ids, and when things were made. */
export function withoutIds({ views, themes, preferences, ...document }: ExportDocument) {
  const placeOf = (list: { id: string }[], id: string | null | undefined) =>
    list.findIndex((each) => each.id === id)
  return {
    ...document,
    exportedAt: undefined,
    themes: themes.map((theme) => ({ ...theme, id: undefined })),
    views: views.map((view) => ({ ...view, id: undefined, createdAt: undefined, updatedAt: undefined })),
    preferences: preferences && {
      ...preferences,
      active_theme_id: placeOf(themes, preferences.active_theme_id),
      active_dashboard_view: placeOf(views, preferences.active_dashboard_view),
    },
  }
}

async function answerOf(client: pg.Client, actor: Actor, call: string, values: unknown[]): Promise<unknown> {
  const { rows } = await actAs<{ answer: unknown }>(client, actor, `select public.${call} as answer`, values)
  return rows[0]?.answer
}

export const exportView = async (client: pg.Client, actor: Actor, viewId: string) =>
  exportSchema.parse(await answerOf(client, actor, 'export_view($1)', [viewId]))

export const exportDashboard = async (client: pg.Client, actor: Actor, workspaceId = ours) =>
  exportSchema.parse(await answerOf(client, actor, 'export_dashboard($1)', [workspaceId]))

export const importView = async (
  client: pg.Client,
  actor: Actor,
  document: unknown,
  workspaceId = ours,
  visibility = 'personal',
): Promise<ImportReport> =>
  importReportSchema.parse(
    await answerOf(client, actor, 'import_view($1, $2, $3)', [
      workspaceId,
      JSON.stringify(document),
      visibility,
    ]),
  )

export const importDashboard = async (
  client: pg.Client,
  actor: Actor,
  document: unknown,
  workspaceId = ours,
): Promise<ImportReport> =>
  importReportSchema.parse(
    await answerOf(client, actor, 'import_dashboard($1, $2)', [workspaceId, JSON.stringify(document)]),
  )

/** Everything that an import can write, for a test that nothing of it changed. */
export async function everythingWritten(client: pg.Client): Promise<Record<string, unknown>> {
  const { rows } = await client.query<Record<string, unknown>>(
    `select (select jsonb_agg(v order by v.id) from public.dashboard_views v) as views,
       (select jsonb_agg(w order by w.id) from public.widgets w) as widgets,
       (select jsonb_agg(h) from private.view_versions h) as history,
       (select jsonb_agg(t order by t.id) from public.themes t) as themes,
       (select jsonb_agg(c) from public.components c) as components,
       (select jsonb_agg(c) from public.component_versions c) as component_versions,
       (select jsonb_agg(p order by p.workspace_id, p.user_id) from public.preferences p) as preferences`,
  )
  return rows[0] ?? {}
}

/** How many rows a table of `public` has. */
export const countOf = async (client: pg.Client, table: string) =>
  Number((await client.query<{ count: string }>(`select count(*) from public.${table}`)).rows[0]?.count)
