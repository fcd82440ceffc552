import * as z from 'zod'
import {
  accessExplanationSchema,
  accessLevelSchema,
  roleAudienceSchema,
  viewAudienceSchema,
  viewPreviewSchema,
} from './access.ts'
import {
  agentSchema,
  aiModelSchema,
  aiSettingsSchema,
  aiUsageReportSchema,
  myAiUsageSchema,
  storedAgentSchema,
} from './agents.ts'
import {
  analyticsChoiceSchema,
  analyticsPolicySchema,
  surveySchema,
  workspaceAnalyticsSchema,
} from './analytics.ts'
import { apiKeySchema, apiKeyWithSecretSchema, verifiedApiKeySchema } from './api-key.ts'
import { auditPageSchema } from './audit.ts'
import {
  appliedBillingObjectsSchema,
  begunCheckoutSchema,
  billingComparisonSchema,
  billingStateSchema,
  claimedBillingEventSchema,
  openCheckoutSchema,
} from './billing.ts'
import { availableComponentSchema } from './component.ts'
import {
  acceptedProposalSchema,
  answerPartsSchema,
  begunAnswerSchema,
  conversationListSchema,
  conversationSchema,
  foundMessagesSchema,
  proposalSchema,
  resumedAnswerSchema,
  stoppedAnswerSchema,
  storedConversationSchema,
  writtenAnswerSchema,
} from './conversations.ts'
import { dashboardSchema } from './dashboard.ts'
import { dashboardPartSchema } from './dashboard-export.ts'
import { availableDataSourceSchema, dataSourceSchema, storedDataSourceSchema } from './data-source.ts'
import type { Database, Json } from './database.ts'
import {
  claimedDeliveriesSchema,
  deliveryPageSchema,
  destinationSchema,
  integrationSchema,
  replayedDeliveriesSchema,
  savedDestinationSchema,
  sentTestSchema,
  settledDeliveriesSchema,
} from './destination.ts'
import { entitlementsSchema, planChangeSchema } from './entitlements.ts'
import { restoredViewSchema, viewComparisonSchema, viewVersionSchema } from './history.ts'
import { invitationPreviewSchema, sentInvitationSchema, setMemberSchema } from './invitation.ts'
import { invitationListSchema, myInvitationsSchema } from './invitation-list.ts'
import { layoutSchema } from './layout.ts'
import { outgoingMailSchema } from './mail.ts'
import {
  changedInstallSchema,
  installSchema,
  listingBundleSchema,
  listingDetailsSchema,
  listingPageSchema,
  listingSchema,
  listingToReviewSchema,
  ownListingSchema,
  preparedBundleSchema,
  reportPageSchema,
  reviewedListingSchema,
  reviewQueueSchema,
  upgradePreviewSchema,
} from './marketplace.ts'
import { memberListSchema, memberSchema, rolesSchema } from './member.ts'
import { ingestedMetricsSchema, metricListSchema } from './metrics.ts'
import { myDataPageSchema, myDataPartsSchema } from './my-data.ts'
import {
  markedNotificationsSchema,
  notificationListSchema,
  notificationPreferenceSchema,
  notificationPreferencesSchema,
} from './notification.ts'
import { operatorMetricsSchema, operatorReportSchema } from './operator.ts'
import { preferencesSchema } from './preferences.ts'
import { rateLimitResultsSchema } from './rate-limit.ts'
import { searchAnswerSchema } from './search.ts'
import { sessionSchema } from './session.ts'
import {
  queuedTicketSchema,
  ticketListSchema,
  ticketMessageSchema,
  ticketNoteSchema,
  ticketQueueSchema,
  ticketSchema,
  ticketToAnswerSchema,
  ticketWithMessagesSchema,
} from './support.ts'
import {
  importedThemeSchema,
  listedThemeSchema,
  shownThemeSchema,
  storedThemeSchema,
  themeSchema,
} from './theme.ts'
import { trackedEventsSchema } from './track.ts'
import { exportSchema, importReportSchema } from './transfer.ts'
import {
  deletedViewSchema,
  duplicatedViewSchema,
  listedViewSchema,
  shownViewSchema,
  storedViewSchema,
  watchedViewSchema,
} from './view.ts'
import {
  dueQuestionsSchema,
  keptWidgetDataSchema,
  storedAnswersSchema,
  widgetClaimSchema,
  widgetDataSchema,
  widgetsToRefreshSchema,
} from './widget-data.ts'
import { workspaceSettingsSchema } from './workspace.ts'

// What each function answers with, where the database says no more than JSON.

type Functions = Database['public']['Functions']

/** The functions of which the database says only that they answer with JSON. */
type JsonFunction = {
  [Name in keyof Functions]: Json extends Functions[Name]['Returns'] ? Name : never
}[keyof Functions]

/**
 * What each function answers with, for who checks an answer before use. An answer without a schema does not compile.
 *
 * @example
 * const { data } = await supabase.rpc('list_views', { workspace_id })
 * const views = answerSchemas.list_views.parse(data)
 */
export const answerSchemas = {
  admin_set_member: setMemberSchema,
  activate_theme: shownThemeSchema,
  activate_view: shownViewSchema,
  active_theme: shownThemeSchema,
  active_view: shownViewSchema,
  available_components: z.array(availableComponentSchema),
  change_member: memberSchema,
  charge_rate_limits: rateLimitResultsSchema,
  claim_mails: z.array(outgoingMailSchema),
  compare_view_versions: viewComparisonSchema,
  create_invitation: sentInvitationSchema,
  create_view: storedViewSchema,
  duplicate_view: duplicatedViewSchema,
  explain_access: accessExplanationSchema,
  export_dashboard: exportSchema,
  export_dashboard_part: dashboardPartSchema,
  export_my_data: z.union([myDataPartsSchema, myDataPageSchema]),
  export_theme: themeSchema,
  export_view: exportSchema,
  get_component: availableComponentSchema,
  get_dashboard: dashboardSchema,
  get_member: memberSchema,
  get_preferences: preferencesSchema,
  get_theme: storedThemeSchema,
  get_view: storedViewSchema,
  get_view_version: layoutSchema,
  import_dashboard: importReportSchema,
  import_theme: importedThemeSchema,
  import_view: importReportSchema,
  ingest_metrics: ingestedMetricsSchema,
  list_metrics: metricListSchema,
  list_audit_log: auditPageSchema,
  list_deleted_views: z.array(deletedViewSchema),
  list_invitations: invitationListSchema,
  list_members: memberListSchema,
  list_notification_preferences: notificationPreferencesSchema,
  list_notifications: notificationListSchema,
  list_roles: rolesSchema,
  list_themes: z.array(listedThemeSchema),
  list_view_versions: z.array(viewVersionSchema),
  list_views: z.array(listedViewSchema),
  mark_notifications: markedNotificationsSchema,
  my_invitations: myInvitationsSchema,
  my_access: accessLevelSchema,
  patch_preferences: preferencesSchema,
  preview_invitation: invitationPreviewSchema,
  publish_component: availableComponentSchema,
  resend_invitation: sentInvitationSchema,
  restore_view: storedViewSchema,
  restore_view_version: restoredViewSchema,
  save_layout: storedViewSchema,
  save_view: storedViewSchema,
  see_as: viewPreviewSchema,
  session_context: sessionSchema,
  set_notification_preference: notificationPreferenceSchema,
  /** Null where the call names no view. */
  set_role_default_view: z.union([roleAudienceSchema, viewAudienceSchema]).nullable(),
  update_theme: storedThemeSchema,
  update_workspace_settings: workspaceSettingsSchema,
  view_audience: viewAudienceSchema,
  watch_view: watchedViewSchema,
  create_api_key: apiKeyWithSecretSchema,
  list_api_keys: z.array(apiKeySchema),
  revoke_api_key: apiKeySchema,
  rotate_api_key: apiKeyWithSecretSchema,
  verify_api_key: verifiedApiKeySchema,
  // Data sources and the data of widgets.
  available_data_sources: z.array(availableDataSourceSchema),
  claim_widget_questions: z.array(widgetClaimSchema),
  data_source_request: widgetClaimSchema.shape.request,
  due_widget_questions: dueQuestionsSchema,
  get_data_source: storedDataSourceSchema,
  get_kept_widget_data: keptWidgetDataSchema,
  get_widget_data: widgetDataSchema,
  keep_widget_data: keptWidgetDataSchema,
  list_data_sources: z.array(dataSourceSchema),
  save_data_source: storedDataSourceSchema,
  store_widget_data: storedAnswersSchema,
  /** As the component of the question shows it; null where the database has none. */
  widget_answer: z.record(z.string(), z.unknown()).nullable(),
  widgets_to_refresh: widgetsToRefreshSchema,
  // Where events go.
  claim_deliveries: z.array(claimedDeliveriesSchema),
  list_deliveries: deliveryPageSchema,
  list_destinations: z.array(destinationSchema),
  list_integrations: z.array(integrationSchema),
  replay_deliveries: replayedDeliveriesSchema,
  rotate_destination_secret: savedDestinationSchema,
  save_destination: savedDestinationSchema,
  send_test_event: sentTestSchema,
  settle_deliveries: settledDeliveriesSchema,
  // Plans and what they allow.
  entitlements: entitlementsSchema,
  preview_plan_change: planChangeSchema,
  // Buying.
  apply_billing_event: appliedBillingObjectsSchema,
  apply_billing_objects: appliedBillingObjectsSchema,
  begin_checkout: begunCheckoutSchema,
  billing_state: billingStateSchema,
  billing_subscriptions_to_compare: billingComparisonSchema,
  claim_billing_event: claimedBillingEventSchema,
  /** Null where no checkout is open. */
  keep_checkout_session: openCheckoutSchema.nullable(),
  /** As a component of the type shows it: `componentDataSchemas`. */
  query_metrics: z.record(z.string(), z.unknown()),
  // Agents, their conversations and what they cost.
  accept_proposal: acceptedProposalSchema,
  ai_usage_report: aiUsageReportSchema,
  answer_parts: answerPartsSchema,
  append_answer: writtenAnswerSchema,
  begin_answer: begunAnswerSchema,
  branch_conversation: conversationSchema,
  finish_answer: writtenAnswerSchema,
  get_agent: storedAgentSchema,
  get_ai_settings: aiSettingsSchema,
  get_conversation: storedConversationSchema,
  list_agents: z.array(agentSchema),
  list_ai_models: z.array(aiModelSchema),
  list_conversations: conversationListSchema,
  list_proposals: z.array(proposalSchema),
  my_ai_usage: myAiUsageSchema,
  reject_proposal: proposalSchema,
  renew_answer: writtenAnswerSchema,
  resume_answer: resumedAnswerSchema,
  save_agent: storedAgentSchema,
  save_ai_settings: aiSettingsSchema,
  search_conversations: foundMessagesSchema,
  stop_answer: stoppedAnswerSchema,
  update_conversation: conversationSchema,
  // Support.
  answer_ticket: ticketMessageSchema,
  close_ticket: ticketSchema,
  get_ticket: ticketWithMessagesSchema,
  get_ticket_to_answer: ticketToAnswerSchema,
  list_tickets: ticketListSchema,
  list_tickets_to_answer: ticketQueueSchema,
  note_on_ticket: ticketNoteSchema,
  open_ticket: ticketWithMessagesSchema,
  reopen_ticket: ticketSchema,
  reply_to_ticket: ticketMessageSchema,
  update_ticket: queuedTicketSchema,
  // How a workspace is used, and what operators read.
  analytics_choice: analyticsChoiceSchema,
  analytics_view: storedViewSchema,
  answer_survey: surveySchema,
  my_survey: surveySchema,
  operator_metrics: operatorMetricsSchema,
  operator_report: operatorReportSchema,
  set_analytics_policy: analyticsPolicySchema,
  track: trackedEventsSchema,
  workspace_analytics: workspaceAnalyticsSchema,
  // The marketplace.
  browse_marketplace: listingPageSchema,
  get_listing: listingDetailsSchema,
  get_listing_bundle: listingBundleSchema,
  get_listing_to_review: listingToReviewSchema,
  install_listing: installSchema,
  list_installs: z.array(installSchema),
  list_listing_reports: reportPageSchema,
  list_listings_to_review: reviewQueueSchema,
  list_my_listings: z.array(ownListingSchema),
  pin_install: installSchema,
  prepare_bundle: preparedBundleSchema,
  preview_upgrade: upgradePreviewSchema,
  rate_listing: listingSchema,
  review_listing: reviewedListingSchema,
  roll_back_install: changedInstallSchema,
  save_listing: ownListingSchema,
  submit_listing: ownListingSchema,
  take_down_listing: reviewedListingSchema,
  upgrade_install: changedInstallSchema,
  withdraw_listing: ownListingSchema,
  // Search.
  search: searchAnswerSchema,
} satisfies Record<JsonFunction | 'my_access', z.ZodType>

/** What each function answers with. */
export type Answers = { [Name in keyof typeof answerSchemas]: z.infer<(typeof answerSchemas)[Name]> }
