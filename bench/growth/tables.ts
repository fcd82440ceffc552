import type { Growth } from './growth.ts'
import type { Place } from './place.ts'

/** Which row of a table is read and written, where any of the workspace, or any at all, would not do. */
export const rowsOf: Record<string, (place: Place) => Record<string, string>> = {
  dashboard_views: ({ view }) => ({ id: view }),
  profiles: ({ person }) => ({ id: person }),
  resource_grants: () => ({ access: 'view' }),
  widgets: ({ widget }) => ({ id: widget }),
  workspace_members: ({ member }) => ({ user_id: member }),
  workspace_roles: () => ({ key: 'custom' }),
  workspaces: ({ workspace }) => ({ id: workspace }),
}

/** What is known to grow of tables, by the name of the line. */
export const tableGrowth: Record<string, Growth> = {}
