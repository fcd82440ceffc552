import { agentCalls } from './agents.ts'
import { analyticsCalls } from './analytics.ts'
import type { Call } from './call.ts'
import { destinationCalls } from './destinations.ts'
import { marketplaceCalls } from './marketplace.ts'
import { planCalls } from './plans.ts'
import { supportCalls } from './support.ts'
import { widgetDataCalls } from './widget-data.ts'
import { workspaceCalls } from './workspaces.ts'

export type { Call } from './call.ts'

/** Every function that a signed-in person can call. A missing one fails the bench. */
export const calls: Record<string, Call> = {
  ...agentCalls,
  ...analyticsCalls,
  ...destinationCalls,
  ...marketplaceCalls,
  ...planCalls,
  ...supportCalls,
  ...widgetDataCalls,
  ...workspaceCalls,
}
