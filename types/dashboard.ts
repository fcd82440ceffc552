import * as z from 'zod'
import { availableComponentSchema } from './component.ts'
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
  /** What the widgets of the view show: each component once, and once for each version that a widget names. */
  components: z.array(availableComponentSchema),
  theme: shownThemeSchema,
  preferences: preferencesSchema,
})

export type Dashboard = z.infer<typeof dashboardSchema>
