import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema.
export const integrations: TableMatrix = {
  cases: [
    { operation: 'select', what: 'an integration', match: { key: 'slack' }, verdicts: forEveryoneSignedIn },
    {
      operation: 'insert',
      what: 'an integration',
      values: {
        key: 'fax',
        name: 'Fax',
        description: 'Paper',
        direction: 'out',
        limit_key: 'destinations',
        position: 900,
      },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the plan of an integration',
      match: { key: 'slack' },
      values: { feature: null },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'an integration', match: { key: 'slack' }, verdicts: forNobody },
  ],
}
