import { explainChange } from './explain-change.ts'
import { listComponents } from './list-components.ts'
import { listViews } from './list-views.ts'
import { proposeLayoutChange } from './propose-layout-change.ts'
import { queryMetrics } from './query-metrics.ts'
import { readWidgetData } from './read-widget-data.ts'
import type { Tool } from './tool.ts'

export { callTool } from './call-tool.ts'
export { type Tool, type ToolContext, toolDefinitions } from './tool.ts'

/** All that there are, as the table `ai_tools` names them; an agent says which of them it may use. */
export const tools: readonly Tool[] = [
  readWidgetData,
  queryMetrics,
  listViews,
  listComponents,
  explainChange,
  proposeLayoutChange,
]
