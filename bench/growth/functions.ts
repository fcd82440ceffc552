import { createHash, randomUUID } from 'node:crypto'
import type { Growth } from './growth.ts'
import { marketplaceCalls } from './marketplace.ts'
import type { Place } from './place.ts'

/** How a function is called to be measured. */
export interface Call {
  /** Its arguments by name; those that have a default may be left out. */
  arguments?(place: Place): Record<string, unknown> | Promise<Record<string, unknown>>
  /** A member, unless it takes more. */
  as?: 'admin'
  /** Why its answer is larger for who has more, which is then no growth. */
  answer?: { grows: string }
  /** Why it grows all the same. */
  grows?: Growth
}

const inWorkspace = ({ workspace }: Place) => ({ workspace_id: workspace })
const ofView = ({ view }: Place) => ({ view_id: view })
const viewInWorkspace = ({ workspace, view }: Place) => ({ workspace_id: workspace, view_id: view })
const ofComponent = ({ workspace }: Place) => ({ workspace_id: workspace, key: 'gauge-1' })
const builtInTheme = ({ workspace }: Place) => ({ workspace_id: workspace, theme_id: 'default' })
const sharedTheme = async ({ workspace, ask }: Place) => ({
  workspace_id: workspace,
  theme_id: await ask(
    `select min(id::text) as answer from public.themes where workspace_id = $1 and visibility = 'workspace'`,
    [workspace],
  ),
})
const ofMember = ({ workspace, member }: Place) => ({ workspace_id: workspace, user_id: member })
const invitation = async ({ workspace, ask }: Place) => ({
  workspace_id: workspace,
  id: await ask('select min(id::text) as answer from public.workspace_invitations where workspace_id = $1', [
    workspace,
  ]),
})
const apiKey = async ({ workspace, ask }: Place) => {
  const made = await ask(`select public.create_api_key($1, 'Shop', '{dashboards.read}') as answer`, [
    workspace,
  ])
  return { key_id: (made as { id: string }).id }
}
const layoutOf = async ({ view, ask }: Place) => {
  const document = (await ask('select public.get_view($1) as answer', [view])) as Record<string, unknown>
  return { document, version: document.version, layout: document.layout }
}

const savedSource = ({ workspace }: Place) => ({
  workspace_id: workspace,
  document: { kind: 'static', name: 'Answers', data: { value: 42 } },
})
const oneSource = async ({ workspace, ask }: Place) => ({
  workspace_id: workspace,
  id: await ask("select public.list_data_sources($1) -> 0 ->> 'id' as answer", [workspace]),
})

const destination = {
  kind: 'slack',
  name: 'Channel',
  url: 'https://hooks.slack.com/services/T0/B0/x',
  events: ['view.created'],
}
const webhook = { ...destination, kind: 'webhook', url: 'https://example.com/' }
/** One of its own: what is made here is taken back with the call. */
const made =
  (document: typeof destination) =>
  async ({ workspace, ask }: Place) => {
    const saved = await ask('select public.save_destination($1, $2) as answer', [workspace, document])
    return { workspace_id: workspace, id: (saved as { id: string }).id }
  }
/** The one of the fixture, with what was sent to it. */
const oneDestination = async ({ workspace, ask }: Place) => ({
  workspace_id: workspace,
  destination_id: await ask("select public.list_destinations($1) -> 0 ->> 'id' as answer", [workspace]),
})

const question = async ({ workspace, ask }: Place) => {
  const begun = await ask(
    `select public.begin_answer($1, gen_random_uuid(), 'How is revenue?',
       agent_id => 'a0000000-0000-4000-8000-000000000001') as answer`,
    [workspace],
  )
  return begun as { answerId: string; conversationId: string }
}
const conversation = async (place: Place) => ({
  workspace_id: place.workspace,
  conversation_id: (await question(place)).conversationId,
})
/** One of the fixture, with its answer. */
const answered = async ({ workspace, ask }: Place) => ({
  workspace_id: workspace,
  // The one that everybody has: in another a question may be open.
  conversation_id: await ask(
    `select jsonb_path_query_first(public.list_conversations($1), '$.conversations[*] ? (@.title == "Numbers")')
       ->> 'id' as answer`,
    [workspace],
  ),
})
const proposal = async (place: Place) => {
  const { workspace_id, conversation_id } = await answered(place)
  const id = await place.ask("select public.list_proposals($1, $2) -> 0 ->> 'id' as answer", [
    workspace_id,
    conversation_id,
  ])
  return { workspace_id, proposal_id: id }
}
const analyst = { name: 'Analyst', kind: 'analyst', instructions: 'Explain.' }
const agent = async ({ workspace, ask }: Place) => {
  const made = await ask('select public.save_agent($1, $2) as answer', [workspace, JSON.stringify(analyst)])
  return { workspace_id: workspace, agent_id: (made as { id: string }).id }
}
const month = ({ workspace }: Place) => ({
  workspace_id: workspace,
  from_day: '2026-01-01',
  to_day: '2026-01-31',
  by: 'day',
})
const ticket = async ({ workspace, person, ask }: Place) => ({
  workspace_id: workspace,
  id: await ask(
    'select min(id::text) as answer from public.support_tickets where workspace_id = $1 and opened_by = $2',
    [workspace, person],
  ),
})

/** Nobody writes to a ticket that is closed. */
const reopened = async (place: Place) => {
  const one = await ticket(place)
  await place.ask('select public.reopen_ticket($1, $2::uuid) as answer', [one.workspace_id, String(one.id)])
  return one
}

/** Every function that a signed-in person can call. A missing one fails the bench. */
export const calls: Record<string, Call> = {
  create_api_key: {
    arguments: ({ workspace }) => ({ workspace_id: workspace, name: 'Shop', scopes: ['dashboards.read'] }),
    as: 'admin',
  },
  list_api_keys: { arguments: inWorkspace, as: 'admin' },
  revoke_api_key: { arguments: apiKey, as: 'admin' },
  rotate_api_key: { arguments: apiKey, as: 'admin' },
  accept_invitation: { arguments: ({ token }) => ({ token }) },
  decline_my_invitation: { arguments: ({ person }) => ({ id: person }) },
  accept_my_invitation: { arguments: ({ person }) => ({ id: person }) },
  activate_theme: { arguments: builtInTheme },
  activate_view: { arguments: viewInWorkspace },
  active_theme: { arguments: inWorkspace },
  active_view: { arguments: inWorkspace },
  available_components: {
    arguments: inWorkspace,
    answer: { grows: 'all components of the workspace, at most 200' },
  },
  change_member: { arguments: (place) => ({ ...ofMember(place), role: 'viewer' }), as: 'admin' },
  compare_view_versions: { arguments: (place) => ({ ...ofView(place), from_version: 1 }) },
  create_invitation: {
    arguments: ({ workspace }) => ({ workspace_id: workspace, email: 'ada@example.com', role: 'viewer' }),
    as: 'admin',
  },
  create_view: { arguments: ({ workspace }) => ({ workspace_id: workspace, name: 'Mine' }) },
  create_workspace: { arguments: () => ({ name: 'Mine' }) },
  delete_component: { arguments: ofComponent, as: 'admin' },
  delete_my_account: {
    grows: { because: 'it ends every membership', limits: [{ milliseconds: 10, of: 'workspaces', per: 1 }] },
  },
  delete_view: { arguments: ofView, as: 'admin' },
  delete_theme: { arguments: sharedTheme },
  delete_workspace: {
    arguments: async ({ workspace, ask }) => ({
      workspace_id: workspace,
      name: await ask('select name as answer from public.workspaces where id = $1', [workspace]),
    }),
    as: 'admin',
    grows: {
      because: 'it deletes all that is in the workspace, of every kind as many',
      limits: [{ milliseconds: 900, of: 'things', per: 1_000 }],
    },
  },
  duplicate_view: { arguments: ofView },
  explain_access: { arguments: ({ view }) => ({ resource_type: 'dashboard', resource_id: view }) },
  export_dashboard: { arguments: inWorkspace },
  export_dashboard_part: { arguments: inWorkspace },
  export_my_data: { arguments: () => ({ part: 'audit' }), answer: { grows: 'at most 500 rows' } },
  export_theme: { arguments: builtInTheme },
  export_view: { arguments: ofView },
  get_component: { arguments: ofComponent },
  get_dashboard: { arguments: viewInWorkspace },
  get_member: { arguments: ofMember },
  get_preferences: { arguments: inWorkspace },
  get_theme: { arguments: builtInTheme },
  get_view: { arguments: ofView },
  get_view_version: { arguments: (place) => ({ ...ofView(place), version: 1 }) },
  import_dashboard: {
    arguments: async ({ workspace, ask }) => ({
      workspace_id: workspace,
      document: await ask('select public.export_dashboard($1) as answer', [workspace]),
    }),
  },
  import_theme: {
    arguments: async ({ workspace, ask }) => ({
      workspace_id: workspace,
      document: await ask(`select public.export_theme($1, 'default') as answer`, [workspace]),
    }),
  },
  import_view: {
    arguments: async ({ workspace, view, ask }) => ({
      workspace_id: workspace,
      document: await ask('select public.export_view($1) as answer', [view]),
    }),
  },
  ingest_metrics: {
    arguments: ({ workspace }) => ({
      workspace_id: workspace,
      points: JSON.stringify(
        Array.from({ length: 100 }, (_, place) => ({
          key: 'revenue',
          time: new Date(Date.now() - place * 60_000).toISOString(),
          value: place,
          dimensions: { category: `Category ${place % 5}` },
          id: `${Date.now()}-${place}`,
        })),
      ),
    }),
  },
  leave_workspace: { arguments: inWorkspace },
  list_audit_log: { arguments: (place) => ({ ...inWorkspace(place), per_page: 20 }), as: 'admin' },
  list_deleted_views: { arguments: inWorkspace, as: 'admin' },
  list_invitations: {
    arguments: (place) => ({ ...inWorkspace(place), per_page: 20 }),
    as: 'admin',
    grows: {
      because: 'a page says how many there are',
      limits: [{ milliseconds: 10, of: 'things', per: 1_000 }],
    },
  },
  list_members: {
    arguments: (place) => ({ ...inWorkspace(place), per_page: 20 }),
    grows: {
      because: 'a page says how many there are, sorted by name',
      limits: [{ milliseconds: 10, of: 'things', per: 1_000 }],
    },
  },
  list_metrics: { arguments: inWorkspace, answer: { grows: 'all metrics of the workspace, at most 500' } },
  list_notification_preferences: {},
  list_notifications: { arguments: () => ({ per_page: 20, unread_only: true }) },
  list_roles: {
    arguments: inWorkspace,
    grows: {
      because: 'it counts the people in each role',
      limits: [{ milliseconds: 1, of: 'things', per: 1_000 }],
    },
  },
  list_themes: {
    arguments: inWorkspace,
    answer: { grows: 'all themes of the workspace, at most 200 shared' },
  },
  list_view_versions: { arguments: ofView },
  list_views: { arguments: inWorkspace, answer: { grows: 'all views that the person sees' } },
  mark_notifications: {},
  my_access: {
    arguments: ({ workspace, widget }) => ({
      workspace_id: workspace,
      resource_type: 'widget',
      resource_id: widget,
    }),
  },
  my_invitations: {},
  patch_preferences: {
    arguments: ({ workspace }) => ({ workspace_id: workspace, patch: { sidebar_collapsed: true } }),
  },
  preview_invitation: { arguments: ({ token }) => ({ token }) },
  publish_component: {
    arguments: async ({ workspace, ask }) => {
      const component = await ask(
        `select to_jsonb(c) as answer from public.get_component($1, 'gauge-1') as c`,
        [workspace],
      )
      return { workspace_id: workspace, document: publishable(component as Record<string, unknown>) }
    },
    as: 'admin',
  },
  remove_member: { arguments: ofMember, as: 'admin' },
  resend_invitation: { arguments: invitation, as: 'admin' },
  restore_view: { arguments: ({ deletedView }) => ({ view_id: deletedView }), as: 'admin' },
  restore_view_version: { arguments: (place) => ({ ...ofView(place), version: 1 }) },
  revoke_invitation: { arguments: invitation, as: 'admin' },
  save_layout: {
    arguments: async (place) => {
      const { layout, version } = await layoutOf(place)
      return { ...ofView(place), layout, expected_version: version }
    },
  },
  save_view: {
    arguments: async (place) => {
      const { document, version } = await layoutOf(place)
      return { ...ofView(place), document, expected_version: version }
    },
  },
  session_context: { answer: { grows: 'all workspaces of the person' } },
  set_default_theme: { arguments: builtInTheme, as: 'admin' },
  set_default_view: { arguments: viewInWorkspace },
  see_as: { arguments: (place) => ({ ...ofView(place), role_key: 'viewer' }), as: 'admin' },
  set_notification_preference: { arguments: () => ({ kind: 'view_shared', delivery: 'both' }) },
  set_role_default_view: {
    arguments: (place) => ({ ...viewInWorkspace(place), role_key: 'member' }),
    as: 'admin',
  },
  transfer_workspace: { arguments: ofMember, as: 'admin' },
  update_theme: {
    arguments: async (place) => ({ ...(await sharedTheme(place)), patch: { name: 'Paper' } }),
  },
  update_workspace_settings: {
    arguments: ({ workspace }) => ({ workspace_id: workspace, patch: { timezone: 'UTC' } }),
    as: 'admin',
  },
  view_audience: { arguments: ofView, as: 'admin' },
  watch_view: { arguments: ofView },
  // Data sources and the data of widgets.
  available_data_sources: {
    arguments: inWorkspace,
    answer: { grows: 'all sources of the workspace, at most 100' },
  },
  check_data_source: { arguments: savedSource, as: 'admin' },
  delete_data_source: { arguments: oneSource, as: 'admin' },
  get_data_source: { arguments: oneSource, as: 'admin' },
  get_kept_widget_data: {
    // The first of the fixture, which keeps each under the hash of its number.
    arguments: (place) => ({ ...inWorkspace(place), hash: createHash('sha256').update('1').digest('hex') }),
  },
  get_widget_data: { arguments: ofView },
  keep_widget_data: { arguments: ({ widget }) => ({ widget_id: widget }) },
  list_data_sources: {
    arguments: inWorkspace,
    as: 'admin',
    answer: { grows: 'all sources of the workspace, at most 100' },
  },
  report_widget_reads: { arguments: (place) => ({ ...inWorkspace(place), hits: 8 }) },
  save_data_source: { arguments: savedSource, as: 'admin' },
  query_metrics: {
    arguments: (place) => ({
      ...inWorkspace(place),
      type: 'stats',
      query: { metric: 'revenue', period: '7d' },
    }),
  },
  widgets_to_refresh: { arguments: ofView },
  // Where events go.
  delete_destination: { arguments: made(destination), as: 'admin' },
  list_deliveries: { arguments: oneDestination, as: 'admin' },
  list_destinations: {
    arguments: inWorkspace,
    as: 'admin',
    answer: { grows: 'all destinations of the workspace, at most 50' },
  },
  list_integrations: {
    arguments: inWorkspace,
    as: 'admin',
    answer: { grows: 'all data sources and destinations of the workspace, at most 150' },
  },
  replay_deliveries: { arguments: oneDestination, as: 'admin' },
  rotate_destination_secret: { arguments: made(webhook), as: 'admin' },
  save_destination: {
    arguments: (place) => ({ ...inWorkspace(place), document: destination }),
    as: 'admin',
  },
  send_test_event: { arguments: oneDestination, as: 'admin' },
  // Buying.
  begin_checkout: {
    arguments: (place) => ({ ...inWorkspace(place), lookup_key: 'premium_monthly_eur' }),
    as: 'admin',
  },
  billing_state: { arguments: inWorkspace, as: 'admin' },
  // Agents, their conversations and what they cost.
  accept_proposal: { arguments: proposal },
  ai_usage_report: { arguments: month, as: 'admin' },
  answer_parts: { arguments: async (place) => ({ answer_id: (await question(place)).answerId }) },
  begin_answer: {
    arguments: ({ workspace }) => ({
      workspace_id: workspace,
      idempotency_key: crypto.randomUUID(),
      content: 'How is revenue?',
      agent_id: 'a0000000-0000-4000-8000-000000000001',
    }),
  },
  branch_conversation: { arguments: async (place) => ({ ...(await answered(place)), number: 2 }) },
  delete_agent: { arguments: agent },
  delete_conversation: { arguments: conversation },
  get_agent: { arguments: agent },
  get_ai_settings: { arguments: inWorkspace, as: 'admin' },
  get_conversation: { arguments: answered },
  list_agents: { arguments: inWorkspace, answer: { grows: 'all agents that the person may ask' } },
  list_ai_models: { arguments: inWorkspace },
  list_conversations: { arguments: inWorkspace },
  list_proposals: { arguments: answered },
  my_ai_usage: { arguments: month },
  reject_proposal: { arguments: proposal },
  save_agent: { arguments: ({ workspace }) => ({ workspace_id: workspace, document: analyst }) },
  save_ai_settings: {
    arguments: ({ workspace }) => ({ workspace_id: workspace, document: {} }),
    as: 'admin',
  },
  search: { arguments: ({ workspace }) => ({ workspace_id: workspace, query: 'revenu' }) },
  search_conversations: { arguments: ({ workspace }) => ({ workspace_id: workspace, search: 'revenue' }) },
  stop_answer: { arguments: async (place) => ({ answer_id: (await question(place)).answerId }) },
  update_conversation: {
    arguments: async (place) => ({ ...(await conversation(place)), patch: { title: 'Numbers' } }),
  },
  // Support.
  close_ticket: { arguments: ticket },
  get_ticket: { arguments: ticket },
  list_tickets: { arguments: (place) => ({ ...inWorkspace(place), per_page: 20 }) },
  open_ticket: {
    arguments: (place) => ({
      ...inWorkspace(place),
      subject: 'Help',
      body: 'Where is it?',
      idempotency_key: randomUUID(),
    }),
  },
  reopen_ticket: { arguments: ticket },
  reply_to_ticket: {
    arguments: async (place) => ({ ...(await reopened(place)), body: 'Help', idempotency_key: randomUUID() }),
  },
  // How a workspace is used.
  analytics_choice: { arguments: inWorkspace },
  analytics_view: { arguments: inWorkspace, as: 'admin' },
  answer_survey: { arguments: () => ({ score: 9 }) },
  my_survey: {},
  set_analytics_choice: { arguments: () => ({ is_counted: true }) },
  set_analytics_policy: { arguments: (place) => ({ ...inWorkspace(place), by_person: false }), as: 'admin' },
  track: {
    arguments: ({ workspace, view }) => ({
      workspace_id: workspace,
      events: JSON.stringify(
        Array.from({ length: 100 }, () => ({
          id: randomUUID(),
          at: new Date().toISOString(),
          kind: 'view_opened',
          viewId: view,
        })),
      ),
    }),
  },
  workspace_analytics: { arguments: (place) => ({ ...inWorkspace(place), period: '1y' }), as: 'admin' },
  workspace_analytics_csv: {
    arguments: (place) => ({ ...inWorkspace(place), period: '1y', part: 'series' }),
    as: 'admin',
  },
  ...marketplaceCalls,
  // Plans and what they allow.
  entitlements: { arguments: inWorkspace },
  preview_plan_change: {
    arguments: (place) => ({ ...inWorkspace(place), plan: 'free' }),
    as: 'admin',
    grows: {
      because: 'it puts all that is limited into the order in which it is kept',
      limits: [{ milliseconds: 20, of: 'things', per: 1_000 }],
    },
  },
}

/** A component as it is published: a document of its own, of another id. */
function publishable({
  type,
  title,
  description,
  icon,
  allowedRoles,
  sizeConfig,
  defaultConfig,
  configSchema,
}: Record<string, unknown>): Record<string, unknown> {
  return {
    id: 'dial',
    version: '1.0.0',
    type,
    title,
    description,
    icon,
    allowedRoles,
    sizeConfig,
    defaultConfig,
    configSchema,
  }
}
