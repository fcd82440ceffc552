import type { TableMatrix } from '../../support/policy-matrix.ts'
import { permissions } from './permissions.ts'
import { plans } from './plans.ts'
import { profiles } from './profiles.ts'
import { workspaceMembers } from './workspace_members.ts'
import { workspaceRoles } from './workspace_roles.ts'
import { workspaces } from './workspaces.ts'

/** Who may do what with which table, as data: a table of `public` that is missing here fails the suite. */
export const matrix: Record<string, TableMatrix> = {
  permissions,
  plans,
  profiles,
  workspace_members: workspaceMembers,
  workspace_roles: workspaceRoles,
  workspaces,
}
