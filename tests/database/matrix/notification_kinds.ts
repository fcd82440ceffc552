import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema.
export const notificationKinds: TableMatrix = {
  cases: [
    { operation: 'select', what: 'a kind', match: { key: 'view_shared' }, verdicts: forEveryoneSignedIn },
    {
      operation: 'insert',
      what: 'a kind',
      values: { key: 'party', description: 'There is a party', default_delivery: 'both' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the delivery of a kind',
      match: { key: 'view_shared' },
      values: { default_delivery: 'none' },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'a kind', match: { key: 'view_shared' }, verdicts: forNobody },
  ],
}
