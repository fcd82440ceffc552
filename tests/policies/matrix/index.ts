import type { TableMatrix } from '../../support/policy-matrix.ts'
import { auditLog } from './audit_log.ts'
import { builtInComponents } from './built_in_components.ts'
import { builtInThemes } from './built_in_themes.ts'
import { componentTypes } from './component_types.ts'
import { componentVersions } from './component_versions.ts'
import { components } from './components.ts'
import { defaultThemes } from './default_themes.ts'
import { permissions } from './permissions.ts'
import { plans } from './plans.ts'
import { preferences } from './preferences.ts'
import { profiles } from './profiles.ts'
import { resourceGrants } from './resource_grants.ts'
import { themes } from './themes.ts'
import { workspaceInvitations } from './workspace_invitations.ts'
import { workspaceMembers } from './workspace_members.ts'
import { workspaceRoles } from './workspace_roles.ts'
import { workspaces } from './workspaces.ts'

/** Who may do what with which table, as data: a table of `public` that is missing here fails the suite. */
export const matrix: Record<string, TableMatrix> = {
  audit_log: auditLog,
  built_in_components: builtInComponents,
  built_in_themes: builtInThemes,
  component_types: componentTypes,
  component_versions: componentVersions,
  components,
  default_themes: defaultThemes,
  permissions,
  plans,
  preferences,
  profiles,
  resource_grants: resourceGrants,
  themes,
  workspace_invitations: workspaceInvitations,
  workspace_members: workspaceMembers,
  workspace_roles: workspaceRoles,
  workspaces,
}
