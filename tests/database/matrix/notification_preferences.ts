import { bystanderId, forNobody, me, type TableMatrix } from '../../support/database/policy-matrix.ts'

// One's own to read, whatever one is in a workspace; written by set_notification_preference alone.
export const notificationPreferences: TableMatrix = {
  async prepare(client) {
    await client.query(
      `insert into public.notification_preferences (user_id, kind, delivery)
       select id, 'view_shared', 'mail' from public.profiles`,
    )
  },
  cases: [
    {
      operation: 'select',
      what: 'one’s own',
      match: { user_id: me, kind: 'view_shared' },
      verdicts: {
        anonymous: '42501',
        outsider: 'rows',
        viewer: 'rows',
        member: 'rows',
        admin: 'rows',
        suspended: 'rows',
        custom: 'rows',
        service: 'none',
        api_key: 'none',
      },
    },
    {
      operation: 'select',
      what: 'another’s',
      match: { user_id: bystanderId, kind: 'view_shared' },
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
      values: { user_id: me, kind: 'role_changed', delivery: 'none' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'one’s own',
      match: { user_id: me, kind: 'view_shared' },
      values: { delivery: 'none' },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'one’s own',
      match: { user_id: me, kind: 'view_shared' },
      verdicts: forNobody,
    },
  ],
}
