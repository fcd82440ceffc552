import * as z from 'zod'
import { metricQuerySchema } from '../../../types/metric-query.ts'
import { metricKeys, toldMetricKeys } from './metric-keys.ts'
import { defineTool, found } from './tool.ts'

/** The shapes of an answer about metrics, which are the types of components. */
export const metricShapes = z.enum(Object.keys(metricKeys) as (keyof typeof metricKeys)[])

/** Questions about metrics, as widgets ask them. */
export const queryMetrics = defineTool({
  name: 'query_metrics',
  description:
    'Asks the metrics of the workspace: shape "stats" for one number, "chart-line" for a series by time, "list" or ' +
    '"chart-pie" by the values of a dimension (breakdown). Without a query it lists the metrics that there are. ' +
    `${toldMetricKeys()} A shape is the type of a component, and any other key is refused.`,
  input: z.strictObject({
    shape: metricShapes.default('stats'),
    query: metricQuerySchema.optional(),
    as_of: z.iso.datetime({ offset: true }).optional(),
  }),
  async run({ shape, query, as_of }, { supabase, workspaceId: workspace_id }) {
    if (!query) return found(await supabase.rpc('list_metrics', { workspace_id })).metrics
    return found(
      await supabase.rpc('query_metrics', { workspace_id, type: shape, query, ...(as_of && { as_of }) }),
    )
  },
})
