import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema. Which of them a role may use is said where they are used.
export const builtInComponents: TableMatrix = {
  cases: [
    {
      operation: 'select',
      what: 'a component',
      match: { key: 'total-revenue' },
      verdicts: forEveryoneSignedIn,
    },
    {
      operation: 'insert',
      what: 'a component',
      values: {
        key: 'gold',
        position: 99,
        type: 'stats',
        title_key: 'a.b',
        description_key: 'a.c',
        icon: 'Star',
        allowed_roles: ['viewer'],
        size_config: {},
        default_config: {},
        config_schema: { type: 'object' },
      },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the allowed roles of a component',
      match: { key: 'total-revenue' },
      values: { allowed_roles: ['viewer'] },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'a component', match: { key: 'total-revenue' }, verdicts: forNobody },
  ],
}
