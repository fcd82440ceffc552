import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema.
export const permissions: TableMatrix = {
  cases: [
    {
      operation: 'select',
      what: 'a permission',
      match: { key: 'workspace.read' },
      verdicts: forEveryoneSignedIn,
    },
    {
      operation: 'insert',
      what: 'a permission',
      values: { key: 'everything.write', description: 'Do anything' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'whom a permission is given to',
      match: { key: 'workspace.delete' },
      values: { held_by: ['viewer'] },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'a permission', match: { key: 'workspace.read' }, verdicts: forNobody },
  ],
}
