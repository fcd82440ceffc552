import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema.
export const plans: TableMatrix = {
  cases: [
    { operation: 'select', what: 'a plan', match: { key: 'premium' }, verdicts: forEveryoneSignedIn },
    {
      operation: 'insert',
      what: 'a plan',
      values: { key: 'gold', name: 'Gold', description: 'Everything' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the features of a plan',
      match: { key: 'free' },
      values: { features: ['custom_roles'] },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'a plan', match: { key: 'free' }, verdicts: forNobody },
  ],
}
