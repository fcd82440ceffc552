import { bystanderId, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ids, ours } from '../../support/people/cast.ts'
import { editors, makers, ownerAlone, serviceAlone, views } from './dashboard_views.ts'

const withViewer = '00000000-0000-4000-8000-0000000000b1'
const withRole = '00000000-0000-4000-8000-0000000000b2'
const ofShared = '00000000-0000-4000-8000-0000000000b3'

// Read and written by who manages the view: its owner, and for one that is shared with the workspace the admin too. A
// person also reads what is shared with them.
export const dashboardViewShares: TableMatrix = {
  async prepare(client) {
    await client.query(
      `insert into public.dashboard_view_shares (workspace_id, id, view_id, user_id, role_key, access)
       values ($1, $2, $5, $8, null, 'view'), ($1, $3, $6, null, 'viewer', 'edit'),
         ($1, default, $6, null, 'member', 'edit'), ($1, $4, $7, $9, null, 'edit')`,
      [ours, withViewer, withRole, ofShared, views.given, views.lent, views.shared, ids.viewer, bystanderId],
    )
  },
  cases: [
    {
      operation: 'select',
      what: 'a share of the member’s view with the viewer',
      match: { workspace_id: ours, id: withViewer },
      verdicts: { ...ownerAlone, viewer: 'rows' },
    },
    {
      operation: 'select',
      what: 'a share with a role',
      match: { workspace_id: ours, id: withRole },
      verdicts: serviceAlone,
    },
    {
      operation: 'select',
      what: 'a share of a view of the workspace',
      match: { workspace_id: ours, id: ofShared },
      verdicts: { ...serviceAlone, admin: 'rows' },
    },
    {
      operation: 'insert',
      what: 'a share of the member’s view',
      values: { workspace_id: ours, view_id: views.given, role_key: 'member', access: 'edit' },
      verdicts: { ...makers, admin: '42501', api_key: '42501' },
    },
    {
      operation: 'insert',
      what: 'a share of a view that the member may edit',
      values: { workspace_id: ours, view_id: views.lent, user_id: ids.admin },
      verdicts: { ...makers, member: '42501', admin: '42501', api_key: '42501' },
    },
    {
      operation: 'insert',
      what: 'a share of a view of the workspace',
      values: { workspace_id: ours, view_id: views.shared, role_key: 'viewer', access: 'edit' },
      verdicts: { ...makers, member: '42501', api_key: '42501' },
    },
    {
      operation: 'insert',
      what: 'a share with an id',
      values: { workspace_id: ours, view_id: views.given, role_key: 'member', id: bystanderId },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the access of a share of the member’s view',
      match: { workspace_id: ours, id: withViewer },
      values: { access: 'edit' },
      verdicts: ownerAlone,
    },
    {
      operation: 'update',
      what: 'the access of a share of a view of the workspace',
      match: { workspace_id: ours, id: ofShared },
      values: { access: 'view' },
      verdicts: { ...editors, member: 'none', api_key: 'none' },
    },
    {
      operation: 'update',
      what: 'the view of a share',
      match: { workspace_id: ours, id: withViewer },
      values: { view_id: views.lent },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'a share of the member’s view',
      match: { workspace_id: ours, id: withViewer },
      verdicts: ownerAlone,
    },
    {
      operation: 'delete',
      what: 'a share of a view of the workspace',
      match: { workspace_id: ours, id: ofShared },
      verdicts: { ...editors, member: 'none', api_key: 'none' },
    },
  ],
}
