import { ours } from '../../support/cast.ts'
import { forNobody, type TableMatrix } from '../../support/policy-matrix.ts'

// Read by members with workspace.read.
export const workspaceRoles: TableMatrix = {
  cases: [
    {
      operation: 'select',
      what: 'a role of the workspace',
      match: { workspace_id: ours, key: 'admin' },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'rows',
        member: 'rows',
        admin: 'rows',
        suspended: 'none',
        custom: 'rows',
        service: 'rows',
      },
    },
    {
      operation: 'insert',
      what: 'a role',
      values: { workspace_id: ours, key: 'guest', name: 'Guest', permissions: ['workspace.read'] },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'what a role of its own permits',
      match: { workspace_id: ours, key: 'caretaker' },
      values: { permissions: ['workspace.read', 'workspace.delete'] },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'what a built-in role permits',
      match: { workspace_id: ours, key: 'viewer' },
      values: { permissions: ['workspace.delete'] },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'a built-in role',
      match: { workspace_id: ours, key: 'viewer' },
      verdicts: forNobody,
    },
  ],
}
