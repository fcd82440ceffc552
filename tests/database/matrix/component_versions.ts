import { insertComponent } from '../../support/dashboards/components.ts'
import { forNobody, type TableMatrix, type Verdicts } from '../../support/database/policy-matrix.ts'
import { ours } from '../../support/people/cast.ts'

/** What the latest version says counts for the older ones too. */
const narrowed: Verdicts = {
  anonymous: '42501',
  outsider: 'none',
  viewer: 'none',
  member: 'rows',
  admin: 'rows',
  suspended: 'none',
  custom: 'none',
  service: 'rows',
  api_key: 'rows',
}

// Read like their component, and written by publish_component alone: not even the service changes one.
export const componentVersions: TableMatrix = {
  async prepare(client) {
    await insertComponent(client, ours, { id: 'widened', allowedRoles: ['admin'] })
    await insertComponent(client, ours, { id: 'widened', version: '1.10.0', allowedRoles: ['viewer'] })
    await insertComponent(client, ours, { id: 'narrowed', allowedRoles: ['viewer'] })
    await insertComponent(client, ours, { id: 'narrowed', version: '1.10.0', allowedRoles: ['manager'] })
    await insertComponent(client, ours, { id: 'narrowed', version: '1.9.0', allowedRoles: ['viewer'] })
  },
  cases: [
    {
      operation: 'select',
      what: 'the first version of a component that viewers got later',
      match: { workspace_id: ours, component_key: 'widened', version: '1.0.0' },
      verdicts: { ...narrowed, viewer: 'rows' },
    },
    {
      operation: 'select',
      what: 'an old version of a component that viewers no longer have',
      match: { workspace_id: ours, component_key: 'narrowed', version: '1.9.0' },
      verdicts: narrowed,
    },
    {
      operation: 'insert',
      what: 'a version',
      values: {
        workspace_id: ours,
        component_key: 'widened',
        version: '2.0.0',
        title: 'Mine',
        description: '',
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
      what: 'the schema of a version',
      match: { workspace_id: ours, component_key: 'widened', version: '1.0.0' },
      values: { config_schema: { type: 'object' } },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the allowed roles of a version',
      match: { workspace_id: ours, component_key: 'narrowed', version: '1.10.0' },
      values: { allowed_roles: ['viewer'] },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'a version',
      match: { workspace_id: ours, component_key: 'widened', version: '1.10.0' },
      verdicts: forNobody,
    },
  ],
}
