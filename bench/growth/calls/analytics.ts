import { randomUUID } from 'node:crypto'
import { type Call, inWorkspace } from './call.ts'

// How a workspace is used.

export const analyticsCalls: Record<string, Call> = {
  analytics_choice: { arguments: inWorkspace },
  analytics_view: { arguments: inWorkspace, as: 'admin' },
  answer_survey: { arguments: () => ({ score: 9 }) },
  my_survey: {},
  set_analytics_choice: { arguments: () => ({ is_counted: true }) },
  set_analytics_policy: { arguments: (place) => ({ ...inWorkspace(place), by_person: false }), as: 'admin' },
  track: {
    arguments: ({ workspace, view }) => ({
      workspace_id: workspace,
      events: JSON.stringify(
        Array.from({ length: 100 }, () => ({
          id: randomUUID(),
          at: new Date().toISOString(),
          kind: 'view_opened',
          viewId: view,
        })),
      ),
    }),
  },
  workspace_analytics: { arguments: (place) => ({ ...inWorkspace(place), period: '1y' }), as: 'admin' },
  workspace_analytics_csv: {
    arguments: (place) => ({ ...inWorkspace(place), period: '1y', part: 'series' }),
    as: 'admin',
  },
}
