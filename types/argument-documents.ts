import type { AgentInput, AiSettings, AiSettingsInput, StoredAgent } from './agents.ts'
import type { AnswerPart } from './ai.ts'
import type { AnalyticsPart, AnalyticsPeriod } from './analytics.ts'
import type { ColumnValues, PlanKey } from './catalog.ts'
import type { AvailableComponent, CustomComponent } from './component.ts'
import type { ComponentType } from './component-data.ts'
import type { Resolve } from './conflict.ts'
import type { ConversationPatch, ReportedCall } from './conversations.ts'
import type { DataSourceInput, StoredDataSource } from './data-source.ts'
import type { Destination, DestinationInput, SettledDeliveries } from './destination.ts'
import type { Layout } from './layout.ts'
import type { SettledMail } from './mail.ts'
import type { ListingInput, ListingKind, OwnListing, ReportReason } from './marketplace.ts'
import type { MemberSort } from './member.ts'
import type { MetricQuery } from './metric-query.ts'
import type { MetricPoint } from './metrics.ts'
import type { RecordedRequest } from './operator.ts'
import type { PreferencesPatch } from './preferences.ts'
import type { RateLimitCharge } from './rate-limit.ts'
import type { SearchKind } from './search.ts'
import type { NewAttachment, TicketPriority, TicketStatus } from './support.ts'
import type { StoredTheme, ThemePatch } from './theme.ts'
import type { TrackedEvent } from './track.ts'
import type { View } from './view.ts'
import type { WorkspaceSettings } from './workspace.ts'

// What functions take, where the database says no more than JSON or text. What it does know comes from catalog.ts.

type Visibility = ColumnValues['dashboard_views']['visibility']
type MemberStatus = ColumnValues['workspace_members']['status']
type ResourceType = ColumnValues['resource_grants']['resource_type']
/** A document that is read as far as it is understood: what is not is named in the answer. */
type ImportedDocument = Record<string, unknown>

type Failure = {
  code: string
  message: string
}

/**
 * What a function takes for an argument, where that is less than any text or JSON: what is written, or as it was read.
 */
export type ArgumentDocuments = {
  change_member: { status: MemberStatus }
  charge_rate_limits: { charges: RateLimitCharge[] }
  create_view: { layout: Layout; visibility: Visibility }
  explain_access: { resource_type: ResourceType }
  import_dashboard: { document: ImportedDocument }
  import_theme: { document: ImportedDocument; visibility: Visibility }
  import_view: { document: ImportedDocument; visibility: Visibility }
  ingest_metrics: { points: MetricPoint[] }
  list_audit_log: { action: ColumnValues['audit_log']['action'] }
  list_members: { direction: 'asc' | 'desc'; sort: MemberSort; status: MemberStatus | 'invited' }
  my_access: { resource_type: ResourceType }
  patch_preferences: { patch: PreferencesPatch }
  publish_component: { document: CustomComponent | AvailableComponent }
  restore_view_version: { resolve: Resolve }
  check_data_source: { document: DataSourceInput | StoredDataSource }
  save_data_source: { document: DataSourceInput | StoredDataSource }
  query_metrics: { query: MetricQuery; type: ComponentType }
  // Where events go.
  list_deliveries: { status: 'waiting' | 'delivered' | 'dead' }
  save_destination: { document: DestinationInput | (Destination & { isPaused?: boolean }) }
  settle_deliveries: { results: SettledDeliveries[] }
  save_layout: { layout: Layout; resolve: Resolve }
  save_view: { document: View; resolve: Resolve }
  ai_usage_report: { by: 'person' | 'agent' | 'model' | 'day' }
  append_answer: { parts: AnswerPart[] }
  finish_answer: {
    status: 'complete' | 'stopped' | 'incomplete' | 'failed'
    usage: ReportedCall[]
    error: Failure
  }
  list_conversations: { scope: 'mine' | 'shared' }
  my_ai_usage: { by: 'agent' | 'model' | 'day' }
  renew_answer: { usage: ReportedCall[] }
  save_agent: { document: AgentInput | StoredAgent }
  save_ai_settings: { document: AiSettingsInput | AiSettings }
  update_conversation: { patch: ConversationPatch }
  accept_proposal: { resolve: Resolve }
  settle_mails: { results: SettledMail[] }
  update_theme: { patch: ThemePatch | (StoredTheme & ThemePatch) }
  update_workspace_settings: { patch: WorkspaceSettings }
  preview_plan_change: { plan: PlanKey }
  // Support.
  answer_ticket: { attachments: NewAttachment[]; status: TicketStatus }
  list_tickets: { status: TicketStatus }
  reply_to_ticket: { attachments: NewAttachment[] }
  update_ticket: { priority: TicketPriority; status: TicketStatus }
  // How a workspace is used, and what operators read.
  record_requests: { requests: RecordedRequest[] }
  track: { events: TrackedEvent[] }
  workspace_analytics: { period: AnalyticsPeriod }
  workspace_analytics_csv: { part: AnalyticsPart; period: AnalyticsPeriod }
  // The marketplace.
  browse_marketplace: { kind: ListingKind; sort: 'popularity' | 'rating' | 'newest' }
  prepare_bundle: { kind: ListingKind }
  report_listing: { reason: ReportReason }
  review_listing: { decision: 'publish' | 'refuse' }
  save_listing: { document: ListingInput | OwnListing }
  submit_listing: { bundle: Record<string, unknown> }
  // Search.
  search: { kinds: SearchKind[] }
}
