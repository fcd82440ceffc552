import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema.
export const componentTypes: TableMatrix = {
  cases: [
    { operation: 'select', what: 'a type', match: { key: 'stats' }, verdicts: forEveryoneSignedIn },
    {
      operation: 'insert',
      what: 'a type',
      values: { key: 'script', data_schema: { type: 'object' } },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the schema of a type',
      match: { key: 'stats' },
      values: { data_schema: { type: 'object' } },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'a type', match: { key: 'calendar' }, verdicts: forNobody },
  ],
}
