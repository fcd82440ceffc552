import { themeColumns } from '../../support/dashboards/themes.ts'
import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

// A catalog: the rows come with the schema.
export const builtInThemes: TableMatrix = {
  cases: [
    { operation: 'select', what: 'a theme', match: { key: 'default' }, verdicts: forEveryoneSignedIn },
    {
      operation: 'insert',
      what: 'a theme',
      values: { key: 'gold', position: 9, ...themeColumns },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the name of a theme',
      match: { key: 'default' },
      values: { name: 'Mine' },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'a theme', match: { key: 'ocean' }, verdicts: forNobody },
  ],
}
