import { forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ours } from '../../support/people/cast.ts'

// Written by triggers alone; read by members with audit.read. The cast has left its entries.
export const auditLog: TableMatrix = {
  cases: [
    {
      operation: 'select',
      what: 'the entries of the workspace',
      match: { workspace_id: ours, table_name: 'workspace_members', action: 'insert' },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'rows',
        suspended: 'none',
        custom: 'none',
        service: 'rows',
        api_key: 'rows',
      },
    },
    {
      operation: 'insert',
      what: 'an entry',
      values: {
        workspace_id: ours,
        actor_type: 'system',
        action: 'delete',
        table_name: 'workspaces',
        row_id: ours,
        changes: {},
      },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'who did it',
      match: { workspace_id: ours },
      values: { actor_type: 'system' },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'the entries', match: { workspace_id: ours }, verdicts: forNobody },
  ],
}
