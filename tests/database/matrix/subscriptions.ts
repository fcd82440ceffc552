import { forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ours } from '../../support/people/cast.ts'
import { forManagers } from './invoices.ts'

// Read with billing.manage; written by what Stripe tells alone.
export const subscriptions: TableMatrix = {
  async prepare(client) {
    await client.query(
      `insert into private.billing_customers (workspace_id, id, livemode) values ($1, 'cus_matrix', false)
       on conflict do nothing`,
      [ours],
    )
    await client.query(
      `insert into public.subscriptions (workspace_id, id, customer_id, status)
       values ($1, 'sub_matrix', 'cus_matrix', 'canceled')`,
      [ours],
    )
  },
  cases: [
    {
      operation: 'select',
      what: 'a subscription',
      match: { workspace_id: ours, id: 'sub_matrix' },
      verdicts: forManagers,
    },
    {
      operation: 'insert',
      what: 'a subscription',
      values: { workspace_id: ours, id: 'sub_mine', customer_id: 'cus_matrix', status: 'active' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the status of a subscription',
      match: { workspace_id: ours, id: 'sub_matrix' },
      values: { status: 'active' },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'a subscription',
      match: { workspace_id: ours, id: 'sub_matrix' },
      verdicts: forNobody,
    },
  ],
}
