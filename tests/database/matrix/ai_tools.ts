import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema.
export const aiTools: TableMatrix = {
  cases: [
    { operation: 'select', what: 'a tool', match: { key: 'query_metrics' }, verdicts: forEveryoneSignedIn },
    {
      operation: 'insert',
      what: 'a tool',
      values: { key: 'shell', description: 'Do anything', position: 1 },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'what a tool does',
      match: { key: 'query_metrics' },
      values: { description: 'Nothing' },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'a tool', match: { key: 'query_metrics' }, verdicts: forNobody },
  ],
}
