import { forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'
import { ours, theirs } from '../../support/people/cast.ts'

// Made and deleted through functions; renamed by whoever holds workspace.update.
export const workspaces: TableMatrix = {
  cases: [
    {
      operation: 'select',
      what: 'the workspace',
      match: { id: ours },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'rows',
        member: 'rows',
        admin: 'rows',
        suspended: 'none',
        custom: 'rows',
        service: 'rows',
        api_key: 'rows',
      },
    },
    {
      operation: 'select',
      what: 'another workspace',
      match: { id: theirs },
      verdicts: {
        anonymous: '42501',
        outsider: 'rows',
        viewer: 'none',
        member: 'none',
        admin: 'none',
        suspended: 'none',
        custom: 'none',
        service: 'rows',
        api_key: 'none',
      },
    },
    {
      operation: 'insert',
      what: 'a workspace without anybody',
      values: { id: 'WK-00000000Z', name: 'Empty' },
      verdicts: { ...forNobody, service: 'rows' },
    },
    {
      operation: 'update',
      what: 'the name',
      match: { id: ours },
      values: { name: 'Renamed' },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'rows',
        suspended: 'none',
        custom: 'rows',
        service: 'rows',
        api_key: 'rows',
      },
    },
    {
      operation: 'update',
      what: 'the plan',
      match: { id: theirs },
      values: { plan_type: 'premium' },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'the workspace',
      match: { id: ours },
      verdicts: { ...forNobody, service: 'rows' },
    },
  ],
}
