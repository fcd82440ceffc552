import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema.
export const supportLevels: TableMatrix = {
  cases: [
    {
      operation: 'select',
      what: 'a plan’s promise',
      match: { plan_key: 'premium' },
      verdicts: forEveryoneSignedIn,
    },
    {
      operation: 'insert',
      what: 'a promise',
      values: { plan_key: 'premium', priority: 'high', first_answer_hours: 1 },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'a promise',
      match: { plan_key: 'free' },
      values: { first_answer_hours: 1 },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'a promise', match: { plan_key: 'free' }, verdicts: forNobody },
  ],
}
