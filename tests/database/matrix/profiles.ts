import { bystanderId, forNobody, me, type TableMatrix } from '../../support/database/policy-matrix.ts'

// People see whom they share a workspace with, and change only themselves.
export const profiles: TableMatrix = {
  cases: [
    {
      operation: 'select',
      what: 'a member of the workspace',
      match: { id: bystanderId },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'rows',
        member: 'rows',
        admin: 'rows',
        suspended: 'none',
        custom: 'none',
        service: 'rows',
      },
    },
    {
      operation: 'select',
      what: 'oneself',
      match: { id: me },
      verdicts: {
        anonymous: '42501',
        outsider: 'rows',
        viewer: 'rows',
        member: 'rows',
        admin: 'rows',
        suspended: 'rows',
        custom: 'rows',
        service: 'none',
      },
    },
    {
      operation: 'insert',
      what: 'a profile without an account',
      values: { id: '00000000-0000-4000-8000-0000000000ee', name: 'Ghost' },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the name of another',
      match: { id: bystanderId },
      values: { name: 'Renamed' },
      verdicts: {
        anonymous: '42501',
        outsider: 'none',
        viewer: 'none',
        member: 'none',
        admin: 'none',
        suspended: 'none',
        custom: 'none',
        service: 'rows',
      },
    },
    {
      operation: 'update',
      what: 'the name of oneself',
      match: { id: me },
      values: { name: 'Renamed' },
      verdicts: {
        anonymous: '42501',
        outsider: 'rows',
        viewer: 'rows',
        member: 'rows',
        admin: 'rows',
        suspended: 'rows',
        custom: 'rows',
        service: 'none',
      },
    },
    {
      operation: 'update',
      what: 'the address of oneself',
      match: { id: me },
      values: { email: 'taken@example.com' },
      verdicts: { ...forNobody, service: 'none' },
    },
    { operation: 'delete', what: 'oneself', match: { id: me }, verdicts: forNobody },
    { operation: 'delete', what: 'another', match: { id: bystanderId }, verdicts: forNobody },
  ],
}
