import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema.
export const marketplaceCategories: TableMatrix = {
  cases: [
    {
      operation: 'select',
      what: 'a category',
      match: { key: 'sales' },
      verdicts: forEveryoneSignedIn,
    },
    {
      operation: 'insert',
      what: 'a category',
      values: { key: 'mine', name: 'Mine', position: 99 },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'a category',
      match: { key: 'sales' },
      values: { name: 'Mine' },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'a category', match: { key: 'sales' }, verdicts: forNobody },
  ],
}
