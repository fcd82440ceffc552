import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema.
export const planLimits: TableMatrix = {
  cases: [
    {
      operation: 'select',
      what: 'a limit of a plan',
      match: { plan_key: 'free', limit_key: 'members' },
      verdicts: forEveryoneSignedIn,
    },
    {
      operation: 'insert',
      what: 'a limit of a plan',
      values: { plan_key: 'free', limit_key: 'views', most: 1000 },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'a limit of a plan',
      match: { plan_key: 'free', limit_key: 'members' },
      values: { most: 1000 },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'a limit of a plan',
      match: { plan_key: 'free', limit_key: 'members' },
      verdicts: forNobody,
    },
  ],
}
