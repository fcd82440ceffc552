import { forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ours, theirs } from '../../support/people/cast.ts'

// Read by members with themes.read; written by set_default_theme alone.
export const defaultThemes: TableMatrix = {
  async prepare(client) {
    await client.query(
      "insert into public.default_themes (workspace_id, built_in_theme) values ($1, 'ocean')",
      [ours],
    )
  },
  cases: [
    {
      operation: 'select',
      what: 'the default of the workspace',
      match: { workspace_id: ours },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'rows',
        member: 'rows',
        admin: 'rows',
        suspended: 'none',
        custom: 'none',
        service: 'rows',
        api_key: 'rows',
      },
    },
    {
      operation: 'insert',
      what: 'a default',
      values: { workspace_id: theirs, built_in_theme: 'forest' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the default',
      match: { workspace_id: ours },
      values: { built_in_theme: 'forest' },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'the default', match: { workspace_id: ours }, verdicts: forNobody },
  ],
}
