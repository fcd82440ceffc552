import * as z from 'zod'
import { defineTool, found } from './tool.ts'
import { hasWords } from './words.ts'

const most = 50

/** The views that the asker sees, all or by their names; or the widgets of one. */
export const listViews = defineTool({
  name: 'list_views',
  description:
    'Lists the views that the person sees, with words only those in whose name or description they stand; with ' +
    'view_id the widgets of that view, and its version.',
  input: z.strictObject({ view_id: z.guid().optional(), words: z.string().max(200).optional() }),
  async run({ view_id, words }, { supabase, workspaceId: workspace_id }) {
    if (view_id) {
      const { id, name, version, access, layout } = found(
        await supabase.rpc('get_view', { view_id, workspace_id }),
      )
      const widgets = layout.widgets.map(({ instanceId, widgetId, position, visible }) => ({
        instanceId,
        widgetId,
        position,
        visible,
      }))
      return { view_id: id, name, version, access, widgets }
    }
    return found(await supabase.rpc('list_views', { workspace_id }))
      .filter(({ name, description }) => hasWords(words, name, description))
      .slice(0, most)
      .map(({ id, name, description, widgetCount, isActive }) => ({
        view_id: id,
        name,
        description,
        widgetCount,
        isActive,
      }))
  },
})
