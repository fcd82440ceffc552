import type { PostgrestSingleResponse, SupabaseClient } from '@supabase/supabase-js'
import type {
  Answer,
  Arguments,
  Database,
  EditConflicts,
  ErrorCode,
  ExportDocument,
  FeatureKey,
  Layout,
  PermissionKey,
  PreferencesPatch,
  Resolve,
  SessionWorkspace,
  StoredView,
  Tables,
  TablesInsert,
  TablesUpdate,
  ThemePatch,
  Widget,
} from '../../types/index.ts'
import { editConflictsSchema } from '../../types/index.ts'

// The data layer of a front end: what is written here compiles without a cast, so it does in a front end.

type Client = SupabaseClient<Database>

/** What is refused, by a code that the compiler knows. */
export function isRefusal(error: unknown, code: ErrorCode): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code
}

async function answerOf<Data>(call: PromiseLike<PostgrestSingleResponse<Data>>): Promise<Data> {
  const { data, error } = await call
  if (error) throw error
  return data
}

// Session and workspaces

export const session = (client: Client) => answerOf(client.rpc('session_context', {}, { get: true }))

export const openWorkspaces = async (client: Client) =>
  (await session(client)).workspaces.filter((workspace) => workspace.status === 'active')

export const may = ({ permissions }: SessionWorkspace, permission: PermissionKey): boolean =>
  permissions.includes(permission)

export const offers = ({ features }: SessionWorkspace, feature: FeatureKey): boolean =>
  features.includes(feature)

export const createWorkspace = (client: Client, name: string): Promise<Tables<'workspaces'>> =>
  answerOf(client.rpc('create_workspace', { name }))

export const isPremium = async (client: Client, id: string): Promise<boolean> => {
  const workspace = await answerOf(client.from('workspaces').select('plan_type').eq('id', id).single())
  return workspace.plan_type === 'premium'
}

export const renameWorkspace = (client: Client, id: string, change: TablesUpdate<'workspaces'>) =>
  answerOf(client.from('workspaces').update(change).eq('id', id).select().single())

export const setTimezone = async (client: Client, workspace_id: string, timezone: string) => {
  const patch = { timezone }
  const settings = await answerOf(client.rpc('update_workspace_settings', { workspace_id, patch }))
  return typeof settings.timezone === 'string' ? settings.timezone : 'UTC'
}

// People

export const saveProfile = (client: Client, id: string, change: TablesUpdate<'profiles'>) =>
  answerOf(client.from('profiles').update(change).eq('id', id).select().single())

export const findMembers = async (client: Client, search: Arguments<'list_members'>) => {
  const { total, members } = await answerOf(client.rpc('list_members', search))
  const names = members.map((member) => (member.status === 'invited' ? member.email : member.name))
  return { total, names }
}

export const suspendMember = (client: Client, workspace_id: string, user_id: string) =>
  answerOf(client.rpc('change_member', { workspace_id, user_id, status: 'suspended' }))

export const invitationLink = async (client: Client, invitation: Arguments<'create_invitation'>) => {
  const { token, expiresAt } = await answerOf(client.rpc('create_invitation', invitation))
  return { link: `https://app.example.com/join#${token}`, until: new Date(expiresAt) }
}

export const invitationText = async (client: Client, token: string): Promise<string> => {
  const { inviterName, workspaceName } = await answerOf(client.rpc('preview_invitation', { token }))
  return `${inviterName} invites you to ${workspaceName}.`
}

export const join = async (client: Client, token: string): Promise<string> =>
  (await answerOf(client.rpc('accept_invitation', { token }))).workspace_id

export const rolesThatMay = async (client: Client, workspace_id: string, permission: PermissionKey) => {
  const roles = await answerOf(client.rpc('list_roles', { workspace_id }))
  return roles.filter(({ permissions }) => permissions.includes(permission)).map(({ key }) => key)
}

export const addRole = (client: Client, role: TablesInsert<'workspace_roles'>) =>
  answerOf(client.from('workspace_roles').insert(role).select().single())

export async function* auditLog(client: Client, workspace_id: string) {
  let next: Answer<'list_audit_log'>['next'] = null
  do {
    const page: Answer<'list_audit_log'> = await answerOf(
      client.rpc('list_audit_log', {
        workspace_id,
        per_page: 2,
        before: next?.before ?? null,
        before_id: next?.beforeId ?? null,
      }),
    )
    yield* page.entries.map(({ actor, action, table, changes }) => ({
      what: `${actor.name ?? actor.type}: ${action} ${table}`,
      columns: Object.keys(changes),
    }))
    next = page.next
  } while (next)
}

// The screen

export const screen = async (client: Client, workspace_id: string) => {
  const { view, theme, preferences } = await answerOf(client.rpc('get_dashboard', { workspace_id }))
  return {
    id: 'version' in view ? view.id : null,
    widgets: view.layout.widgets.filter(({ visible }) => visible),
    background: theme.colors[preferences.theme_mode === 'dark' ? 'dark' : 'light'].background,
  }
}

export const preferencesOf = (client: Client, workspace_id: string) =>
  answerOf(client.rpc('get_preferences', { workspace_id }))

export const prefer = (client: Client, workspace_id: string, patch: PreferencesPatch) =>
  answerOf(client.rpc('patch_preferences', { workspace_id, patch }))

// Views and widgets

export const createView = (client: Client, view: Arguments<'create_view'>): Promise<StoredView> =>
  answerOf(client.rpc('create_view', view))

export const views = async (client: Client, workspace_id: string) =>
  (await answerOf(client.rpc('list_views', { workspace_id }))).map(({ id, name, access, widgetCount }) => ({
    id,
    name,
    isMine: access === 'manage',
    widgetCount,
  }))

/** Saves a layout; what somebody else changed of the same is asked, and the answer sent as `resolve`. */
export async function saveLayout(
  client: Client,
  { id, version }: StoredView,
  layout: Layout,
  resolve?: Resolve,
): Promise<{ saved: StoredView } | { asked: EditConflicts }> {
  const { data, error } = await client.rpc('save_layout', {
    view_id: id,
    layout,
    expected_version: version,
    resolve: resolve ?? null,
  })
  if (!error) return { saved: data }
  if (!isRefusal(error, 'conflict')) throw error
  return { asked: editConflictsSchema.parse(JSON.parse(error.details)) }
}

export const moveDown = ({ layout }: StoredView, by: number): Layout => ({
  ...layout,
  widgets: layout.widgets.map(
    (widget): Widget => ({ ...widget, position: { ...widget.position, y: widget.position.y + by } }),
  ),
})

export const renameView = (client: Client, { id, version }: StoredView, name: string) =>
  answerOf(client.from('dashboard_views').update({ name, version }).eq('id', id).select('name').single())

export const shareView = (client: Client, share: TablesInsert<'dashboard_view_shares'>) =>
  answerOf(client.from('dashboard_view_shares').insert(share).select('id, access').single())

export const versionsOf = async (client: Client, view_id: string) =>
  (await answerOf(client.rpc('list_view_versions', { view_id }))).map(
    ({ version, savedBy }) => `${version} by ${savedBy?.name ?? 'somebody'}`,
  )

export const shutOut = async (client: Client, view_id: string) =>
  (await answerOf(client.rpc('view_audience', { view_id })))
    .filter(({ access }) => access === 'none')
    .map(({ role }) => role)

export const whyAccess = async (client: Client, resource_id: string) => {
  const { access, reasons } = await answerOf(
    client.rpc('explain_access', { resource_type: 'dashboard', resource_id }),
  )
  return { access, because: reasons.filter(({ counts }) => counts).map(({ kind }) => kind) }
}

export const widgetsOf = async (client: Client, workspace_id: string, view_id: string) =>
  (await answerOf(client.from('widgets').select().match({ workspace_id, view_id }))).map(
    ({ id, component_key, config }) => ({ id, component_key, keys: Object.keys(config) }),
  )

/** With the view that it is in: an embedded table has its types too. */
export const widgetWithView = (client: Client, id: string) =>
  answerOf(
    client.from('widgets').select('id, config, dashboard_views(name, visibility)').eq('id', id).single(),
  )

export const configureWidget = (client: Client, id: string, change: TablesUpdate<'widgets'>) =>
  answerOf(client.from('widgets').update(change).eq('id', id).select().single())

export const componentChoices = async (client: Client, workspace_id: string) =>
  (await answerOf(client.rpc('available_components', { workspace_id }))).map(
    ({ id, type, sizeConfig, configSchema }) => ({
      id,
      type,
      width: sizeConfig.defaultWidth,
      settings: Object.keys(configSchema.properties ?? {}),
    }),
  )

// Themes

export const themes = async (client: Client, workspace_id: string) =>
  (await answerOf(client.rpc('list_themes', { workspace_id }))).map(({ id, name, kind, isActive }) => ({
    id,
    label: kind === 'built_in' ? name : `${name} (${kind})`,
    isActive,
  }))

export const addTheme = (client: Client, theme: TablesInsert<'themes'>): Promise<Tables<'themes'>> =>
  answerOf(client.from('themes').insert(theme).select().single())

export const changeTheme = (
  client: Client,
  { workspace_id, id: theme_id, revision }: Tables<'themes'>,
  patch: ThemePatch,
) => answerOf(client.rpc('update_theme', { workspace_id, theme_id, patch, revision }))

// Bringing along

export const exportView = (client: Client, view_id: string): Promise<ExportDocument> =>
  answerOf(client.rpc('export_view', { view_id }))

export const importView = async (client: Client, workspace_id: string, document: ExportDocument) => {
  const { views: made, skipped } = await answerOf(
    client.rpc('import_view', { workspace_id, document, visibility: 'personal' }),
  )
  return { names: made.map(({ name }) => name), skipped: skipped.map(({ message }) => message) }
}
