import { forNobody, type TableMatrix, type Verdicts } from '../../support/database/policy-matrix.ts'
import { ours } from '../../support/people/cast.ts'

/** Who may see what is paid. */
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

// Read with billing.manage; written by what Stripe tells alone.
export const invoices: TableMatrix = {
  async prepare(client) {
    await client.query(
      `insert into private.billing_customers (workspace_id, id, livemode) values ($1, 'cus_matrix', false)
       on conflict do nothing`,
      [ours],
    )
    await client.query(
      `insert into public.invoices
         (workspace_id, id, customer_id, currency, total, amount_due, amount_paid, created_at)
       values ($1, 'in_matrix', 'cus_matrix', 'eur', 1900, 1900, 0, now())`,
      [ours],
    )
  },
  cases: [
    {
      operation: 'select',
      what: 'an invoice',
      match: { workspace_id: ours, id: 'in_matrix' },
      verdicts: forManagers,
    },
    {
      operation: 'insert',
      what: 'an invoice',
      values: {
        workspace_id: ours,
        id: 'in_mine',
        customer_id: 'cus_matrix',
        currency: 'eur',
        total: 0,
        amount_due: 0,
        amount_paid: 0,
        created_at: '2026-01-31T12:00:00Z',
      },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'what is due of an invoice',
      match: { workspace_id: ours, id: 'in_matrix' },
      values: { amount_due: 0 },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'an invoice',
      match: { workspace_id: ours, id: 'in_matrix' },
      verdicts: forNobody,
    },
  ],
}
