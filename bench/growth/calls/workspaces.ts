import type { Place } from '../place.ts'
import { type Call, inWorkspace, ofView, themeOf, viewInWorkspace } from './call.ts'

// Workspaces, the people in them, and what they arrange.

const ofComponent = ({ workspace }: Place) => ({ workspace_id: workspace, key: 'gauge-1' })
const builtInTheme = ({ workspace }: Place) => ({ workspace_id: workspace, theme_id: 'default' })
const sharedTheme = async (place: Place) => ({ ...inWorkspace(place), theme_id: await themeOf(place) })
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

export const workspaceCalls: Record<string, Call> = {
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
    deletes: { because: 'every membership', limits: [{ milliseconds: 10, of: 'workspaces', per: 1 }] },
  },
  delete_view: { arguments: ofView, as: 'admin' },
  delete_theme: { arguments: sharedTheme },
  delete_workspace: {
    arguments: async ({ workspace, ask }) => ({
      workspace_id: workspace,
      name: await ask('select name as answer from public.workspaces where id = $1', [workspace]),
    }),
    as: 'admin',
    deletes: {
      because: 'all that is in the workspace, of every kind as many',
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
}

/** A component as it is published: a document of its own, of another id. */
function publishable(component: Record<string, unknown>): Record<string, unknown> {
  return {
    ...Object.fromEntries(published.map((key) => [key, component[key]])),
    id: 'dial',
    version: '1.0.0',
  }
}

const published = [
  'type',
  'title',
  'description',
  'icon',
  'allowedRoles',
  'sizeConfig',
  'defaultConfig',
  'configSchema',
]
