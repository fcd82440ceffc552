/** Every column of an invitation but the hash of its token. */
const invitationColumns = [
  'accepted_at',
  'accepted_by',
  'created_at',
  'email',
  'expires_at',
  'id',
  'invited_by',
  'revoked_at',
  'role_key',
  'workspace_id',
]

/**
 * Everything that is granted on the objects of `public` and `private`, as data: what is not written here fails the
 * guard, and what is written here and gone fails it too. Owners are left out.
 */
export const granted: Record<string, Record<string, string[]>> = {
  'schema private': { authenticated: ['usage'], service_role: ['usage'] },

  'table public.permissions': { authenticated: ['select'], service_role: ['select'] },
  'table public.profiles': {
    authenticated: ['select', 'update(avatar_path)', 'update(locale)', 'update(name)'],
    service_role: ['select', 'update'],
  },
  'table public.workspaces': {
    authenticated: ['select', 'update(name)', 'update(settings)'],
    service_role: ['delete', 'insert', 'select', 'update'],
  },

  // For clients.
  'function public.create_workspace(text)': { authenticated: ['execute'] },

  // For policies, which run as the caller.
  'function private.people_in_reach()': { authenticated: ['execute'] },
  'function private.workspaces_with(text)': { authenticated: ['execute'] },

  // For the invoker functions and the validation triggers, which run as whoever calls or writes.
  'function private.clean_text(text)': { authenticated: ['execute'], service_role: ['execute'] },
  'function private.create_workspace(text)': { authenticated: ['execute'] },
  'function private.error_status(text)': { authenticated: ['execute'], service_role: ['execute'] },
  'function private.new_workspace_id()': { service_role: ['execute'] },
  'function private.permissions_in(text)': { authenticated: ['execute'] },
  'function private.require_held(text,text[])': { authenticated: ['execute'] },
  'function private.require_permission(text,text)': { authenticated: ['execute'] },
  'function private.require_premium(text,text)': { authenticated: ['execute'] },
  'function private.require_workspace_id(text)': { authenticated: ['execute'] },
  'function private.raise_error(text,text,text,text)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },
  'function private.raise_invalid_input(text,text,text)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },

  // Invitations and grants on single things.
  'table public.resource_grants': {
    authenticated: [
      'delete',
      'insert(access)',
      'insert(resource_id)',
      'insert(resource_type)',
      'insert(role_key)',
      'insert(user_id)',
      'insert(workspace_id)',
      'select',
      'update(access)',
    ],
    service_role: ['select'],
  },
  'table public.workspace_invitations': {
    authenticated: invitationColumns.map((column) => `select(${column})`),
    service_role: invitationColumns.map((column) => `select(${column})`),
  },
  'function private.accept_invitation(text)': { authenticated: ['execute'] },
  'function private.active_workspaces()': { authenticated: ['execute'] },
  'function private.create_invitation(text,text,text)': { authenticated: ['execute'] },
  'function private.my_access(text,text,uuid)': { authenticated: ['execute'] },
  'function private.preview_invitation(text)': { anon: ['execute'], authenticated: ['execute'] },
  'function private.resend_invitation(text,uuid)': { authenticated: ['execute'] },
  'function private.revoke_invitation(text,uuid)': { authenticated: ['execute'] },
  'function public.accept_invitation(text)': { authenticated: ['execute'] },
  'function public.create_invitation(text,text,text)': { authenticated: ['execute'] },
  'function public.my_access(text,text,uuid)': { authenticated: ['execute'] },
  'function public.preview_invitation(text)': { anon: ['execute'], authenticated: ['execute'] },
  'function public.resend_invitation(text,uuid)': { authenticated: ['execute'] },
  'function public.revoke_invitation(text,uuid)': { authenticated: ['execute'] },

  // Members and roles.
  'table public.workspace_members': {
    authenticated: ['delete', 'select', 'update(role_key)', 'update(status)'],
    service_role: ['delete', 'select', 'update(role_key)', 'update(status)'],
  },
  'table public.workspace_roles': {
    authenticated: writesRoles(),
    service_role: writesRoles(),
  },
  'function public.change_member(text,uuid,text,text)': { authenticated: ['execute'] },
  'function public.get_member(text,uuid)': { authenticated: ['execute'] },
  'function public.leave_workspace(text)': { authenticated: ['execute'] },
  'function public.list_members(text,text,text,text,text,text,integer,integer)': {
    authenticated: ['execute'],
  },
  'function public.remove_member(text,uuid)': { authenticated: ['execute'] },
  'function private.change_member(text,uuid,text,text)': { authenticated: ['execute'] },
  'function private.get_member(text,uuid)': { authenticated: ['execute'] },
  'function private.leave_workspace(text)': { authenticated: ['execute'] },
  'function private.list_members(text,text,text,text,text,text,integer,integer)': {
    authenticated: ['execute'],
  },
  'function private.refuse_built_in_role(text)': { authenticated: ['execute'], service_role: ['execute'] },
  'function private.remove_member(text,uuid)': { authenticated: ['execute'] },
  'function private.role_is_in_use(text,text)': { authenticated: ['execute'], service_role: ['execute'] },

  // The account: session, export and deletion.
  'table public.plans': { authenticated: ['select'], service_role: ['select'] },
  'function public.delete_my_account()': { authenticated: ['execute'] },
  'function public.export_my_data()': { authenticated: ['execute'] },
  'function public.session_context()': { authenticated: ['execute'] },
  'function private.delete_my_account()': { authenticated: ['execute'] },
  'function private.export_my_data()': { authenticated: ['execute'] },
  'function private.session_context()': { authenticated: ['execute'] },

  // The audit log and the life of a workspace.
  'table public.audit_log': { authenticated: ['select'], service_role: ['select'] },
  'table private.deleted_workspaces': { service_role: ['select'] },
  'function public.delete_workspace(text,text)': { authenticated: ['execute'] },
  'function public.list_audit_log(text,timestamp with time zone,uuid,integer,uuid,text,text,timestamp with time zone,timestamp with time zone)':
    { authenticated: ['execute'] },
  'function public.transfer_workspace(text,uuid)': { authenticated: ['execute'] },
  'function public.update_workspace_settings(text,jsonb)': { authenticated: ['execute'] },
  'function private.delete_workspace(text,text)': { authenticated: ['execute'] },
  'function private.list_audit_log(text,timestamp with time zone,uuid,integer,uuid,text,text,timestamp with time zone,timestamp with time zone)':
    { authenticated: ['execute'] },
  'function private.merge_patch(jsonb,jsonb,integer)': { authenticated: ['execute'] },
  'function private.transfer_workspace(text,uuid)': { authenticated: ['execute'] },

  // Themes and preferences.
  'table public.built_in_themes': { authenticated: ['select'], service_role: ['select'] },
  'table public.default_themes': { authenticated: ['select'], service_role: ['select'] },
  'table public.preferences': { authenticated: ['select'], service_role: ['select'] },
  'table public.themes': { authenticated: writesThemes(), service_role: writesThemes() },
  'function public.activate_theme(text,text)': { authenticated: ['execute'] },
  'function public.active_theme(text)': { authenticated: ['execute'] },
  'function public.export_theme(text,text)': { authenticated: ['execute'] },
  'function public.get_preferences(text)': { authenticated: ['execute'] },
  'function public.get_theme(text,text)': { authenticated: ['execute'] },
  'function public.import_theme(text,jsonb,text)': { authenticated: ['execute'] },
  'function public.list_themes(text)': { authenticated: ['execute'] },
  'function public.patch_preferences(text,jsonb)': { authenticated: ['execute'] },
  'function public.set_default_theme(text,text)': { authenticated: ['execute'] },
  'function private.active_theme(text)': { authenticated: ['execute'] },
  'function private.own_preferences(text)': { authenticated: ['execute'] },
  'function private.active_theme_id(text)': { authenticated: ['execute'] },
  'function private.answer_with_tag(jsonb)': { authenticated: ['execute'] },
  'function private.find_theme(text,text)': { authenticated: ['execute'] },
  'function private.patch_preferences(text,jsonb)': { authenticated: ['execute'] },
  'function private.require_membership(text)': { authenticated: ['execute'] },
  'function private.set_default_theme(text,text)': { authenticated: ['execute'] },
  'function private.theme_not_found()': { authenticated: ['execute'] },
  'function private.color_pattern()': { authenticated: ['execute'], service_role: ['execute'] },
  'function private.document_problem(text,text,text)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },
  'function private.fits_javascript(numeric)': { authenticated: ['execute'], service_role: ['execute'] },
  'function private.json_problem(text,jsonb)': { authenticated: ['execute'], service_role: ['execute'] },
  'function private.keys_problem(text,jsonb,text[],text[])': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },
  'function private.line_problem(text,jsonb,integer,integer)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },
  'function private.refuse_problem(jsonb)': { authenticated: ['execute'], service_role: ['execute'] },
  'function private.text_problem(text,jsonb,text,text)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },
  'function private.theme_colors_problem(text,jsonb)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },
  'function private.theme_document(text,text,text,jsonb,jsonb,jsonb)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },
  'function private.theme_metadata_problem(jsonb)': { authenticated: ['execute'], service_role: ['execute'] },
  'function private.theme_problem(jsonb)': { authenticated: ['execute'], service_role: ['execute'] },
  'function private.theme_tokens()': { authenticated: ['execute'], service_role: ['execute'] },

  // Components.
  'table public.built_in_components': { authenticated: ['select'], service_role: ['select'] },
  'table public.component_types': { authenticated: ['select'], service_role: ['select'] },
  'table public.component_versions': { authenticated: ['select'], service_role: ['select'] },
  'table public.components': { authenticated: ['select'], service_role: ['select'] },
  'function public.available_components(text)': { authenticated: ['execute'] },
  'function public.delete_component(text,text)': { authenticated: ['execute'] },
  'function public.get_component(text,text,text)': { authenticated: ['execute'] },
  'function public.publish_component(text,jsonb)': { authenticated: ['execute'] },
  'function private.component_document(built_in_components,component_types)': { authenticated: ['execute'] },
  'function private.component_document(component_versions,component_types)': { authenticated: ['execute'] },
  'function private.component_not_found()': { authenticated: ['execute'] },
  'function private.component_version_of(text,text,text)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },
  'function private.config_problem(text,jsonb,jsonb)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },
  'function private.delete_component(text,text)': { authenticated: ['execute'] },
  'function private.find_component(text,text,text)': { authenticated: ['execute'] },
  'function private.may_use_component(text,text[])': { authenticated: ['execute'] },
  'function private.publish_component(text,jsonb)': { authenticated: ['execute'] },
  'function private.value_problem(text,jsonb,jsonb)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },
  'function private.version_order(text)': { authenticated: ['execute'] },
  'function private.visible_components()': { authenticated: ['execute'] },

  // Views, their widgets, and who sees which.
  'table public.dashboard_view_shares': { authenticated: writesShares(), service_role: writesShares() },
  'table public.dashboard_views': { authenticated: writesViews(), service_role: writesViews() },
  'table public.role_default_views': { authenticated: ['select'], service_role: ['select'] },
  'table public.widgets': { authenticated: writesWidgets(), service_role: writesWidgets() },
  'function public.activate_view(text,uuid)': { authenticated: ['execute'] },
  'function public.active_view(text)': { authenticated: ['execute'] },
  'function public.compare_view_versions(uuid,bigint,bigint)': { authenticated: ['execute'] },
  'function public.create_view(text,text,text,jsonb,text)': { authenticated: ['execute'] },
  'function public.delete_view(uuid)': { authenticated: ['execute'] },
  'function public.duplicate_view(uuid,text)': { authenticated: ['execute'] },
  'function public.get_dashboard(text,uuid)': { authenticated: ['execute'] },
  'function public.get_view(uuid)': { authenticated: ['execute'] },
  'function public.get_view_version(uuid,bigint)': { authenticated: ['execute'] },
  'function public.list_deleted_views(text)': { authenticated: ['execute'] },
  'function public.list_view_versions(uuid,bigint,integer)': { authenticated: ['execute'] },
  'function public.list_views(text)': { authenticated: ['execute'] },
  'function public.restore_view(uuid)': { authenticated: ['execute'] },
  'function public.restore_view_version(uuid,bigint,bigint,jsonb)': { authenticated: ['execute'] },
  'function public.save_layout(uuid,jsonb,bigint,text,jsonb)': { authenticated: ['execute'] },
  'function public.save_view(uuid,jsonb,bigint,text,jsonb)': { authenticated: ['execute'] },
  'function public.set_default_view(text,uuid)': { authenticated: ['execute'] },
  'function public.set_role_default_view(text,text,uuid)': { authenticated: ['execute'] },
  'function private.active_view(text)': { authenticated: ['execute'] },
  'function private.compare_view_versions(uuid,bigint,bigint)': { authenticated: ['execute'] },
  'function private.create_view(text,text,text,jsonb,text)': { authenticated: ['execute'] },
  'function private.delete_view(uuid)': { authenticated: ['execute'] },
  'function private.duplicate_view(uuid,text)': { authenticated: ['execute'] },
  'function private.get_view(uuid,text)': { authenticated: ['execute'] },
  'function private.get_view_version(uuid,bigint)': { authenticated: ['execute'] },
  'function private.list_view_versions(uuid,bigint,integer)': { authenticated: ['execute'] },
  'function private.list_views(text,boolean)': { authenticated: ['execute'] },
  'function private.restore_view(uuid)': { authenticated: ['execute'] },
  'function private.restore_view_version(uuid,bigint,bigint,jsonb)': { authenticated: ['execute'] },
  'function private.save_layout(uuid,jsonb,bigint,text,jsonb)': { authenticated: ['execute'] },
  'function private.save_view(uuid,jsonb,bigint,text,jsonb)': { authenticated: ['execute'] },
  'function private.sees_view(text,uuid)': { authenticated: ['execute'] },
  'function private.set_default_view(text,uuid)': { authenticated: ['execute'] },
  'function private.set_role_default_view(text,text,uuid)': { authenticated: ['execute'] },
  'function private.view_not_found()': { authenticated: ['execute'] },
  'function private.views_with(text)': { authenticated: ['execute'] },
  'function private.widgets_granted(text)': { authenticated: ['execute'] },
  'function private.widgets_withheld()': { authenticated: ['execute'] },
  'function private.position_problem(text,jsonb)': { authenticated: ['execute'], service_role: ['execute'] },
  'function private.refuse_stale_widget(widgets,widgets)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },
  'function private.size_problem(text,jsonb,boolean)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },
  'function private.whole_number_problem(text,jsonb,integer,integer)': {
    authenticated: ['execute'],
    service_role: ['execute'],
  },

  // Export and import.
  'function private.export_dashboard(text)': { authenticated: ['execute'] },
  'function private.export_view(uuid)': { authenticated: ['execute'] },
  'function private.import_dashboard(text,jsonb)': { authenticated: ['execute'] },
  'function private.import_view(text,jsonb,text)': { authenticated: ['execute'] },
  'function public.export_dashboard(text)': { authenticated: ['execute'] },
  'function public.export_view(uuid)': { authenticated: ['execute'] },
  'function public.import_dashboard(text,jsonb)': { authenticated: ['execute'] },
  'function public.import_view(text,jsonb,text)': { authenticated: ['execute'] },
}

function writesRoles(): string[] {
  return [
    'delete',
    'insert(key)',
    'insert(name)',
    'insert(permissions)',
    'insert(workspace_id)',
    'select',
    'update(name)',
    'update(permissions)',
  ]
}

function writesThemes(): string[] {
  const columns = ['colors', 'metadata', 'name', 'radius', 'version', 'visibility']
  return [
    'delete',
    ...columns.map((column) => `insert(${column})`),
    'insert(workspace_id)',
    'select',
    ...[...columns, 'revision'].map((column) => `update(${column})`),
  ].toSorted()
}

function writesViews(): string[] {
  const columns = ['description', 'gap', 'name', 'row_height', 'visibility']
  return [
    ...columns.map((column) => `insert(${column})`),
    'insert(workspace_id)',
    'select',
    ...columns.map((column) => `update(${column})`),
  ].toSorted()
}

function writesShares(): string[] {
  const columns = ['access', 'role_key', 'user_id', 'view_id', 'workspace_id']
  return ['delete', ...columns.map((column) => `insert(${column})`), 'select', 'update(access)']
}

function writesWidgets(): string[] {
  const columns = ['component_key', 'component_version', 'config', 'height', 'visible', 'width', 'x', 'y']
  return [
    'delete',
    ...[...columns, 'instance_id', 'view_id', 'workspace_id'].map((column) => `insert(${column})`),
    'select',
    ...[...columns, 'version'].map((column) => `update(${column})`),
  ].toSorted()
}
