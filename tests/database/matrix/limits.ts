import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema.
export const limits: TableMatrix = {
  cases: [
    { operation: 'select', what: 'a limit', match: { key: 'members' }, verdicts: forEveryoneSignedIn },
    {
      operation: 'insert',
      what: 'a limit',
      values: { key: 'rooms', name: 'rooms', description: 'Rooms', unit: 'count' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'a limit',
      match: { key: 'members' },
      values: { name: 'guests' },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'a limit', match: { key: 'members' }, verdicts: forNobody },
  ],
}
