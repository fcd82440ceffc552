import * as z from 'zod'
import { defineTool, found, type ToolContext, ToolError } from './tool.ts'

const most = 5

/** What widgets show, each with a citation that opens the data as it was. */
export const readWidgetData = defineTool({
  name: 'read_widget_data',
  description:
    'Reads what widgets of a view show at the moment. The answer cites the widgets that it reads: read those alone ' +
    'that the question is about. list_views with view_id names the widgets of a view.',
  input: z.strictObject({
    view_id: z.guid(),
    instance_ids: z.array(z.guid()).min(1).max(most),
  }),
  async run({ view_id, instance_ids }, context) {
    const { supabase, workspaceId: workspace_id } = context
    const [view, answers] = await Promise.all([
      supabase.rpc('get_view', { view_id, workspace_id }).then(found),
      supabase.rpc('get_widget_data', { view_id, workspace_id }).then(found),
    ])
    const wanted = new Set(instance_ids)
    const widgets = view.layout.widgets.filter(({ instanceId }) => wanted.has(instanceId))
    if (widgets.length === 0) throw new ToolError('not_found: The view has no such widgets.')
    return Promise.all(
      widgets.map(async ({ id, instanceId, widgetId }) => {
        const { data, meta } = answers[instanceId] ?? { data: null, meta: null }
        if (data) await cite(context, { viewId: view_id, instanceId, widgetId: id, title: widgetId })
        return {
          instanceId,
          title: widgetId,
          data,
          fetchedAt: meta?.fetchedAt,
          error: meta?.error ?? undefined,
        }
      }),
    )
  },
})

interface Cited {
  viewId: string
  instanceId: string
  widgetId: string
  title: string
}

async function cite({ supabase, emit }: ToolContext, cited: Cited): Promise<void> {
  const { data } = await supabase.rpc('keep_widget_data', { widget_id: cited.widgetId })
  // Where no more is kept, the answer has the data all the same, without a citation.
  if (data) emit({ type: 'citation', ...cited, hash: data.hash, fetchedAt: data.fetchedAt })
}
