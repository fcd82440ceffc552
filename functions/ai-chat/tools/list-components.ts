import * as z from 'zod'
import { defineTool, found } from './tool.ts'
import { hasWords } from './words.ts'

const most = 50

/** What a widget can show, for the asker's role. */
export const listComponents = defineTool({
  name: 'list_components',
  description:
    'Lists the components that a widget can show, which a proposal can add by widgetId; with words only those in ' +
    'whose name or type they stand.',
  input: z.strictObject({ words: z.string().max(200).optional() }),
  async run({ words }, { supabase, workspaceId: workspace_id }) {
    return found(await supabase.rpc('available_components', { workspace_id }))
      .filter(({ id, type }) => hasWords(words, id.replaceAll('-', ' '), type))
      .slice(0, most)
      .map(({ id, type, sizeConfig, defaultConfig }) => ({ widgetId: id, type, sizeConfig, defaultConfig }))
  },
})
