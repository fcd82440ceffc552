import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database, StoredView } from '../../types/index.ts'
import { layoutOf, widget } from '../support/dashboards/layouts.ts'
import { checkedFetch } from '../support/http/checked-fetch.ts'
import { borrowFrontEnd, type FrontEnd, password } from '../support/http/front-end.ts'
import * as api from './data-layer.ts'

// What compiles in data-layer.ts is also what happens: each of its functions, once, by people of a workspace.

let app: FrontEnd
let ada: SupabaseClient<Database>
let bob: SupabaseClient<Database>
let bobId: string
let workspace_id: string
let view: StoredView

interface Person {
  client: SupabaseClient<Database>
  id: string
}

async function signedIn(name: string): Promise<Person> {
  const client = createClient<Database>(app.gateway.url, app.gateway.publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { fetch: checkedFetch },
  })
  const { data, error } = await client.auth.signUp({
    email: app.newAddress(),
    password,
    options: { data: { name } },
  })
  if (error || !data.user) throw error ?? new Error('The sign-up gave no account.')
  return { client, id: data.user.id }
}

async function viewer(name: string): Promise<Person> {
  const person = await signedIn(name)
  await app.server.query(
    `insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'viewer')`,
    [workspace_id, person.id],
  )
  return person
}

beforeAll(async () => {
  app = await borrowFrontEnd()
  ;({ client: ada } = await signedIn('Ada'))
  ;({ client: bob, id: bobId } = await signedIn('Bob'))
  workspace_id = (await api.createWorkspace(ada, 'Studio')).id
  const { data } = await bob.auth.getUser()
  const invitation = { workspace_id, email: data.user?.email ?? '', role: 'member' }
  const token = (await api.invitationLink(ada, invitation)).link.split('#')[1] ?? ''
  expect(await api.invitationText(bob, token)).toBe('Ada invites you to Studio.')
  expect(await api.join(bob, token)).toBe(workspace_id)
  view = await api.createView(ada, {
    workspace_id,
    name: 'Sales',
    layout: layoutOf(widget({ config: { limit: 5 } })),
    visibility: 'workspace',
  })
})
afterAll(() => app[Symbol.asyncDispose]())

describe('a data layer', () => {
  it('is written without a cast', () => {
    const source = readFileSync(join(import.meta.dirname, 'data-layer.ts'), 'utf8')
    expect(source.match(/\bas (?!const\b)\w+|\bany\b|@ts-|\w!\W/g)).toBeNull()
    expect(Object.keys(api).length).toBeGreaterThanOrEqual(30)
  })

  it('knows who is signed in, and what they may', async () => {
    const workspace = (await api.openWorkspaces(bob)).find(({ id }) => id === workspace_id)
    if (!workspace) throw new Error('Bob is in no workspace.')
    expect(workspace).toMatchObject({ id: workspace_id, role: 'member', planType: 'free' })
    expect([api.may(workspace, 'themes.write'), api.may(workspace, 'members.invite')]).toEqual([true, false])
    expect(api.offers(workspace, 'custom_roles')).toBe(false)
    expect(await api.isPremium(bob, workspace_id)).toBe(false)
  })

  it('changes a workspace, and is refused by code', async () => {
    expect(await api.renameWorkspace(ada, workspace_id, { name: 'Atelier' })).toMatchObject({
      name: 'Atelier',
    })
    expect(await api.setTimezone(ada, workspace_id, 'Europe/Zurich')).toBe('Europe/Zurich')
    const refused = await api.setTimezone(bob, workspace_id, 'UTC').catch((error: unknown) => error)
    expect(api.isRefusal(refused, 'permission_denied')).toBe(true)
    const role = { workspace_id, key: 'guest', name: 'Guest', permissions: ['dashboards.read' as const] }
    const unpaid = await api.addRole(ada, role).catch((error: unknown) => error)
    expect(api.isRefusal(unpaid, 'payment_required')).toBe(true)
  })

  it('knows people', async () => {
    expect(await api.saveProfile(bob, bobId, { bio: 'Draws.' })).toMatchObject({ bio: 'Draws.' })
    expect(await api.findMembers(ada, { workspace_id, search: 'bo', role: null })).toEqual({
      total: 1,
      names: ['Bob'],
    })
    expect(await api.rolesThatMay(ada, workspace_id, 'members.invite')).toEqual(['admin'])
    const entries = []
    for await (const entry of api.auditLog(ada, workspace_id)) entries.push(entry)
    expect(entries).toContainEqual({
      what: 'Ada: insert dashboard_views',
      columns: expect.arrayContaining(['name']),
    })
  })

  it('says so to who is suspended', async () => {
    const { client: eve, id } = await viewer('Eve')
    expect(await api.openWorkspaces(eve)).toHaveLength(1)
    expect(await api.suspendMember(ada, workspace_id, id)).toMatchObject({ status: 'suspended' })
    expect(await api.openWorkspaces(eve)).toEqual([])
    expect((await api.session(eve)).workspaces).toMatchObject([{ status: 'suspended', role: null }])
  })

  it('shows a screen', async () => {
    const { client: cleo } = await viewer('Cleo')
    await api.prefer(cleo, workspace_id, { theme_mode: 'dark', extras: { 'app:density': 'compact' } })
    expect(await api.preferencesOf(cleo, workspace_id)).toMatchObject({
      theme_mode: 'dark',
      extras: { 'app:density': 'compact' },
    })
    const { id, widgets, background } = await api.screen(cleo, workspace_id)
    // What the team shares comes before the initial view.
    expect({ id, widgets: widgets.length > 0 }).toEqual({
      id: expect.any(String),
      widgets: expect.any(Boolean),
    })
    expect(background).toMatch(/^oklch/)
    expect(await api.componentChoices(cleo, workspace_id)).toContainEqual(
      expect.objectContaining({ id: 'recent-orders', settings: expect.arrayContaining(['limit']) }),
    )
  })

  it('saves a view in two tabs', async () => {
    const read = await api.createView(bob, { workspace_id, name: 'Mine', layout: view.layout })
    const first = await api.saveLayout(bob, read, api.moveDown(read, 2))
    expect(first).toMatchObject({ saved: { version: read.version + 1 } })
    const second = await api.saveLayout(bob, read, api.moveDown(read, 3))
    if (!('asked' in second)) throw new Error('Nothing was asked.')
    const { version, conflicts } = second.asked
    const choices = Object.fromEntries(conflicts.map(({ key }) => [key, 'mine' as const]))
    expect(await api.saveLayout(bob, read, api.moveDown(read, 3), { version, choices })).toMatchObject({
      saved: { layout: { widgets: [{ position: { y: 3 } }] } },
    })
    expect(await api.versionsOf(bob, read.id)).toContain(`${version} by Bob`)
    expect(await api.views(bob, workspace_id)).toContainEqual({
      id: read.id,
      name: 'Mine',
      isMine: true,
      widgetCount: 1,
    })
  })

  it('shares a view, and says who is shut out', async () => {
    const own = await api.createView(ada, { workspace_id, name: 'Own', layout: null })
    expect(await api.shutOut(ada, own.id)).toEqual(['admin', 'member', 'viewer'])
    expect(
      await api.shareView(ada, { workspace_id, view_id: own.id, user_id: bobId, access: 'view' }),
    ).toMatchObject({ access: 'view' })
    expect(await api.whyAccess(bob, own.id)).toEqual({
      access: 'view',
      because: expect.arrayContaining(['share']),
    })
    expect(await api.renameView(ada, own, 'Ours')).toEqual({ name: 'Ours' })
  })

  it('reads widgets with what they are in, and configures them', async () => {
    const [first] = await api.widgetsOf(bob, workspace_id, view.id)
    expect(first).toMatchObject({ component_key: 'recent-orders', keys: ['limit'] })
    const id = first?.id ?? ''
    expect(await api.widgetWithView(bob, id)).toMatchObject({
      config: { limit: 5 },
      dashboard_views: { name: 'Sales', visibility: 'workspace' },
    })
    expect(await api.configureWidget(bob, id, { config: { limit: 7 } })).toMatchObject({
      config: { limit: 7 },
    })
  })

  it('has themes', async () => {
    const { data: ocean } = await ada.rpc('get_theme', { workspace_id, theme_id: 'ocean' })
    if (!ocean) throw new Error('There is no theme of the product.')
    const { colors, radius } = ocean
    const theme = await api.addTheme(bob, { workspace_id, name: 'Ink', colors, radius })
    expect(await api.changeTheme(bob, theme, { name: 'Paper' })).toMatchObject({ name: 'Paper', revision: 2 })
    expect(await api.themes(bob, workspace_id)).toContainEqual({
      id: theme.id,
      label: 'Paper (personal)',
      isActive: false,
    })
  })

  it('brings a view along', async () => {
    const document = await api.exportView(bob, view.id)
    const elsewhere = await api.createWorkspace(bob, 'Elsewhere')
    expect(await api.importView(bob, elsewhere.id, document)).toEqual({ names: ['Sales'], skipped: [] })
  })
})
