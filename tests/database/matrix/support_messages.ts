import { bystanderId, forNobody, me, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ours } from '../../support/people/cast.ts'
import { ticketIds } from '../../support/people/tickets.ts'
import { forManagers } from './support_tickets.ts'

// Seen by who sees the ticket; added by functions alone, and never changed.
export const supportMessages: TableMatrix = {
  cases: [
    {
      operation: 'select',
      what: 'one’s own',
      match: { workspace_id: ours, author_id: me },
      verdicts: { ...forManagers, viewer: 'rows', member: 'rows', custom: 'rows', service: 'none' },
    },
    {
      operation: 'select',
      what: 'what support answered the member',
      match: { workspace_id: ours, ticket_id: ticketIds.member, author_type: 'support' },
      verdicts: { ...forManagers, member: 'rows' },
    },
    {
      operation: 'select',
      what: 'what another wrote',
      match: { workspace_id: ours, author_id: bystanderId },
      verdicts: forManagers,
    },
    {
      operation: 'insert',
      what: 'an answer of support',
      values: {
        workspace_id: ours,
        ticket_id: ticketIds.member,
        number: 99,
        author_type: 'support',
        body: 'Forged',
        idempotency_key: ticketIds.bystander,
      },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'what one said',
      match: { workspace_id: ours, author_id: me },
      values: { body: 'Never said' },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'what one said',
      match: { workspace_id: ours, author_id: me },
      verdicts: forNobody,
    },
  ],
}
