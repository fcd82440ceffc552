import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { actAs } from '../support/act.ts'
import { admin, ids, member, ours, outsider, theirs } from '../support/cast.ts'
import { insertComponent } from '../support/components.ts'
import { contractView, layoutOf, widget } from '../support/layouts.ts'
import { policySuite } from '../support/policy-suite.ts'
import {
  dashboardOf,
  exportDashboard,
  exportView,
  gaugeWidget,
  importDashboard,
  importView,
  preferencesOf,
  withoutIds,
} from '../support/transfer.ts'

const story = policySuite()

/** A story in which both workspaces are premium. */
const premiumStory = (tell: (client: pg.Client) => Promise<void>) =>
  story(async (client) => {
    await client.query("update public.workspaces set plan_type = 'premium'")
    await tell(client)
  })

/** Gives the member of `ours` a role of the workspace's own. */
async function giveRole(client: pg.Client, permissions: string[]): Promise<void> {
  await client.query(
    `insert into public.workspace_roles (workspace_id, key, name, permissions) values ($1, 'own', 'Own', $2)`,
    [ours, permissions],
  )
  await client.query('update public.workspace_members set role_key = $1 where user_id = $2', [
    'own',
    ids.member,
  ])
}

const countOf = async (client: pg.Client, table: string) =>
  Number((await client.query<{ count: string }>(`select count(*) from public.${table}`)).rows[0]?.count)

describe('an import', () => {
  it(
    'brings a dashboard into another workspace, where its export is the same but for ids',
    premiumStory(async (client) => {
      await importDashboard(client, admin, dashboardOf(), ours)
      const exported = await exportDashboard(client, admin, ours)
      const report = await importDashboard(client, outsider, exported, theirs)
      expect(report.notBrought).toEqual([])
      expect(report.views.map(({ from, name }) => [from, name])).toEqual(
        exported.views.map(({ id, name }) => [id, name]),
      )
      expect(report.components).toEqual([{ id: 'gauge', version: '1.0.0', outcome: 'published' }])

      const again = await exportDashboard(client, outsider, theirs)
      const inOrder = {
        ...again,
        views: sortedBy(report.views, again.views),
        themes: sortedBy(report.themes, again.themes),
      }
      expect(withoutIds(inOrder)).toEqual(withoutIds(exported))
      expect(inOrder.views.find(({ isDefault }) => isDefault)?.name).toBe('Second')
      expect(report.preferences).toEqual(again.preferences)
      const ids = [exported, again].map(({ views, themes }) => [...views, ...themes].map(({ id }) => id))
      expect(new Set(ids.flat()).size).toBe(6)
    }),
  )

  it(
    'makes copies when it is done twice, and uses the component that is there',
    premiumStory(async (client) => {
      const first = await importDashboard(client, admin, dashboardOf())
      const second = await importDashboard(client, admin, dashboardOf())
      expect(second.notBrought).toEqual([])
      expect(second.components).toEqual([{ id: 'gauge', version: '1.0.0', outcome: 'used' }])
      const [made] = first.views
      expect(second.views.map(({ id }) => id)).not.toContain(made?.id)
      expect(await countOf(client, 'dashboard_views')).toBe(4)
      expect(await countOf(client, 'themes')).toBe(2)
      expect(await countOf(client, 'component_versions')).toBe(1)
      expect((await exportView(client, admin, made?.id ?? '')).views[0]?.name).toBe('First')
    }),
  )

  it(
    'takes the view of the front end as it is, and what get_view and active_view give',
    story(async (client) => {
      const report = await importView(client, admin, contractView)
      expect(report).toEqual({
        views: [{ from: contractView.id, id: expect.any(String), name: 'Overview' }],
        themes: [],
        components: [],
        preferences: {},
        notBrought: [],
      })
      const [{ id = '' } = {}] = report.views
      const { name, description, layout, isDefault } = (await exportView(client, admin, id)).views[0] ?? {}
      expect({ name, description, layout, isDefault }).toEqual({
        name: contractView.name,
        description: contractView.description,
        layout: contractView.layout,
        isDefault: true,
      })
      const { rows } = await actAs(
        client,
        admin,
        'select public.get_view($1) as gotten, public.active_view($2) as active',
        [id, ours],
      )
      expect((await importView(client, admin, rows[0]?.gotten)).notBrought).toEqual([])
      expect((await importView(client, admin, rows[0]?.active)).notBrought).toEqual([])
    }),
  )

  it(
    'of one view leaves a default alone that the person has chosen, and is shared where they say so',
    story(async (client) => {
      const first = await importView(client, member, contractView)
      const second = await importView(client, member, contractView, ours, 'workspace')
      const { rows } = await client.query('select default_dashboard_view as id from public.preferences')
      expect(rows).toEqual([{ id: first.views[0]?.id }])
      const views = await client.query('select id from public.dashboard_views where visibility = $1', [
        'workspace',
      ])
      expect(views.rows).toEqual([{ id: second.views[0]?.id }])
    }),
  )

  it(
    'sets the preferences that were chosen, and leaves the others as they are',
    story(async (client) => {
      const patch = {
        locale: 'en',
        active_theme_id: 'ocean',
        extras: { 'app:density': 'low', 'app:pins': [1] },
      }
      await actAs(client, member, 'select public.patch_preferences($1, $2)', [ours, JSON.stringify(patch)])
      const preferences = {
        ...preferencesOf(),
        locale: null,
        active_theme_id: null,
        active_dashboard_view: null,
        extras: { 'app:density': 'high', 'app:nested': [{ a: null }] },
      }
      const report = await importDashboard(
        client,
        member,
        dashboardOf({ components: [], views: [], preferences }),
      )
      expect(report).toMatchObject({
        preferences: { theme_mode: 'dark', sidebar_collapsed: true, extras: preferences.extras },
        notBrought: [],
      })
      expect((await exportDashboard(client, member)).preferences).toMatchObject({
        locale: 'en',
        theme_mode: 'dark',
        active_theme_id: 'ocean',
        extras: { 'app:density': 'high', 'app:pins': [1], 'app:nested': [{ a: null }] },
      })
    }),
  )
})

describe('what cannot be brought is left out and reported:', () => {
  const lost = [
    { path: 'components.0', code: 'payment_required', message: expect.any(String) },
    { path: 'views.1.layout.widgets.1', code: 'payment_required', message: expect.any(String) },
  ]

  it(
    'components on the free plan, and the widgets that show them',
    story(async (client) => {
      const report = await importDashboard(client, admin, dashboardOf())
      expect(report.notBrought).toEqual(lost)
      expect(report.views).toHaveLength(2)
      expect(await countOf(client, 'widgets')).toBe(2)
      expect(await countOf(client, 'components')).toBe(0)
    }),
  )

  it(
    'components without components.write, even where the role may not see that there is one',
    premiumStory(async (client) => {
      await giveRole(client, [
        'dashboards.read',
        'dashboards.write',
        'themes.read',
        'themes.write',
        'components.read',
      ])
      const refused = (await importDashboard(client, member, dashboardOf())).notBrought
      expect(refused.map(({ path, code }) => [path, code])).toEqual([
        ['components.0', 'permission_denied'],
        ['views.1.layout.widgets.1', 'permission_denied'],
      ])
      await insertComponent(client, ours, { allowedRoles: ['viewer'] })
      expect((await importDashboard(client, member, dashboardOf())).notBrought).toEqual(refused)
    }),
  )

  it(
    'nothing of a component that is there and the same, without components.write on either plan',
    story(async (client) => {
      await giveRole(client, [
        'dashboards.read',
        'dashboards.write',
        'themes.read',
        'themes.write',
        'components.read',
      ])
      await insertComponent(client, ours, {})
      const report = await importDashboard(client, member, dashboardOf())
      expect(report).toMatchObject({ components: [{ id: 'gauge', outcome: 'used' }], notBrought: [] })
      expect(await countOf(client, 'widgets')).toBe(3)
    }),
  )

  it.each([
    ['the same version with other content', { title: 'Another gauge' }],
    ['another type', { type: 'list' as const, version: '0.1.0' }],
    ['a higher version', { version: '2.0.0' }],
  ])('components of which there is %s', (_, existing) =>
    premiumStory(async (client) => {
      await insertComponent(client, ours, existing)
      const document = dashboardOf()
      document.views.push({
        id: 'third',
        name: 'Third',
        // Not the version of the document, but of its name: it would mean the other one.
        layout: layoutOf(gaugeWidget({ componentVersion: undefined })),
      })
      const report = await importDashboard(client, admin, document)
      expect(report.notBrought.map(({ path, code }) => [path, code])).toEqual([
        ['components.0', 'conflict'],
        ['views.1.layout.widgets.1', 'conflict'],
        ['views.2.layout.widgets.0', 'conflict'],
      ])
      expect(await countOf(client, 'component_versions')).toBe(1)
    })(),
  )

  it(
    'widgets of components that are nowhere, or not for the caller’s role',
    story(async (client) => {
      await insertComponent(client, ours, { allowedRoles: ['viewer'] })
      await insertComponent(client, theirs, { id: 'foreign' })
      const view = {
        name: 'Mixed',
        layout: layoutOf(
          widget({ widgetId: 'foreign', componentVersion: '1.0.0' }),
          widget(),
          gaugeWidget(),
          gaugeWidget({ componentVersion: '9.0.0' }),
        ),
      }
      await giveRole(client, ['dashboards.read', 'dashboards.write', 'components.read'])
      const report = await importView(client, member, view)
      expect(report.views).toEqual([{ from: null, id: expect.any(String), name: 'Mixed' }])
      expect(report.notBrought.map(({ path, code }) => [path, code])).toEqual([
        ['layout.widgets.0', 'not_found'],
        ['layout.widgets.2', 'permission_denied'],
        ['layout.widgets.3', 'not_found'],
      ])
      expect(await countOf(client, 'widgets')).toBe(1)
    }),
  )

  it(
    'themes without themes.write, and the choice of one',
    premiumStory(async (client) => {
      await giveRole(client, [
        'dashboards.read',
        'dashboards.write',
        'themes.read',
        'components.read',
        'components.write',
      ])
      const report = await importDashboard(client, member, dashboardOf())
      expect(report.notBrought.map(({ path, code }) => [path, code])).toEqual([
        ['themes.0', 'permission_denied'],
        ['preferences.active_theme_id', 'not_found'],
      ])
      expect(report.views).toHaveLength(2)
      expect(await countOf(client, 'themes')).toBe(0)
    }),
  )

  it(
    'a built-in theme that does not exist, one that the role may not read, and extras that do not fit',
    story(async (client) => {
      await giveRole(client, ['dashboards.read', 'dashboards.write'])
      const large = { 'app:note': 'x'.repeat(9_000) }
      await actAs(client, member, 'select public.patch_preferences($1, $2)', [
        ours,
        JSON.stringify({ extras: { 'app:mine': 'x'.repeat(9_000) } }),
      ])
      const refusals = async (active_theme_id: string) => {
        const preferences = {
          ...preferencesOf(),
          active_theme_id,
          active_dashboard_view: null,
          extras: large,
        }
        const document = { ...dashboardOf({ components: [], themes: [], views: [] }), preferences }
        return (await importDashboard(client, member, document)).notBrought.map(({ path, code }) => [
          path,
          code,
        ])
      }
      expect(await refusals('sunset-nowhere')).toEqual([
        ['preferences.active_theme_id', 'not_found'],
        ['preferences.extras', 'invalid_input'],
      ])
      expect(await refusals('ocean')).toContainEqual(['preferences.active_theme_id', 'permission_denied'])
    }),
  )
})

function sortedBy<T extends { id: string }>(report: { id: string }[], parts: T[]): T[] {
  return report.flatMap(({ id }) => parts.filter((part) => part.id === id))
}
