import type { AuditChanges } from './audit.ts'
import type { FeatureKey, LimitKey, PermissionKey, PlanKey } from './catalog.ts'
import type { ComponentSize } from './component.ts'
import type { ComponentType } from './component-data.ts'
import type { ComponentConfig, JsonSchema } from './json-schema.ts'
import type { PreferenceExtras } from './preferences.ts'
import type { Attachment } from './support.ts'
import type { Theme, ThemeMetadata } from './theme.ts'
import type { WorkspaceSettings } from './workspace.ts'

// What columns hold, where the database says no more than JSON or text. What it does know comes from catalog.ts.

/** What a column holds, where that is less than any text or JSON and no check says so. */
export type ColumnDocuments = {
  audit_log: { changes: AuditChanges; claimed_ip: string; ip: string }
  built_in_components: {
    config_schema: JsonSchema
    default_config: ComponentConfig
    size_config: ComponentSize
    type: ComponentType
  }
  built_in_themes: { colors: Theme['colors']; metadata: ThemeMetadata; radius: Theme['radius'] }
  component_types: { data_schema: JsonSchema; key: ComponentType }
  component_versions: {
    config_schema: JsonSchema
    data_schema: JsonSchema
    default_config: ComponentConfig
    size_config: ComponentSize
  }
  components: { type: ComponentType }
  notifications: { payload: Record<string, unknown> }
  permissions: { implied_by: PermissionKey[]; key: PermissionKey }
  limits: { key: LimitKey }
  marketplace_installs: { sources: Record<string, string> }
  plan_limits: { limit_key: LimitKey; plan_key: PlanKey }
  plan_prices: { plan_key: PlanKey }
  plans: { features: FeatureKey[] }
  preferences: { extras: PreferenceExtras }
  support_messages: { attachments: Attachment[] }
  themes: { colors: Theme['colors']; metadata: ThemeMetadata; radius: Theme['radius'] }
  widgets: { config: ComponentConfig; question: Record<string, unknown> | null }
  workspace_roles: { permissions: PermissionKey[] }
  workspaces: { settings: WorkspaceSettings }
}
