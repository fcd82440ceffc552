import { forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ours, theirs } from '../../support/people/cast.ts'
import { readers, views } from './dashboard_views.ts'

// Read with dashboards.read; written by set_role_default_view alone.
export const defaultViews: TableMatrix = {
  async prepare(client) {
    await client.query('insert into public.default_views (workspace_id, view_id) values ($1, $2)', [
      ours,
      views.shared,
    ])
  },
  cases: [
    {
      operation: 'select',
      what: 'the default of the workspace',
      match: { workspace_id: ours },
      verdicts: readers,
    },
    {
      operation: 'insert',
      what: 'a default',
      values: { workspace_id: theirs, view_id: views.shared },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the default',
      match: { workspace_id: ours },
      values: { view_id: views.personal },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'the default', match: { workspace_id: ours }, verdicts: forNobody },
  ],
}
