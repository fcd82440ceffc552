import { forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ours } from '../../support/people/cast.ts'
import { readers, views } from './dashboard_views.ts'

// Read with dashboards.read; written by set_role_default_view alone.
export const roleDefaultViews: TableMatrix = {
  async prepare(client) {
    await client.query(
      "insert into public.role_default_views (workspace_id, role_key, view_id) values ($1, 'viewer', $2)",
      [ours, views.shared],
    )
  },
  cases: [
    {
      operation: 'select',
      what: 'the default of a role',
      match: { workspace_id: ours, role_key: 'viewer' },
      verdicts: readers,
    },
    {
      operation: 'insert',
      what: 'the default of a role',
      values: { workspace_id: ours, role_key: 'member', view_id: views.shared },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the default of a role',
      match: { workspace_id: ours, role_key: 'viewer' },
      values: { view_id: views.personal },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'the default of a role',
      match: { workspace_id: ours, role_key: 'viewer' },
      verdicts: forNobody,
    },
  ],
}
