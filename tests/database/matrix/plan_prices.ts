import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema.
export const planPrices: TableMatrix = {
  cases: [
    {
      operation: 'select',
      what: 'a price',
      match: { lookup_key: 'premium_monthly_eur' },
      verdicts: forEveryoneSignedIn,
    },
    {
      operation: 'insert',
      what: 'a price',
      values: {
        lookup_key: 'cheap',
        plan_key: 'premium',
        billing_interval: 'month',
        currency: 'chf',
        unit_amount: 1,
      },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'a price',
      match: { lookup_key: 'premium_monthly_eur' },
      values: { unit_amount: 1 },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'a price',
      match: { lookup_key: 'premium_monthly_eur' },
      verdicts: forNobody,
    },
  ],
}
