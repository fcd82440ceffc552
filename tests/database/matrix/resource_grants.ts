import { bystanderId, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ours } from '../../support/people/cast.ts'
import { views } from './dashboard_views.ts'
import { widgetIds } from './widgets.ts'

const id = '00000000-0000-4000-8000-0000000000a2'
const onShared = '00000000-0000-4000-8000-0000000000a3'

// Read and written by members with grants.write; to the service they are to read.
export const resourceGrants: TableMatrix = {
  async prepare(client) {
    await client.query(
      `insert into public.resource_grants (workspace_id, id, resource_type, resource_id, user_id, role_key, access)
       values ($1, $2, 'dashboard', $4, $3, null, 'view'),
         ($1, default, 'dashboard', $4, null, 'viewer', 'view'),
         ($1, $5, 'dashboard', $6, $3, null, 'view')`,
      [ours, id, bystanderId, views.granted, onShared, views.shared],
    )
  },
  cases: [
    {
      operation: 'select',
      what: 'a grant',
      match: { workspace_id: ours, id },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'rows',
        suspended: 'none',
        custom: 'none',
        service: 'rows',
        api_key: 'none',
      },
    },
    {
      operation: 'insert',
      what: 'a grant',
      values: {
        workspace_id: ours,
        resource_type: 'widget',
        resource_id: widgetIds.shared,
        user_id: bystanderId,
        access: 'edit',
      },
      verdicts: {
        anonymous: '42501',
        outsider: 'not_found',
        viewer: 'permission_denied',
        member: 'permission_denied',
        admin: 'rows',
        suspended: 'not_found',
        custom: 'permission_denied',
        service: '42501',
        api_key: 'permission_denied',
      },
    },
    {
      operation: 'update',
      what: 'the access of a grant',
      match: { workspace_id: ours, id: onShared },
      values: { access: 'edit' },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'rows',
        suspended: 'none',
        custom: 'none',
        service: '42501',
        api_key: 'none',
      },
    },
    {
      operation: 'update',
      what: 'the access of a grant on what a colleague keeps',
      match: { workspace_id: ours, id },
      values: { access: 'edit' },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'permission_denied',
        suspended: 'none',
        custom: 'none',
        service: '42501',
        api_key: 'none',
      },
    },
    {
      operation: 'delete',
      what: 'a grant on what an admin sees',
      match: { workspace_id: ours, id: onShared },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'rows',
        suspended: 'none',
        custom: 'none',
        service: '42501',
        api_key: 'none',
      },
    },
    {
      operation: 'delete',
      what: 'a grant on what is kept from the admin',
      match: { workspace_id: ours, id },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'permission_denied',
        suspended: 'none',
        custom: 'none',
        service: '42501',
        api_key: 'none',
      },
    },
  ],
}
