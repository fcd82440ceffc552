import { forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ids, ours } from '../../support/people/cast.ts'

const id = '00000000-0000-4000-8000-0000000000a1'

// Read by members with members.invite; written through functions alone.
export const workspaceInvitations: TableMatrix = {
  async prepare(client) {
    await client.query(
      `insert into public.workspace_invitations
         (workspace_id, id, email, role_key, invited_by, expires_at)
       values ($1, $2, 'invited@example.com', 'viewer', $3, now() + interval '7 days')`,
      [ours, id, ids.admin],
    )
  },
  cases: [
    {
      operation: 'select',
      what: 'an invitation',
      match: { workspace_id: ours, id },
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
      operation: 'insert',
      what: 'an invitation',
      values: { workspace_id: ours, email: 'friend@example.com', role_key: 'admin' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the role of an invitation',
      match: { workspace_id: ours, id },
      values: { role_key: 'admin' },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'an invitation', match: { workspace_id: ours, id }, verdicts: forNobody },
  ],
}
