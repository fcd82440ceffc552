import type { TableMatrix } from '../../support/database/policy-matrix.ts'
import { ours } from '../../support/people/cast.ts'

// Read by members with workspace.read. A workspace's own are written with roles.write, the built-in ones by nobody.
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
      verdicts: {
        anonymous: '42501',
        outsider: 'not_found',
        viewer: 'permission_denied',
        member: 'permission_denied',
        admin: 'rows',
        suspended: 'not_found',
        custom: 'permission_denied',
        service: 'rows',
      },
    },
    {
      operation: 'update',
      what: 'what a role of its own permits',
      match: { workspace_id: ours, key: 'caretaker' },
      values: { permissions: ['workspace.read', 'workspace.delete'] },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'rows',
        suspended: 'none',
        custom: 'none',
        service: 'rows',
      },
    },
    {
      operation: 'update',
      what: 'what a built-in role permits',
      match: { workspace_id: ours, key: 'viewer' },
      values: { permissions: ['workspace.delete'] },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'conflict',
        suspended: 'none',
        custom: 'none',
        service: 'conflict',
      },
    },
    {
      operation: 'delete',
      what: 'a built-in role',
      match: { workspace_id: ours, key: 'viewer' },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'conflict',
        suspended: 'none',
        custom: 'none',
        service: 'conflict',
      },
    },
  ],
}
