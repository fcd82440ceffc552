// The contract with front ends and Edge Functions: the schema and the type of every document.

export * from './access.ts'
export * from './agents.ts'
export * from './ai.ts'
export * from './api.ts'
export * from './api-key.ts'
export * from './audit.ts'
export * from './audit-subject.ts'
export * from './billing.ts'
export * from './billing-functions.ts'
export {
  type ErrorCode,
  errorCodes,
  type FeatureKey,
  featureKeys,
  type LimitKey,
  limitKeys,
  type PermissionKey,
  type PlanKey,
  permissionKeys,
  planKeys,
} from './catalog.ts'
export * from './color.ts'
export * from './component.ts'
export * from './component-config.ts'
export * from './component-data.ts'
export * from './component-size.ts'
export * from './conflict.ts'
export * from './conversations.ts'
export * from './dashboard.ts'
export * from './dashboard-export.ts'
export * from './data-source.ts'
export type { Json } from './database.ts'
export { type Answers, answerSchemas } from './documents.ts'
export * from './entitlements.ts'
export * from './events.ts'
export * from './function-refusal.ts'
export * from './history.ts'
export * from './invitation.ts'
export * from './invitation-list.ts'
export * from './json-schema.ts'
export * from './layout.ts'
export * from './layout-changes.ts'
export * from './mail.ts'
export * from './member.ts'
export * from './merge.ts'
export * from './metric-query.ts'
export * from './metrics.ts'
export * from './my-data.ts'
export * from './notification.ts'
export * from './preferences.ts'
export * from './rate-limit.ts'
export type { RpcClient } from './rpc-client.ts'
export * from './search.ts'
export * from './session.ts'
export * from './support.ts'
export * from './text.ts'
export * from './theme.ts'
export * from './timestamp.ts'
export * from './transfer.ts'
export * from './view.ts'
export * from './widget-data.ts'
export * from './widget-refresh.ts'
export * from './workspace.ts'
