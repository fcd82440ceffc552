import type { Growth } from './growth.ts'
import type { Place } from './place.ts'

/** Which row of a table, or of one line of it, is asked for, where any of the workspace or any at all would not do. */
export const rowsOf: Record<string, (place: Place) => Record<string, string>> = {
  dashboard_views: ({ view }) => ({ id: view }),
  'profiles by key': ({ member }) => ({ id: member }),
  'profiles update': ({ person }) => ({ id: person }),
  resource_grants: () => ({ access: 'view' }),
  widgets: ({ widget }) => ({ id: widget }),
  workspace_members: ({ member }) => ({ user_id: member }),
  workspace_roles: () => ({ key: 'custom' }),
  workspaces: ({ workspace }) => ({ id: workspace }),
}

/** A policy asks once for all that shares and grants give the person, when it meets a row that is not open to them. */
const exceptions = {
  because:
    'a row that is not open to the person asks for the set of their shares and grants, 500 of each in all 200',
  limits: [{ milliseconds: 0.15, of: 'workspaces', per: 1 }],
} satisfies Growth

/** What is known to grow of tables, by the name of the line. */
export const tableGrowth: Record<string, Growth> = {
  'dashboard_view_shares by workspace': {
    because: `${exceptions.because}, and each share for its view`,
    limits: [...exceptions.limits, { milliseconds: 8, of: 'things', per: 1_000 }],
  },
  'dashboard_views by workspace': {
    because: `${exceptions.because}; and Postgres plans the page of a large workspace anew each time`,
    limits: [...exceptions.limits, { milliseconds: 0.05, of: 'things', per: 1_000 }],
  },
  'profiles by key': {
    because: 'a colleague is looked up among all people whom one may see',
    limits: [
      { milliseconds: 0.05, of: 'workspaces', per: 1 },
      { milliseconds: 2, of: 'things', per: 1_000 },
    ],
  },
  'widgets by workspace': exceptions,
}
