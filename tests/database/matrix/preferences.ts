import { bystanderId, forNobody, me, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ours } from '../../support/people/cast.ts'

// One's own to read; written by patch_preferences alone.
export const preferences: TableMatrix = {
  async prepare(client) {
    await client.query(
      `insert into public.preferences (workspace_id, user_id)
       select workspace_id, user_id from public.workspace_members where workspace_id = $1`,
      [ours],
    )
  },
  cases: [
    {
      operation: 'select',
      what: 'one’s own',
      match: { workspace_id: ours, user_id: me },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'rows',
        member: 'rows',
        admin: 'rows',
        suspended: 'none',
        custom: 'rows',
        service: 'none',
        api_key: 'none',
      },
    },
    {
      operation: 'select',
      what: 'another’s',
      match: { workspace_id: ours, user_id: bystanderId },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'none',
        suspended: 'none',
        custom: 'none',
        service: 'rows',
        api_key: 'none',
      },
    },
    {
      operation: 'insert',
      what: 'one’s own',
      values: { workspace_id: ours, user_id: me, theme_mode: 'dark' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'one’s own',
      match: { workspace_id: ours, user_id: me },
      values: { theme_mode: 'dark' },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'one’s own',
      match: { workspace_id: ours, user_id: me },
      verdicts: forNobody,
    },
  ],
}
