import { widgetClaimSchema, widgetsToRefreshSchema } from '../../../types/widget-data.ts'
import type { FrontEnd, Person } from '../http/front-end.ts'
import { widget } from './layouts.ts'
import { createSharedView } from './view-calls.ts'

/** A view whose one widget, a chart of revenue, shows data. */
export async function filledView({ gateway }: FrontEnd, owner: Person, workspace_id: string) {
  const chart = widget({ widgetId: 'revenue-chart', config: {} })
  const { id: viewId } = await createSharedView(owner, workspace_id, [chart])
  const { data } = await owner.supabase.rpc('widgets_to_refresh', { view_id: viewId }).throwOnError()
  const { questions } = widgetsToRefreshSchema.parse(data)
  const server = gateway.adminClient()
  const claims = await server.rpc('claim_widget_questions', { workspace_id, questions }).throwOnError()
  const answers = widgetClaimSchema
    .array()
    .parse(claims.data)
    .map(({ question, lease }) => ({
      question,
      lease,
      data: { labels: ['January'], series: [{ key: 'revenue', label: 'Revenue', values: [12_300] }] },
      milliseconds: 1,
      bytes: 1,
    }))
  await server.rpc('store_widget_data', { workspace_id, answers }).throwOnError()
  return { viewId, instanceId: chart.instanceId }
}
