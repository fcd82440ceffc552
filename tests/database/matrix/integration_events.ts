import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema.
export const integrationEvents: TableMatrix = {
  cases: [
    { operation: 'select', what: 'an event', match: { key: 'view.created' }, verdicts: forEveryoneSignedIn },
    {
      operation: 'insert',
      what: 'an event',
      values: {
        key: 'party.began',
        description: 'There is a party',
        permission: 'workspace.read',
        position: 900,
      },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the permission of an event',
      match: { key: 'view.created' },
      values: { permission: 'workspace.read' },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'an event', match: { key: 'view.created' }, verdicts: forNobody },
  ],
}
