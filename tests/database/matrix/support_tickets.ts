import {
  bystanderId,
  forNobody,
  me,
  type TableMatrix,
  type Verdicts,
} from '../../support/database/policy-matrix.ts'
import { ours } from '../../support/people/cast.ts'
import { insertTickets, ticketIds } from '../../support/people/tickets.ts'

/** Who holds support.manage, and the server. */
export const forManagers: Verdicts = {
  anonymous: '42501',
  outsider: 'none',
  viewer: 'none',
  member: 'none',
  admin: 'rows',
  suspended: 'none',
  custom: 'none',
  service: 'rows',
  api_key: 'none',
}

// One's own, whatever one's role is by now, and all for who holds support.manage; written by functions alone.
export const supportTickets: TableMatrix = {
  prepare: insertTickets,
  cases: [
    {
      operation: 'select',
      what: 'one’s own',
      match: { workspace_id: ours, opened_by: me },
      verdicts: { ...forManagers, viewer: 'rows', member: 'rows', custom: 'rows', service: 'none' },
    },
    {
      operation: 'select',
      what: 'another’s',
      match: { workspace_id: ours, opened_by: bystanderId },
      verdicts: forManagers,
    },
    {
      operation: 'insert',
      what: 'one’s own',
      values: {
        workspace_id: ours,
        number: 99,
        subject: 'Forged',
        priority: 'high',
        first_answer_due_at: '2026-01-01T00:00:00Z',
        answer_due_at: '2026-01-01T00:00:00Z',
        opened_by: me,
        idempotency_key: ticketIds.bystander,
      },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the priority of one’s own',
      match: { workspace_id: ours, opened_by: me },
      values: { priority: 'high' },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'one’s own',
      match: { workspace_id: ours, opened_by: me },
      verdicts: forNobody,
    },
  ],
}
