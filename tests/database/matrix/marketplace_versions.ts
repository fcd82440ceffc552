import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { forPublishers } from './marketplace_listings.ts'

const zeros = '0'.repeat(64)

// Read as their listings; a version never changes. The rows come with those of the listings.
export const marketplaceVersions: TableMatrix = {
  cases: [
    {
      operation: 'select',
      what: 'a published version',
      match: { state: 'published', content_hash: zeros },
      verdicts: forEveryoneSignedIn,
    },
    {
      operation: 'select',
      what: 'one that was refused',
      match: { state: 'refused', content_hash: zeros },
      // One of ours, and one of theirs.
      verdicts: { ...forPublishers, outsider: 'rows' },
    },
    {
      operation: 'insert',
      what: 'a version',
      values: { version: '9.0.0', content_hash: zeros, size: 2, state: 'published' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the hash of a version',
      match: { state: 'published' },
      values: { content_hash: '1'.repeat(64) },
      verdicts: forNobody,
    },
    { operation: 'delete', what: 'a version', match: { state: 'published' }, verdicts: forNobody },
  ],
}
