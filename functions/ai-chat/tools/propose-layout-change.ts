import * as z from 'zod'
import { layoutChangeSchema } from '../../../types/ai.ts'
import { applyLayoutChanges } from '../../../types/layout-changes.ts'
import { defineTool, found, ToolError } from './tool.ts'

/** A patch that the person accepts or rejects. */
export const proposeLayoutChange = defineTool({
  name: 'propose_layout_change',
  description:
    'Proposes changes to the layout of a view, which the person then accepts or rejects. Name the version of the ' +
    'view that list_views gave. The grid has 12 columns.',
  input: z.strictObject({
    view_id: z.guid(),
    version: z.int().positive(),
    summary: z.string().min(1).max(300),
    changes: z.array(layoutChangeSchema).min(1).max(50),
  }),
  async run({ view_id, version, summary, changes }, { supabase, workspaceId: workspace_id, propose }) {
    const view = found(await supabase.rpc('get_view', { view_id, workspace_id }))
    if (view.access === 'view') throw new ToolError('permission_denied: The person may not change this view.')
    if (view.version !== version)
      throw new ToolError(`conflict: The view is at version ${view.version} now. Read it again.`)
    const { problem } = applyLayoutChanges(view.layout, changes)
    if (problem) throw new ToolError(`The changes do not fit: ${problem}`)
    propose({ viewId: view_id, version, summary, changes })
    return { proposed: true, decided: 'not yet: the person sees it now' }
  },
})
