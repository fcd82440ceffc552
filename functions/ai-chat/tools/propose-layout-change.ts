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
  async run({ view_id, version, summary, changes }, { supabase, workspaceId: workspace_id, propose, shown }) {
    const view = found(await supabase.rpc('get_view', { view_id, workspace_id }))
    if (view.access === 'view') throw new ToolError('permission_denied: The person may not change this view.')
    if (view.version !== version)
      throw new ToolError(`conflict: The view is at version ${view.version} now. Read it again.`)
    const { problem } = applyLayoutChanges(view.layout, changes)
    if (problem) throw new ToolError(`The changes do not fit: ${problem}`)
    // Who accepts a chart would have it fetched from there, with whatever the address says.
    const known = new Set(textsIn(view.layout))
    if (textsIn(changes).some((text) => shown(text) !== text && !known.has(text)))
      throw new ToolError('permission_denied: No address can be proposed that is not on the view already.')
    propose({ viewId: view_id, version, summary: shown(summary), changes })
    return { proposed: true, decided: 'not yet: the person sees it now' }
  },
})

/** All texts of a document, its names too. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(textsIn)]
}
