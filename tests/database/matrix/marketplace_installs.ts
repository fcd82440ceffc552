import { insertView } from '../../support/dashboards/view-rows.ts'
import { forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ours } from '../../support/people/cast.ts'
import { forPublishers } from './marketplace_listings.ts'

const zeros = '0'.repeat(64)

// Read with marketplace.install in the workspace; written by functions alone.
export const marketplaceInstalls: TableMatrix = {
  async prepare(client) {
    await client.query(
      "insert into private.marketplace_bundles (content_hash, bundle) values ($1, '{}') on conflict do nothing",
      [zeros],
    )
    const view = await insertView(client, { name: 'Installed' })
    await client.query(
      `insert into public.marketplace_installs (workspace_id, kind, name, author, version, content_hash, view_id)
       values ($1, 'view', 'Installed', 'Studio', '1.0.0', $2, $3)`,
      [ours, zeros, view],
    )
  },
  cases: [
    {
      operation: 'select',
      what: 'a copy',
      match: { workspace_id: ours, name: 'Installed' },
      verdicts: forPublishers,
    },
    {
      operation: 'insert',
      what: 'a copy',
      values: {
        workspace_id: ours,
        kind: 'view',
        name: 'Mine',
        author: 'Me',
        version: '1.0.0',
        content_hash: zeros,
      },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the hash of a copy',
      match: { workspace_id: ours, name: 'Installed' },
      values: { content_hash: '1'.repeat(64) },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'a copy',
      match: { workspace_id: ours, name: 'Installed' },
      verdicts: forNobody,
    },
  ],
}
