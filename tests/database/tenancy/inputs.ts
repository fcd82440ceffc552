import type pg from 'pg'
import { gauge } from '../../support/dashboards/components.ts'
import { contractView } from '../../support/dashboards/layouts.ts'
import { contractTheme } from '../../support/dashboards/themes.ts'
import { dashboardOf } from '../../support/dashboards/transfer.ts'
import { shop } from '../../support/dashboards/widget-data.ts'
import { document as agent, assistant } from '../../support/database/agents.ts'
import { event, opened } from '../../support/database/analytics.ts'
import { session } from '../../support/database/checkout.ts'
import { point } from '../../support/database/metrics.ts'
import { apiKeyId } from '../../support/database/policy-matrix.ts'
import { webhook } from '../../support/integrations/destinations.ts'
import { ids, ours } from '../../support/people/cast.ts'
import { dial } from '../../support/people/marketplace.ts'
import { ticketIds } from '../../support/people/tickets.ts'
import { views } from '../matrix/dashboard_views.ts'
import { widgetIds } from '../matrix/widgets.ts'

const found = {
  conversation_id: 'select id from private.conversations',
  proposal_id: 'select id from private.proposals',
  source: "select id from private.data_sources where name = 'Shop'",
  other_source: "select id from private.data_sources where name = 'Rates'",
  destination_id: 'select id from private.destinations',
  install_id: 'select id from public.marketplace_installs where listing_id is not null',
  listing_id: 'select listing_id as id from public.marketplace_installs where listing_id is not null',
  own_listing_id: "select listing_id as id from private.marketplace_publishers where name_form = 'draft'",
  theme_id: "select id from public.themes where visibility = 'workspace'",
  own_theme_id: "select id from public.themes where visibility = 'personal'",
  agent_id: 'select id from private.agents',
  invitation: 'select id from public.workspace_invitations',
  question: 'select question_hash as id from private.widget_data',
  answer_id: 'select id from private.answers',
  hash: 'select hash as id from private.widget_snapshots',
  content_hash: 'select content_hash as id from public.marketplace_installs where listing_id is not null',
  view: "select view_id as id from public.widgets where component_key = 'panel'",
  panel: "select id from public.widgets where component_key = 'panel'",
}

/** The ids of things of `ours` that calls name. */
export type Things = Record<keyof typeof found | 'next_hash', string>

export async function thingsOf(client: pg.Client): Promise<Things> {
  const idOf = async (name: string, sql: string, value: string) => {
    const { rows } = await client.query<{ id: string }>(`${sql} limit 1`, [value])
    if (!rows[0]?.id) throw new Error(`There is no ${name}: furnish it.`)
    return rows[0].id
  }
  const things: Record<string, string> = {}
  for (const [name, sql] of Object.entries(found))
    things[name] = await idOf(
      name,
      `${sql} ${sql.includes(' where ') ? 'and' : 'where'} workspace_id = $1`,
      ours,
    )
  things.next_hash = await idOf(
    'next_hash',
    "select content_hash as id from public.marketplace_versions where version = '2.0.0' and listing_id = $1",
    things.listing_id ?? '',
  )
  return things as Things
}

const key = '00000000-0000-4000-8000-00000000aaaa'
const today = new Date().toISOString().slice(0, 10)

/** What a call is given beside the workspace; a function that needs nothing else stands here only for what it may take. */
export const inputsOf = (things: Things): Record<string, object[]> => ({
  accept_proposal: [{ proposal_id: things.proposal_id }],
  activate_theme: [
    { theme_id: things.theme_id },
    { theme_id: things.own_theme_id },
    { theme_id: null },
    { theme_id: 'ocean' },
  ],
  activate_view: Object.values(views).map((view_id) => ({ view_id })),
  admin_remove_member: [{ email: 'member@example.com' }],
  admin_set_member: [
    { email: 'member@example.com', role: 'viewer' },
    { email: 'outsider@example.com', role: 'caretaker' },
  ],
  ai_usage_report: [{ from_day: today, to_day: today, by: 'person' }],
  answer_ticket: [{ id: ticketIds.member, body: 'There.', idempotency_key: key }],
  begin_answer: [
    { idempotency_key: key, content: 'And now?', conversation_id: things.conversation_id },
    { idempotency_key: key, content: 'Who?', agent_id: assistant, view_id: views.shared },
    { idempotency_key: key, content: 'Who?', agent_id: things.agent_id },
    { idempotency_key: key, regenerate_of: things.answer_id },
    { idempotency_key: key, continue_of: things.answer_id },
  ],
  answer_parts: [{ answer_id: things.answer_id }],
  begin_checkout: [{ price: 'premium_monthly_eur' }],
  branch_conversation: [{ conversation_id: things.conversation_id, number: 2 }],
  change_member: [
    { user_id: ids.member, role: 'caretaker' },
    { user_id: ids.viewer, status: 'suspended' },
    { user_id: ids.suspended, status: 'active' },
    { user_id: ids.admin, role: 'member' },
  ],
  check_data_source: [{ document: shop }],
  claim_widget_questions: [
    { questions: [things.question] },
    { questions: [things.question], is_forced: true },
  ],
  close_ticket: [{ id: ticketIds.member }],
  create_api_key: [{ name: 'Till', scopes: ['dashboards.read'] }],
  create_invitation: [
    { email: 'more@example.com', role: 'viewer' },
    { email: 'guest@example.com', role: 'caretaker' },
  ],
  create_view: [{ name: 'Mine' }, { name: 'Ours', visibility: 'workspace', layout: contractView.layout }],
  data_source_request: [{ id: things.source }],
  delete_agent: [{ agent_id: things.agent_id }],
  delete_component: [{ key: 'gauge' }, { key: 'panel' }, { key: 'for-viewers' }, { key: 'spare' }],
  delete_conversation: [{ conversation_id: things.conversation_id }],
  delete_data_source: [{ id: things.source }, { id: things.other_source }],
  delete_destination: [{ id: things.destination_id }],
  delete_listing: [{ listing_id: things.own_listing_id }],
  delete_theme: [{ theme_id: things.theme_id }],
  delete_workspace: [{ name: 'Ours, furnished' }],
  get_agent: [{ agent_id: things.agent_id }, { agent_id: assistant }],
  get_component: [{ key: 'panel' }, { key: 'for-admins' }, { key: 'panel', version: '1.0.0' }],
  get_conversation: [{ conversation_id: things.conversation_id }],
  get_dashboard: [{}, { view_id: views.shared }],
  get_data_source: [{ id: things.source }],
  get_kept_widget_data: [{ hash: things.hash }],
  get_listing: [{ listing_id: things.listing_id }, { listing_id: things.own_listing_id }],
  get_member: [{ user_id: ids.member }, { user_id: ids.suspended }],
  get_theme: [{ theme_id: things.theme_id }],
  export_theme: [{ theme_id: things.theme_id }],
  get_ticket: [{ id: ticketIds.member }, { id: ticketIds.bystander }],
  get_ticket_to_answer: [{ id: ticketIds.member }],
  get_view: Object.values(views).map((view_id) => ({ view_id })),
  get_widget_data: [
    { view_id: views.shared },
    { widget_ids: [...Object.values(widgetIds), things.panel] },
    { widget_ids: [things.panel] },
  ],
  grant_plan: [{ plan: 'free' }, { plan: 'premium' }],
  import_dashboard: [
    {
      document: dashboardOf({
        components: [gauge],
        themes: [{ ...contractTheme, id: 'paper', name: 'Paper' }],
        views: [{ ...contractView, id: 'overview' }],
        preferences: {},
      }),
    },
  ],
  import_theme: [{ document: contractTheme }, { document: contractTheme, visibility: 'personal' }],
  import_view: [{ document: contractView }, { document: contractView, visibility: 'workspace' }],
  ingest_metrics: [
    { points: JSON.stringify([point({ key: 'revenue', id: 'point-1' }), point({ key: 'visits' })]) },
  ],
  install_listing: [
    { listing_id: things.listing_id, version: '1.0.0', content_hash: things.content_hash },
    { listing_id: things.listing_id, version: '2.0.0', content_hash: things.next_hash },
  ],
  keep_billing_customer: [{ customer_id: 'cus_other', livemode: false }],
  keep_checkout_session: [{ session: session() }],
  list_audit_log: [{ per_page: 100 }, { table_name: 'themes' }, { actor_id: ids.member }],
  list_conversations: [{}, { archived: true }],
  list_deliveries: [{ destination_id: things.destination_id }],
  list_invitations: [{}, { search: 'guest' }],
  list_members: [
    {},
    { search: 'member' },
    { role: 'member' },
    { status: 'suspended' },
    { status: 'invited' },
  ],
  list_proposals: [{ conversation_id: things.conversation_id }],
  my_access: [
    ...Object.values(views).map((resource_id) => ({ resource_type: 'dashboard', resource_id })),
    ...Object.values(widgetIds).map((resource_id) => ({ resource_type: 'widget', resource_id })),
  ],
  my_ai_usage: [{ from_day: today, to_day: today, by: 'model' }],
  note_on_ticket: [{ id: ticketIds.member, body: 'Look here.' }],
  open_ticket: [{ subject: 'Help', body: 'Where?', idempotency_key: key }],
  patch_preferences: [{ patch: { locale: 'fr' } }, { patch: { active_theme_id: things.theme_id } }],
  pin_install: [{ install_id: things.install_id }],
  prepare_bundle: [
    { kind: 'component', id: 'for-viewers' },
    { kind: 'theme', id: things.theme_id },
    { kind: 'view', id: views.shared },
  ],
  preview_plan_change: [{ plan: 'free' }],
  preview_upgrade: [{ install_id: things.install_id }],
  publish_component: [{ document: { ...gauge, version: '3.0.0' } }, { document: { ...gauge, id: 'other' } }],
  query_metrics: [{ type: 'stats', query: { metric: 'revenue' } }],
  rate_listing: [{ listing_id: things.listing_id, stars: 2 }],
  reject_proposal: [{ proposal_id: things.proposal_id }],
  remove_install: [{ install_id: things.install_id }],
  remove_member: [{ user_id: ids.member }, { user_id: ids.viewer }, { user_id: ids.admin }],
  reopen_ticket: [{ id: ticketIds.member }],
  replay_deliveries: [{ destination_id: things.destination_id }],
  reply_to_ticket: [{ id: ticketIds.member, body: 'And this?', idempotency_key: key }],
  resend_invitation: [{ id: things.invitation }],
  revoke_invitation: [{ id: things.invitation }],
  roll_back_install: [{ install_id: things.install_id }],
  rotate_destination_secret: [{ id: things.destination_id }],
  save_agent: [
    { document: agent },
    { document: { ...agent, name: 'Analyst II' }, agent_id: things.agent_id, version: 1 },
  ],
  save_ai_settings: [{ document: { personBudget: 500 } }],
  save_data_source: [
    { document: { ...shop, name: 'Till' } },
    { document: { ...shop, name: 'Till' }, id: things.source, version: 1 },
  ],
  save_destination: [
    { document: { ...webhook, name: 'Till' } },
    { document: { ...webhook, name: 'Till' }, id: things.destination_id, version: 1 },
  ],
  save_listing: [{ document: dial }, { document: dial, listing_id: things.own_listing_id }],
  search: [{ query: 'member' }, { query: 'view' }, { query: 'help' }],
  search_conversations: [{ search: 'revenue' }],
  send_test_event: [{ destination_id: things.destination_id }],
  set_analytics_policy: [{ by_person: false }],
  set_default_theme: [{ theme_id: things.theme_id }, { theme_id: null }],
  set_default_view: [{ view_id: views.shared }, { view_id: null }],
  set_role_default_view: [
    { role_key: 'viewer', view_id: views.shared },
    { role_key: 'viewer' },
    { view_id: views.shared },
  ],
  store_widget_data: [{ answers: '[]' }],
  submit_listing: [{ listing_id: things.own_listing_id }],
  track: [{ events: JSON.stringify([event(), opened(views.shared)]) }],
  transfer_workspace: [{ user_id: ids.member }],
  update_conversation: [{ conversation_id: things.conversation_id, patch: { title: 'Revenue' } }],
  update_theme: [{ theme_id: things.theme_id, patch: { name: 'Ink' } }],
  update_ticket: [{ id: ticketIds.member, status: 'solved', priority: 'high' }],
  update_workspace_settings: [{ patch: { name: 'Others' } }, { patch: { timezone: 'Europe/Paris' } }],
  upgrade_install: [{ install_id: things.install_id, version: '2.0.0', content_hash: things.next_hash }],
  compare_view_versions: [{ view_id: things.view, from_version: 1 }],
  delete_view: Object.values(views).map((view_id) => ({ view_id })),
  duplicate_view: [{ view_id: views.shared }, { view_id: things.view }],
  explain_access: [
    ...Object.values(views).map((resource_id) => ({
      resource_type: 'dashboard',
      resource_id,
      user_id: ids.viewer,
    })),
    ...Object.values(widgetIds).map((resource_id) => ({
      resource_type: 'widget',
      resource_id,
      user_id: ids.viewer,
    })),
  ],
  export_view: [{ view_id: things.view }, { view_id: views.shared }],
  get_view_version: [{ view_id: views.shared, version: 1 }],
  keep_widget_data: [{ widget_id: things.panel }],
  list_view_versions: [{ view_id: views.shared }, { view_id: things.view }],
  restore_view: [{ view_id: views.deleted }],
  restore_view_version: [{ view_id: views.shared, version: 1 }],
  save_layout: [{ view_id: views.shared, layout: contractView.layout, expected_version: 1 }],
  save_view: [{ view_id: views.shared, document: { ...contractView, name: 'Saved' }, expected_version: 1 }],
  see_as: [
    { view_id: views.shared, role_key: 'viewer' },
    { view_id: things.view, role_key: 'caretaker' },
  ],
  stop_answer: [{ answer_id: things.answer_id }],
  view_audience: [{ view_id: views.shared }, { view_id: things.view }],
  watch_view: [{ view_id: views.shared }, { view_id: things.view }],
  revoke_api_key: [{ key_id: apiKeyId }],
  rotate_api_key: [{ key_id: apiKeyId }],
  widget_answer: [{ question: things.question }],
  widgets_to_refresh: [
    { view_id: views.shared },
    { widget_ids: [things.panel] },
    { widget_ids: [things.panel], is_forced: true },
  ],
  withdraw_listing: [{ listing_id: things.own_listing_id }],
  workspace_analytics: [{}, { period: '90d' }],
  workspace_analytics_csv: [{ period: '7d', part: 'views' }],
})
