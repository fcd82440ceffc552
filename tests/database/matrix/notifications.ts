import {
  bystanderId,
  forNobody,
  me,
  type TableMatrix,
  type Verdicts,
} from '../../support/database/policy-matrix.ts'
import { ours } from '../../support/people/cast.ts'

const nobodyElse: Verdicts = {
  anonymous: '42501',
  outsider: 'none',
  viewer: 'none',
  member: 'none',
  admin: 'none',
  suspended: 'none',
  custom: 'none',
  service: 'rows',
  api_key: 'none',
}

// One's own to read; made by private.notify and marked by mark_notifications alone. The outsider and the suspended were
// told nothing: that one reads what one was told before stands in notifications/reading.test.ts.
export const notifications: TableMatrix = {
  async prepare(client) {
    await client.query(
      `insert into public.notifications (workspace_id, user_id, kind, title)
       select workspace_id, user_id, 'view_shared', 'Told'
       from public.workspace_members where workspace_id = $1 and status = 'active'`,
      [ours],
    )
    await client.query(
      `insert into public.notifications (workspace_id, user_id, kind, title, in_app, read_at)
       select workspace_id, user_id, 'view_shared', 'Mailed', false, now()
       from public.workspace_members where workspace_id = $1 and status = 'active'`,
      [ours],
    )
  },
  cases: [
    {
      operation: 'select',
      what: 'one’s own',
      match: { workspace_id: ours, user_id: me, title: 'Told' },
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
      what: 'one’s own that comes by mail alone',
      match: { workspace_id: ours, user_id: me, title: 'Mailed' },
      verdicts: { ...nobodyElse, service: 'none' },
    },
    {
      operation: 'select',
      what: 'another’s',
      match: { workspace_id: ours, user_id: bystanderId, title: 'Told' },
      verdicts: nobodyElse,
    },
    {
      operation: 'insert',
      what: 'one’s own',
      values: { workspace_id: ours, user_id: me, kind: 'view_shared', title: 'Forged' },
      verdicts: forNobody,
    },
    {
      operation: 'insert',
      what: 'another’s',
      values: { workspace_id: ours, user_id: bystanderId, kind: 'view_shared', title: 'Forged' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'one’s own',
      match: { workspace_id: ours, user_id: me, title: 'Told' },
      values: { read_at: '2026-01-01T00:00:00Z' },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'one’s own',
      match: { workspace_id: ours, user_id: me, title: 'Told' },
      verdicts: forNobody,
    },
  ],
}
