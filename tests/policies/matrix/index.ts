import type { TableMatrix } from '../../support/policy-matrix.ts'
import { auditLog } from './audit_log.ts'
import { permissions } from './permissions.ts'
import { plans } from './plans.ts'
import { profiles } from './profiles.ts'
import { resourceGrants } from './resource_grants.ts'
import { workspaceInvitations } from './workspace_invitations.ts'
import { workspaceMembers } from './workspace_members.ts'
import { workspaceRoles } from './workspace_roles.ts'
import { workspaces } from './workspaces.ts'

/** Who may do what with which table, as data: a table of `public` that is missing here fails the suite. */
export const matrix: Record<string, TableMatrix> = {
  audit_log: auditLog,
  permissions,
  plans,
  profiles,
  resource_grants: resourceGrants,
  workspace_invitations: workspaceInvitations,
  workspace_members: workspaceMembers,
  workspace_roles: workspaceRoles,
  workspaces,
}
