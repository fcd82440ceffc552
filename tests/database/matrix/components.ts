import { insertComponent } from '../../support/dashboards/components.ts'
import { forNobody, type TableMatrix, type Verdicts } from '../../support/database/policy-matrix.ts'
import { ours, theirs } from '../../support/people/cast.ts'

/** Seen by whoever's role may use it. */
const forViewers: Verdicts = {
  anonymous: '42501',
  outsider: 'none',
  viewer: 'rows',
  // With components.write.
  member: 'rows',
  admin: 'rows',
  suspended: 'none',
  custom: 'none',
  service: 'rows',
  api_key: 'rows',
}

// Read by the roles that may use the latest version and with components.write; written by publish_component and
// delete_component alone.
export const components: TableMatrix = {
  async prepare(client) {
    await insertComponent(client, ours, { id: 'for-viewers', allowedRoles: ['viewer'] })
    await insertComponent(client, ours, { id: 'for-admins', allowedRoles: ['admin'] })
  },
  cases: [
    {
      operation: 'select',
      what: 'a component for viewers',
      match: { workspace_id: ours, key: 'for-viewers' },
      verdicts: forViewers,
    },
    {
      operation: 'select',
      what: 'a component for admins',
      match: { workspace_id: ours, key: 'for-admins' },
      verdicts: { ...forViewers, viewer: 'none' },
    },
    {
      operation: 'insert',
      what: 'a component',
      values: { workspace_id: theirs, key: 'mine', type: 'stats' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the type of a component',
      match: { workspace_id: ours, key: 'for-viewers' },
      values: { type: 'table' },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'a component',
      match: { workspace_id: ours, key: 'for-viewers' },
      verdicts: forNobody,
    },
  ],
}
