import * as z from 'zod'
import { widgetPositionSchema } from './layout.ts'
import { utcTimestampSchema } from './timestamp.ts'
import { skippedWidgetSchema, storedViewSchema, storedWidgetSchema } from './view.ts'

// What a front end reads about the history of a view.

/**
 * A version as `list_view_versions` gives it.
 *
 * @example
 * const { data } = await supabase.rpc('list_view_versions', { view_id })
 * const versions = viewVersionSchema.array().parse(data)
 */
export const viewVersionSchema = z.strictObject({
  version: z.int().positive(),
  name: z.string(),
  description: z.string(),
  label: z.string().nullable(),
  savedAt: utcTimestampSchema,
  /** Null once that account is deleted, and of others for who lacks `members.read`. */
  savedBy: z.strictObject({ id: z.guid(), name: z.string() }).nullable(),
  isCurrent: z.boolean(),
})

const pixels = z.strictObject({ from: z.number(), to: z.number() })
const line = z.strictObject({ from: z.string(), to: z.string() })

/**
 * What `compare_view_versions` gives. A widget that moved and changed is in both lists.
 *
 * @example
 * const { data } = await supabase.rpc('compare_view_versions', { view_id, from_version: 1 })
 * const { added, removed, moved } = viewComparisonSchema.parse(data)
 */
export const viewComparisonSchema = z.strictObject({
  from: z.int().positive(),
  to: z.int().positive(),
  added: z.array(storedWidgetSchema),
  removed: z.array(storedWidgetSchema),
  moved: z.array(
    z.strictObject({ instanceId: z.guid(), from: widgetPositionSchema, to: widgetPositionSchema }),
  ),
  changed: z.array(
    z.strictObject({ instanceId: z.guid(), from: storedWidgetSchema, to: storedWidgetSchema }),
  ),
  settings: z.strictObject({ name: line, description: line, rowHeight: pixels, gap: pixels }).partial(),
})

/**
 * What `restore_view_version` gives: the view, and the widgets that could not come back, in `skipped`.
 *
 * @example
 * const { data } = await supabase.rpc('restore_view_version', { view_id, version: 3 })
 * const { layout, skipped } = restoredViewSchema.parse(data)
 */
export const restoredViewSchema = storedViewSchema.extend({
  skipped: z.array(skippedWidgetSchema),
})

export type ViewVersion = z.infer<typeof viewVersionSchema>
export type ViewComparison = z.infer<typeof viewComparisonSchema>
export type RestoredView = z.infer<typeof restoredViewSchema>
