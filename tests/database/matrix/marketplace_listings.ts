import {
  forEveryoneSignedIn,
  forNobody,
  type TableMatrix,
  type Verdicts,
} from '../../support/database/policy-matrix.ts'
import { ours, theirs } from '../../support/people/cast.ts'
import { insertListings } from '../../support/people/marketplace.ts'

/** Who may publish in `ours`, and the server. */
export const forPublishers: Verdicts = {
  anonymous: '42501',
  outsider: 'none',
  viewer: 'none',
  member: 'none',
  admin: 'rows',
  suspended: 'none',
  custom: 'none',
  service: 'rows',
  api_key: 'none',
}
/** Of `theirs`. */
const forOthers: Verdicts = { ...forPublishers, outsider: 'rows', admin: 'none' }

// Everybody sees what is published, and a workspace what it writes; written by functions alone.
export const marketplaceListings: TableMatrix = {
  async prepare(client) {
    await insertListings(client, 1, { workspaceId: theirs })
    await insertListings(client, 1, { workspaceId: ours, state: 'draft' })
    await insertListings(client, 1, { workspaceId: theirs, state: 'withdrawn' })
  },
  cases: [
    {
      operation: 'select',
      what: 'a published listing',
      match: { name: 'published 1' },
      verdicts: forEveryoneSignedIn,
    },
    { operation: 'select', what: 'one’s own draft', match: { name: 'draft 1' }, verdicts: forPublishers },
    { operation: 'select', what: 'a withdrawn one', match: { name: 'withdrawn 1' }, verdicts: forOthers },
    {
      operation: 'insert',
      what: 'a listing',
      values: {
        kind: 'theme',
        name: 'Mine',
        author: 'Me',
        description: 'Mine',
        category: 'sales',
        licence: 'MIT',
      },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the number of installs',
      match: { name: 'published 1' },
      values: { install_count: 1_000 },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'a listing',
      match: { name: 'published 1' },
      verdicts: forNobody,
    },
  ],
}
