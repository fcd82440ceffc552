import type { TableMatrix } from '../../support/database/policy-matrix.ts'
import { aiModelPrices } from './ai_model_prices.ts'
import { aiModels } from './ai_models.ts'
import { aiTools } from './ai_tools.ts'
import { auditLog } from './audit_log.ts'
import { builtInComponents } from './built_in_components.ts'
import { builtInThemes } from './built_in_themes.ts'
import { componentTypes } from './component_types.ts'
import { componentVersions } from './component_versions.ts'
import { components } from './components.ts'
import { dashboardViewShares } from './dashboard_view_shares.ts'
import { dashboardViews } from './dashboard_views.ts'
import { defaultThemes } from './default_themes.ts'
import { defaultViews } from './default_views.ts'
import { integrationEvents } from './integration_events.ts'
import { integrations } from './integrations.ts'
import { invoices } from './invoices.ts'
import { limits } from './limits.ts'
import { marketplaceCategories } from './marketplace_categories.ts'
import { marketplaceInstalls } from './marketplace_installs.ts'
import { marketplaceListings } from './marketplace_listings.ts'
import { marketplaceVersions } from './marketplace_versions.ts'
import { notificationKinds } from './notification_kinds.ts'
import { notificationPreferences } from './notification_preferences.ts'
import { notifications } from './notifications.ts'
import { permissions } from './permissions.ts'
import { planLimits } from './plan_limits.ts'
import { planPrices } from './plan_prices.ts'
import { plans } from './plans.ts'
import { preferences } from './preferences.ts'
import { profiles } from './profiles.ts'
import { resourceGrants } from './resource_grants.ts'
import { roleDefaultViews } from './role_default_views.ts'
import { subscriptions } from './subscriptions.ts'
import { supportLevels } from './support_levels.ts'
import { supportMessages } from './support_messages.ts'
import { supportTickets } from './support_tickets.ts'
import { themes } from './themes.ts'
import { widgets } from './widgets.ts'
import { workspaceInvitations } from './workspace_invitations.ts'
import { workspaceMembers } from './workspace_members.ts'
import { workspaceRoles } from './workspace_roles.ts'
import { workspaces } from './workspaces.ts'

/**
 * Who may do what with which table, as data: a table of `public` that is missing here fails the suite. Their rows are
 * made in this order, so views come before what refers to them.
 */
export const matrix: Record<string, TableMatrix> = {
  ai_model_prices: aiModelPrices,
  ai_models: aiModels,
  ai_tools: aiTools,
  audit_log: auditLog,
  built_in_components: builtInComponents,
  built_in_themes: builtInThemes,
  component_types: componentTypes,
  component_versions: componentVersions,
  components,
  dashboard_views: dashboardViews,
  dashboard_view_shares: dashboardViewShares,
  default_themes: defaultThemes,
  default_views: defaultViews,
  limits,
  integration_events: integrationEvents,
  integrations,
  invoices,
  notification_kinds: notificationKinds,
  notification_preferences: notificationPreferences,
  notifications,
  permissions,
  plan_limits: planLimits,
  plan_prices: planPrices,
  plans,
  preferences,
  profiles,
  resource_grants: resourceGrants,
  role_default_views: roleDefaultViews,
  subscriptions,
  marketplace_categories: marketplaceCategories,
  marketplace_listings: marketplaceListings,
  marketplace_versions: marketplaceVersions,
  marketplace_installs: marketplaceInstalls,
  support_levels: supportLevels,
  support_tickets: supportTickets,
  support_messages: supportMessages,
  themes,
  widgets,
  workspace_invitations: workspaceInvitations,
  workspace_members: workspaceMembers,
  workspace_roles: workspaceRoles,
  workspaces,
}
