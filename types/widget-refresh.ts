import * as z from 'zod'
import type { DataSourceInput, StoredDataSource } from './data-source.ts'

// The function widget-refresh: what it takes and answers.

/**
 * What a call takes: a view, or at most 200 widgets by their ids. What is fresh is left alone; with `is_forced` only
 * what is younger than ten seconds.
 *
 * @example
 * await supabase.functions.invoke('widget-refresh', { body: refreshRequestSchema.parse({ view_id }) })
 */
export const refreshRequestSchema = z
  .strictObject({
    view_id: z.guid().optional(),
    widget_ids: z.array(z.guid()).min(1).max(200).optional(),
    is_forced: z.boolean().optional(),
    /** For the initial view, which belongs to no workspace. */
    workspace_id: z.string().max(20).optional(),
  })
  .refine(
    ({ view_id, widget_ids }) => (view_id === undefined) !== (widget_ids === undefined),
    'Give view_id, or widget_ids.',
  )

/**
 * What came of a call, in distinct questions: widgets that ask the same are one. `waiting` are with somebody else, or
 * were tried in vain a moment ago.
 *
 * @example
 * const { refreshed } = refreshedWidgetsSchema.parse(answer)
 */
export const refreshedWidgetsSchema = z.strictObject({
  refreshed: z.int(),
  failed: z.int(),
  waiting: z.int(),
})

/**
 * What `widget-refresh/preview` takes, which saves nothing: a data source as it is saved (`id`), or one as it would be,
 * and the type of the component that would show it.
 *
 * @example
 * const { success } = previewRequestSchema.safeParse({ workspace_id, id: crypto.randomUUID(), type: 'stats' })
 */
export const previewRequestSchema = z
  .strictObject({
    workspace_id: z.string().max(20),
    id: z.guid().optional(),
    /** As it is written or was read; the database looks at it, as `check_data_source` does. */
    document: z.custom<DataSourceInput | StoredDataSource>().optional(),
    type: z.string().max(50),
    query: z.record(z.string(), z.unknown()).optional(),
  })
  .refine(({ id, document }) => (id === undefined) !== (document === undefined), 'Give id, or document.')

/**
 * What a data source gives: the data that the component would show, and what came before the mapping, up to 64 KiB.
 *
 * @example
 * const { data, bytes } = dataSourcePreviewSchema.parse(answer)
 */
export const dataSourcePreviewSchema = z.strictObject({
  data: z.record(z.string(), z.unknown()),
  answer: z.unknown(),
  bytes: z.int(),
  milliseconds: z.int(),
})

export type RefreshRequest = z.infer<typeof refreshRequestSchema>
export type RefreshedWidgets = z.infer<typeof refreshedWidgetsSchema>
export type PreviewRequest = z.infer<typeof previewRequestSchema>
export type DataSourcePreview = z.infer<typeof dataSourcePreviewSchema>
