import { insertView } from '../../support/dashboards/view-rows.ts'
import {
  bystanderId,
  forNobody,
  type TableMatrix,
  type Verdicts,
} from '../../support/database/policy-matrix.ts'
import { ids, ours } from '../../support/people/cast.ts'

/** The views that the cases of views, shares, role defaults, grants and widgets are about. */
export const views = {
  /** Shared with the workspace, the bystander's. */
  shared: '00000000-0000-4000-8000-0000000000f1',
  /** The member's own. */
  personal: '00000000-0000-4000-8000-0000000000f2',
  /** The bystander's own, shared with the roles viewer and member to edit. */
  lent: '00000000-0000-4000-8000-0000000000f3',
  /** The member's, shared with the workspace and deleted. */
  deleted: '00000000-0000-4000-8000-0000000000f4',
  /** The bystander's own, which a grant opens to the role viewer. */
  granted: '00000000-0000-4000-8000-0000000000f5',
  /** The member's own, shared with the viewer. */
  given: '00000000-0000-4000-8000-0000000000f6',
}

/** Of what is shared with the workspace. */
export const readers: Verdicts = {
  anonymous: '42501',
  outsider: 'none',
  viewer: 'rows',
  member: 'rows',
  admin: 'rows',
  suspended: 'none',
  custom: 'none',
  service: 'rows',
  api_key: 'rows',
}
export const editors: Verdicts = { ...readers, viewer: 'none' }
/** Of what is the member's own. */
export const ownerAlone: Verdicts = { ...editors, admin: 'none', api_key: 'none' }
/** Of what is shared with the roles viewer and member. */
export const borrowers: Verdicts = { ...readers, admin: 'none', api_key: 'none' }
export const serviceAlone: Verdicts = {
  ...readers,
  viewer: 'none',
  member: 'none',
  admin: 'none',
  api_key: 'none',
}

/** Of a new row that takes dashboards.write, or the access to edit a view that is shared with the workspace. */
export const makers: Verdicts = {
  anonymous: '42501',
  outsider: '42501',
  viewer: '42501',
  member: 'rows',
  admin: 'rows',
  suspended: '42501',
  custom: '42501',
  service: 'rows',
  api_key: 'rows',
}

// Shared ones are read with dashboards.read and changed with dashboards.write; a personal one is its owner's, and theirs
// with whom it is shared or to whom it is granted. Who looks by a share to edit, and may not write, only looks.
export const dashboardViews: TableMatrix = {
  async prepare(client) {
    await insertView(client, { id: views.shared, visibility: 'workspace', owner_id: bystanderId })
    await insertView(client, { id: views.personal, owner_id: ids.member })
    await insertView(client, { id: views.lent, owner_id: bystanderId })
    await insertView(client, {
      id: views.deleted,
      visibility: 'workspace',
      owner_id: ids.member,
      deleted_at: 'now',
    })
    await insertView(client, { id: views.granted, owner_id: bystanderId })
    await insertView(client, { id: views.given, owner_id: ids.member })
  },
  cases: [
    {
      operation: 'select',
      what: 'a shared view',
      match: { workspace_id: ours, id: views.shared },
      verdicts: readers,
    },
    {
      operation: 'select',
      what: 'a personal view',
      match: { workspace_id: ours, id: views.personal },
      verdicts: ownerAlone,
    },
    {
      operation: 'select',
      what: 'a personal view that is shared with the viewer',
      match: { workspace_id: ours, id: views.given },
      verdicts: { ...ownerAlone, viewer: 'rows' },
    },
    {
      operation: 'select',
      what: 'a view that is shared with roles',
      match: { workspace_id: ours, id: views.lent },
      verdicts: borrowers,
    },
    {
      operation: 'select',
      what: 'a view that is granted to a role',
      match: { workspace_id: ours, id: views.granted },
      verdicts: { ...serviceAlone, viewer: 'rows' },
    },
    {
      operation: 'select',
      what: 'a deleted view',
      match: { workspace_id: ours, id: views.deleted },
      verdicts: serviceAlone,
    },
    {
      operation: 'insert',
      what: 'a shared view',
      values: { workspace_id: ours, name: 'Sales', visibility: 'workspace' },
      verdicts: makers,
    },
    {
      operation: 'insert',
      what: 'a personal view',
      values: { workspace_id: ours, name: 'Mine', visibility: 'personal' },
      verdicts: { ...makers, viewer: 'rows', service: 'invalid_input', api_key: 'invalid_input' },
    },
    {
      operation: 'insert',
      what: 'a view with an id',
      values: { workspace_id: ours, name: 'Mine', id: '00000000-0000-4000-8000-0000000000ff' },
      verdicts: forNobody,
    },
    {
      operation: 'insert',
      what: 'a view of another',
      values: { workspace_id: ours, name: 'Theirs', owner_id: bystanderId },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the name of a shared view',
      match: { workspace_id: ours, id: views.shared },
      values: { name: 'Renamed' },
      verdicts: editors,
    },
    {
      operation: 'update',
      what: 'the name of a personal view',
      match: { workspace_id: ours, id: views.personal },
      values: { name: 'Renamed' },
      verdicts: ownerAlone,
    },
    {
      operation: 'update',
      what: 'the name of a view that is shared with roles to edit',
      match: { workspace_id: ours, id: views.lent },
      values: { name: 'Renamed' },
      verdicts: { ...borrowers, viewer: 'none' },
    },
    {
      operation: 'update',
      what: 'the name of a view that is granted to look at',
      match: { workspace_id: ours, id: views.granted },
      values: { name: 'Renamed' },
      verdicts: serviceAlone,
    },
    {
      operation: 'update',
      what: 'the name of a deleted view',
      match: { workspace_id: ours, id: views.deleted },
      values: { name: 'Renamed' },
      verdicts: serviceAlone,
    },
    {
      operation: 'update',
      what: 'the visibility of a personal view',
      match: { workspace_id: ours, id: views.personal },
      values: { visibility: 'workspace' },
      verdicts: ownerAlone,
    },
    {
      operation: 'update',
      what: 'the visibility of a view that is shared with roles to edit',
      match: { workspace_id: ours, id: views.lent },
      values: { visibility: 'workspace' },
      verdicts: { ...borrowers, viewer: 'none', member: 'permission_denied' },
    },
    {
      operation: 'update',
      what: 'the visibility of the shared view of another',
      match: { workspace_id: ours, id: views.shared },
      values: { visibility: 'personal' },
      verdicts: {
        ...editors,
        member: 'permission_denied',
        admin: 'conflict',
        service: 'conflict',
        api_key: 'permission_denied',
      },
    },
    {
      operation: 'update',
      what: 'the owner of a view',
      match: { workspace_id: ours, id: views.shared },
      values: { owner_id: ids.viewer },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the version of a view',
      match: { workspace_id: ours, id: views.personal },
      values: { version: 7 },
      verdicts: { ...ownerAlone, member: 'conflict', service: 'conflict' },
    },
    {
      operation: 'update',
      what: 'the deletion of a view',
      match: { workspace_id: ours, id: views.deleted },
      values: { deleted_at: null },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'a personal view',
      match: { workspace_id: ours, id: views.personal },
      verdicts: forNobody,
    },
  ],
}
