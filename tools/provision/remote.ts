import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { StackError } from '../../local/stack/index.ts'
import { allRows, answer } from './calls.ts'
import {
  type ComponentFile,
  componentFileSchema,
  type DashboardFile,
  dashboardFileSchema,
  type MemberFile,
  type RoleFile,
  roleFileSchema,
  type ThemeFile,
  themeFileSchema,
} from './documents.ts'
import { type RemoteDefaults, readDefaults } from './remote-defaults.ts'

// Reading a workspace of a project with the secret key: what people share in it, nothing that is one person's own.

interface Thing<Document> {
  document: Document
  isManaged: boolean
}

/** What a folder can say of a workspace, and what is needed to change it. */
export interface RemoteWorkspace {
  workspace: { id: string; name: string; settings: Record<string, unknown>; updatedAt: string }
  roles: Thing<RoleFile>[]
  components: Thing<ComponentFile>[]
  themes: (Thing<ThemeFile> & { id: string; revision: number })[]
  dashboards: (Thing<DashboardFile> & { id: string; version: number })[]
  members: (MemberFile & { isExpired: boolean })[]
  defaults: RemoteDefaults
  /** The ids of its data sources. */
  sources: Set<string>
  /** By permission, those that bring it along. */
  impliedBy: Map<string, string[]>
}

const object = z.custom<Record<string, unknown>>((value) => typeof value === 'object' && value !== null)
const workspaceRow = z
  .object({ id: z.string(), name: z.string(), settings: object, updated_at: z.string() })
  .transform(({ updated_at, ...row }) => ({ ...row, updatedAt: updated_at }))

/** The workspace with an id or, without one, the only one with a name. */
export async function findWorkspace(client: SupabaseClient, wanted: { id?: string; name?: string }) {
  const query = client.from('workspaces').select('id, name, settings, updated_at')
  const { id, name = '' } = wanted
  const found = z
    .array(workspaceRow)
    .parse(await answer(id ? query.eq('id', id) : query.eq('name', name).limit(2)))
  const [workspace, another] = found
  if (!workspace) throw new StackError(`There is no workspace ${id ?? `"${name}"`} in this project.`)
  if (another)
    throw new StackError(`Several workspaces are called "${name}": say which one by --workspace ID.`)
  return workspace
}

export async function readWorkspace(
  client: SupabaseClient,
  wanted: { id?: string; name?: string },
): Promise<RemoteWorkspace> {
  const workspace = await findWorkspace(client, wanted)
  const [roles, components, themes, dashboards, members, sources, impliedBy] = await Promise.all([
    readRoles(client, workspace.id),
    readComponents(client, workspace.id),
    readThemes(client, workspace.id),
    readDashboards(client, workspace.id),
    readMembers(client, workspace.id),
    readSources(client, workspace.id),
    readImplications(client),
  ])
  const defaults = await readDefaults(client, workspace.id, themes, dashboards)
  return { workspace, roles, components, themes, dashboards, members, defaults, sources, impliedBy }
}

async function readRoles(client: SupabaseClient, workspaceId: string) {
  const rows = await allRows((from, to) =>
    client
      .from('workspace_roles')
      .select('key, name, description, permissions, is_managed')
      .eq('workspace_id', workspaceId)
      .eq('is_built_in', false)
      .order('key')
      .range(from, to),
  )
  return rows.map((row) => {
    const { is_managed, ...role } = z.looseObject({ is_managed: z.boolean() }).parse(row)
    return { document: roleFileSchema.parse(role), isManaged: is_managed }
  })
}

const versionRow = z.object({
  component_key: z.string(),
  version: z.string(),
  title: z.string(),
  description: z.string(),
  title_key: z.string().nullable(),
  description_key: z.string().nullable(),
  icon: z.string(),
  allowed_roles: z.array(z.string()),
  size_config: object,
  default_config: object,
  config_schema: object,
  data_schema: object.nullable(),
  components: z.object({ type: z.string(), is_managed: z.boolean() }),
})

async function readComponents(client: SupabaseClient, workspaceId: string) {
  const rows = await allRows((from, to) =>
    client
      .from('component_versions')
      .select(`${Object.keys(versionRow.shape).slice(0, -1).join(', ')}, components!inner(type, is_managed)`)
      .eq('workspace_id', workspaceId)
      .order('component_key')
      .order('published_at')
      .order('version')
      .range(from, to),
  )
  return rows.map((given) => {
    const row = versionRow.parse(given)
    const document = componentFileSchema.parse({
      id: row.component_key,
      type: row.components.type,
      version: row.version,
      title: row.title,
      description: row.description,
      titleKey: row.title_key ?? undefined,
      descriptionKey: row.description_key ?? undefined,
      icon: row.icon,
      allowedRoles: row.allowed_roles,
      sizeConfig: row.size_config,
      defaultConfig: row.default_config,
      configSchema: row.config_schema,
      dataSchema: row.data_schema ?? undefined,
    })
    return { document, isManaged: row.components.is_managed }
  })
}

const themeRow = z.looseObject({
  id: z.string(),
  revision: z.int(),
  is_managed: z.boolean(),
  metadata: object.nullable(),
})

async function readThemes(client: SupabaseClient, workspaceId: string) {
  const rows = await allRows((from, to) =>
    client
      .from('themes')
      .select('id, name, version, colors, radius, metadata, revision, is_managed')
      .eq('workspace_id', workspaceId)
      .eq('visibility', 'workspace')
      .order('name')
      .order('created_at')
      .order('id')
      .range(from, to),
  )
  return rows.map((row) => {
    const { id, revision, is_managed, metadata, ...theme } = themeRow.parse(row)
    const document = themeFileSchema.parse({ ...theme, metadata: metadata ?? undefined })
    return { id, revision, isManaged: is_managed, document }
  })
}

const viewRow = z.object({ id: z.string(), version: z.int(), is_managed: z.boolean() })
const exportedView = z.object({ views: z.tuple([dashboardFileSchema]) })

async function readDashboards(client: SupabaseClient, workspaceId: string) {
  const rows = await allRows((from, to) =>
    client
      .from('dashboard_views')
      .select('id, version, is_managed')
      .eq('workspace_id', workspaceId)
      .eq('visibility', 'workspace')
      .is('deleted_at', null)
      .order('name')
      .order('created_at')
      .order('id')
      .range(from, to),
  )
  const dashboards: RemoteWorkspace['dashboards'] = []
  // The version is read first: what is changed in between is then a conflict, and never overwritten.
  for (const row of rows) {
    const { id, version, is_managed } = viewRow.parse(row)
    const [document] = exportedView.parse(await answer(client.rpc('export_view', { view_id: id }))).views
    dashboards.push({ id, version, isManaged: is_managed, document })
  }
  return dashboards
}

const memberRow = z.object({ role_key: z.string(), profiles: z.object({ email: z.string().nullable() }) })
const invitationRow = z.object({ email: z.string(), role_key: z.string(), expires_at: z.string() })

/** Who is in the workspace and has an address, and who is invited. */
async function readMembers(client: SupabaseClient, workspaceId: string): Promise<RemoteWorkspace['members']> {
  const rows = await allRows((from, to) =>
    client
      .from('workspace_members')
      .select('role_key, profiles!inner(email)')
      .eq('workspace_id', workspaceId)
      .order('user_id')
      .range(from, to),
  )
  const invited = await allRows((from, to) =>
    client
      .from('workspace_invitations')
      .select('email, role_key, expires_at')
      .eq('workspace_id', workspaceId)
      .is('accepted_at', null)
      .is('revoked_at', null)
      .order('id')
      .range(from, to),
  )
  const people = new Map<string, RemoteWorkspace['members'][number]>()
  for (const row of invited) {
    const { email, role_key, expires_at } = invitationRow.parse(row)
    people.set(email, { email, role: role_key, isExpired: Date.parse(expires_at) <= Date.now() })
  }
  for (const row of rows) {
    const { role_key, profiles } = memberRow.parse(row)
    const email = profiles.email?.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    if (email) people.set(email, { email, role: role_key, isExpired: false })
  }
  return [...people.values()].sort((one, other) => (one.email < other.email ? -1 : 1))
}

async function readSources(client: SupabaseClient, workspace_id: string): Promise<Set<string>> {
  const sources = await answer(client.rpc('list_data_sources', { workspace_id }))
  return new Set(
    z
      .array(z.object({ id: z.string() }))
      .parse(sources)
      .map(({ id }) => id),
  )
}

async function readImplications(client: SupabaseClient): Promise<Map<string, string[]>> {
  const rows = await answer(client.from('permissions').select('key, implied_by').order('key'))
  const permissions = z.array(z.object({ key: z.string(), implied_by: z.array(z.string()) })).parse(rows)
  return new Map(permissions.map(({ key, implied_by }) => [key, implied_by]))
}
