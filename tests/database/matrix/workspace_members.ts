import { bystanderId, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ids, ours } from '../../support/people/cast.ts'

// Read by members with members.read, changed with members.update, ended with members.remove; begun by accepting an
// invitation alone.
export const workspaceMembers: TableMatrix = {
  cases: [
    {
      operation: 'select',
      what: 'a member of the workspace',
      match: { workspace_id: ours, user_id: bystanderId },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'rows',
        member: 'rows',
        admin: 'rows',
        suspended: 'none',
        custom: 'none',
        service: 'rows',
        api_key: 'rows',
      },
    },
    {
      operation: 'insert',
      what: 'somebody else',
      values: { workspace_id: ours, user_id: ids.outsider, role_key: 'viewer' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the role of a member',
      match: { workspace_id: ours, user_id: bystanderId },
      values: { role_key: 'viewer' },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'rows',
        suspended: 'none',
        custom: 'none',
        service: 'rows',
        api_key: 'none',
      },
    },
    {
      operation: 'update',
      what: 'a suspension',
      match: { workspace_id: ours, user_id: ids.suspended },
      values: { status: 'active' },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'rows',
        suspended: 'none',
        custom: 'none',
        service: 'rows',
        api_key: 'none',
      },
    },
    {
      operation: 'delete',
      what: 'a member',
      match: { workspace_id: ours, user_id: bystanderId },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'rows',
        suspended: 'none',
        custom: 'none',
        service: 'rows',
        api_key: 'none',
      },
    },
  ],
}
