import * as z from 'zod'
import { preferencesSchema } from './preferences.ts'
import { shownThemeSchema } from './theme.ts'
import { shownViewSchema, storedViewSchema } from './view.ts'

/**
 * What `get_dashboard` gives: all that a front end shows when a workspace is opened.
 *
 * @example
 * const { data } = await supabase.rpc('get_dashboard', { workspace_id })
 * const { view, theme, preferences } = dashboardSchema.parse(data)
 */
export const dashboardSchema = z.strictObject({
  /** Without `source` where the call named the view. */
  view: z.union([shownViewSchema, storedViewSchema]),
  theme: shownThemeSchema,
  preferences: preferencesSchema,
})

export type Dashboard = z.infer<typeof dashboardSchema>
