import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { gauge, insertComponent } from '../../support/dashboards/components.ts'
import { contractView, layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { themeColumns } from '../../support/dashboards/themes.ts'
import { exportDashboard, exportView, gaugeWidget } from '../../support/dashboards/transfer.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveRole } from '../../support/people/members.ts'
import { setPlan } from '../../support/people/plan.ts'

const story = policySuite()

async function createView(
  client: pg.Client,
  actor: Actor,
  { name = 'Mine', visibility = 'personal', layout = layoutOf(widget()), workspaceId = ours } = {},
): Promise<string> {
  const { rows } = await actAs<{ id: string }>(
    client,
    actor,
    "select public.create_view($1, $2, '', $3, $4) ->> 'id' as id",
    [workspaceId, name, JSON.stringify(layout), visibility],
  )
  return rows[0]?.id ?? ''
}

async function createTheme(client: pg.Client, actor: Actor, visibility = 'personal'): Promise<string> {
  const { rows } = await actAs<{ id: string }>(
    client,
    actor,
    'insert into public.themes (workspace_id, name, colors, visibility) values ($1, $2, $3, $4) returning id',
    [ours, 'Paper', themeColumns.colors, visibility],
  )
  return rows[0]?.id ?? ''
}

/** Gives the viewer some access to each gauge, or takes it from them. */
const grantGauges = (client: pg.Client, access: string) =>
  client.query(
    `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
     select workspace_id, 'widget', id, $1, $2 from public.widgets where component_key = 'gauge'`,
    [ids.viewer, access],
  )

const patch = (client: pg.Client, actor: Actor, change: unknown) =>
  actAs(client, actor, 'select public.patch_preferences($1, $2)', [ours, JSON.stringify(change)])

describe('the export of a view', () => {
  it(
    'is the view as it is, without what belongs to the workspace, and the components that it shows',
    story(async (client) => {
      await insertComponent(client, ours, {})
      await insertComponent(client, ours, { version: '1.1.0' })
      await insertComponent(client, ours, { id: 'unused' })
      // One that is called the same, in another workspace of whoever exports.
      await insertComponent(client, theirs, {})
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
        [theirs, ids.member],
      )
      const layout = layoutOf(
        ...contractView.layout.widgets,
        gaugeWidget({ lastUpdated: '2026-01-31T12:00:00.000Z' }),
      )
      const id = await createView(client, admin, { name: 'Overview', visibility: 'workspace', layout })

      const document = await exportView(client, member, id)
      expect(document).toMatchObject({ kind: 'view', version: 1, components: [gauge], themes: [] })
      expect(document.views).toEqual([
        {
          id,
          name: 'Overview',
          description: '',
          isDefault: false,
          isRoleDefault: false,
          createdAt: expect.any(String),
          updatedAt: expect.any(String),
          layout: { ...layout, widgets: expect.any(Array) },
        },
      ])
      const byId = (one: { instanceId: string }, other: { instanceId: string }) =>
        one.instanceId.localeCompare(other.instanceId)
      expect(document.views[0]?.layout.widgets.toSorted(byId)).toEqual(layout.widgets.toSorted(byId))
    }),
  )

  it(
    'that no import would take is refused, alone and with all that one has arranged',
    story(async (client) => {
      await insertComponent(client, ours, { description: 'x'.repeat(4_194_304) })
      const id = await createView(client, member)
      await client.query(
        `insert into public.widgets (workspace_id, view_id, component_key, x, y, width, height, config)
         values ($1, $2, 'gauge', 0, 9, 3, 1, '{"unit": "l"}')`,
        [ours, id],
      )
      for (const [name, argument] of [
        ['export_view', id],
        ['export_dashboard', ours],
      ])
        expect(
          await clientError(actAs(client, member, `select public.${name}($1)`, [argument])),
          name,
        ).toMatchObject({ status: 409, code: 'conflict', details: null })
    }),
  )

  it(
    'leaves out widgets that a grant withholds, and the components that only these show',
    story(async (client) => {
      await setPlan(client, 'premium')
      await insertComponent(client, ours, {})
      const kept = widget()
      const layout = layoutOf(kept, gaugeWidget())
      const id = await createView(client, admin, { visibility: 'workspace', layout })
      await grantGauges(client, 'none')
      const instances = async (actor: Actor) =>
        (await exportView(client, actor, id)).views[0]?.layout.widgets.map(({ instanceId }) => instanceId)
      expect(await instances(viewer)).toEqual([kept.instanceId])
      expect((await exportView(client, viewer, id)).components).toEqual([])
      expect(await instances(member)).toHaveLength(2)
      expect((await exportView(client, member, id)).components).toEqual([gauge])
    }),
  )

  it(
    'leaves out the document of a component that is not for the caller’s role, also where a grant shows them the widget',
    story(async (client) => {
      await setPlan(client, 'premium')
      await insertComponent(client, ours, { allowedRoles: ['member'] })
      const id = await createView(client, admin, { visibility: 'workspace', layout: layoutOf(gaugeWidget()) })
      expect((await exportView(client, viewer, id)).components).toEqual([])
      await grantGauges(client, 'view')
      const shown = await exportView(client, viewer, id)
      expect(shown.views[0]?.layout.widgets).toHaveLength(1)
      expect(shown.components).toEqual([])
      expect((await exportView(client, member, id)).components).toHaveLength(1)
    }),
  )

  it(
    'has the document of every component for whoever publishes components, and for no other permission',
    story(async (client) => {
      await insertComponent(client, ours, { allowedRoles: ['admin'] })
      const id = await createView(client, admin, { visibility: 'workspace', layout: layoutOf(gaugeWidget()) })
      await setPlan(client, 'premium')
      await grantGauges(client, 'view')
      const exported = async (permission: string) => {
        await giveRole(client, permission.replace('.', '-'), ['dashboards.read', permission], [ids.viewer])
        const { components, views } = await exportView(client, viewer, id)
        expect(views[0]?.layout.widgets).toHaveLength(1)
        return components.map((component) => component.id)
      }
      expect(await exported('components.write')).toEqual(['gauge'])
      expect(await exported('integrations.manage')).toEqual([])
    }),
  )

  it.each([
    ['a personal view of somebody else', admin, 'personal', member],
    ['a view of a workspace that one is not in', admin, 'workspace', outsider],
    ['a view of a workspace that one is suspended in', admin, 'workspace', suspended],
  ])('does not find %s', (_, owner, visibility, actor) =>
    story(async (client) => {
      const id = await createView(client, owner, { visibility })
      expect(await clientError(exportView(client, actor, id))).toMatchObject({
        code: 'not_found',
        details: 'view_id',
      })
      expect((await exportView(client, owner, id)).views).toHaveLength(1)
    })(),
  )

  it(
    'does not find a deleted view',
    story(async (client) => {
      const id = await createView(client, admin)
      await actAs(client, admin, 'select public.delete_view($1)', [id])
      expect(await clientError(exportView(client, admin, id))).toMatchObject({ code: 'not_found' })
    }),
  )
})

describe('the export of a dashboard', () => {
  it(
    'holds one’s own views and themes, the chosen theme of the workspace, and preferences that refer to them',
    story(async (client) => {
      const [first, second] = [
        await createView(client, member),
        await createView(client, member, { name: 'Second' }),
      ]
      const own = await createTheme(client, member)
      const chosen = await createTheme(client, admin, 'workspace')
      await createTheme(client, admin, 'workspace')
      await patch(client, member, {
        locale: 'de',
        theme_mode: 'dark',
        active_theme_id: chosen,
        active_dashboard_view: first,
        extras: { 'app:density': 'high' },
      })
      await actAs(client, member, 'select public.set_default_view($1, $2)', [ours, second])

      const document = await exportDashboard(client, member)
      expect(document).toMatchObject({ kind: 'dashboard', components: [] })
      expect(new Set(document.views.map(({ id, isDefault }) => `${id} ${isDefault}`))).toEqual(
        new Set([`${first} false`, `${second} true`]),
      )
      expect(new Set(document.themes.map(({ id }) => id))).toEqual(new Set([own, chosen]))
      expect(document.preferences).toEqual({
        locale: 'de',
        theme_mode: 'dark',
        active_theme_id: chosen,
        active_dashboard_view: first,
        extras: { 'app:density': 'high' },
      })
    }),
  )

  it(
    'holds nothing of anybody else, of another workspace or deleted, and refers to none of it',
    story(async (client) => {
      const shared = await createView(client, admin, { visibility: 'workspace' })
      await createView(client, admin)
      await createTheme(client, admin)
      await createView(client, outsider, { workspaceId: theirs })
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
        [theirs, ids.member],
      )
      await actAs(
        client,
        member,
        'insert into public.themes (workspace_id, name, colors) values ($1, $2, $3)',
        [theirs, 'Theirs', themeColumns.colors],
      )
      await createView(client, member, { workspaceId: theirs })
      const deleted = await createView(client, member)
      await actAs(client, member, 'select public.delete_view($1)', [deleted])
      await patch(client, member, { active_dashboard_view: shared, active_theme_id: 'ocean' })

      const document = await exportDashboard(client, member)
      expect(document).toMatchObject({ views: [], themes: [], components: [] })
      expect(document.preferences).toEqual({ active_theme_id: 'ocean' })
    }),
  )

  it(
    'says of a preference nothing that was not chosen, also after it was reset',
    story(async (client) => {
      expect((await exportDashboard(client, member)).preferences).toEqual({})
      await patch(client, member, { theme_mode: 'system', sidebar_collapsed: false })
      const chosen = { theme_mode: 'system', sidebar_collapsed: false }
      expect((await exportDashboard(client, member)).preferences).toEqual(chosen)
      await patch(client, member, { theme_mode: null, sidebar_collapsed: null })
      expect((await exportDashboard(client, member)).preferences).toEqual({})
    }),
  )

  it(
    'leaves out themes for a role that may not read them',
    story(async (client) => {
      const theme = await createTheme(client, member)
      await patch(client, member, { active_theme_id: theme })
      await client.query(
        `insert into public.workspace_roles (workspace_id, key, name, permissions)
         values ($1, 'plain', 'Plain', '{dashboards.read}'), ($1, 'reader', 'Reader', '{dashboards.read,themes.read}')`,
        [ours],
      )
      const inRole = (role: string) =>
        client.query('update public.workspace_members set role_key = $1 where user_id = $2', [
          role,
          ids.member,
        ])
      expect((await exportDashboard(client, member)).themes).toHaveLength(1)
      await inRole('reader')
      expect((await exportDashboard(client, member)).themes).toHaveLength(1)
      await inRole('plain')
      const document = await exportDashboard(client, member)
      expect(document.themes).toEqual([])
      expect(document.preferences).toEqual({})
    }),
  )

  it.each([
    ['outsiders', outsider],
    ['suspended members', suspended],
  ])('is not there for %s', (_, actor) =>
    story(async (client) => {
      expect(await clientError(exportDashboard(client, actor))).toMatchObject({
        status: 404,
        code: 'not_found',
        details: 'workspace_id',
      })
    })(),
  )

  it(
    'is refused where no import would take it, and the views can be exported one by one',
    story(async (client) => {
      const full = layoutOf(
        ...Array.from({ length: 200 }, () => gaugeWidget({ config: { unit: 'x'.repeat(15_000) } })),
      )
      await insertComponent(client, ours, {
        configSchema: { type: 'object', properties: { unit: { type: 'string' } } },
      })
      const id = await createView(client, admin, { layout: full })
      expect((await exportDashboard(client, admin)).views).toHaveLength(1)
      await createView(client, admin, { layout: full })
      expect(await clientError(exportDashboard(client, admin))).toMatchObject({
        status: 409,
        code: 'conflict',
        details: null,
      })
      expect((await exportView(client, admin, id)).views[0]?.layout.widgets).toHaveLength(200)
    }),
  )
})
