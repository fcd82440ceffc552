import { describe, expect, it } from 'vitest'
import { gauge, insertComponent } from '../../support/dashboards/components.ts'
import { contractView, layoutOf, widget } from '../../support/dashboards/layouts.ts'
import {
  countOf,
  dashboardOf,
  exportView,
  gaugeWidget,
  importDashboard,
  importView,
  preferencesOf,
} from '../../support/dashboards/transfer.ts'
import { actAs } from '../../support/database/act.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, theirs } from '../../support/people/cast.ts'
import { giveRole } from '../../support/people/members.ts'

const story = policySuite()
const premiumStory = onPremium(story)

describe('what cannot be imported is skipped and reported:', () => {
  const lost = [
    { path: 'components.0', code: 'payment_required', message: expect.any(String) },
    { path: 'views.1.layout.widgets.1', code: 'payment_required', message: expect.any(String) },
  ]

  it(
    'components on the free plan, and the widgets that show them',
    story(async (client) => {
      const report = await importDashboard(client, admin, dashboardOf())
      expect(report.skipped).toEqual(lost)
      expect(report.views).toHaveLength(2)
      expect(await countOf(client, 'widgets')).toBe(2)
      expect(await countOf(client, 'components')).toBe(0)
    }),
  )

  it(
    'components without components.write, even where the role may not see that there is one',
    premiumStory(async (client) => {
      await giveRole(
        client,
        'own',
        ['dashboards.read', 'dashboards.write', 'themes.read', 'themes.write', 'components.read'],
        [ids.member],
      )
      const refused = (await importDashboard(client, member, dashboardOf())).skipped
      expect(refused.map(({ path, code }) => [path, code])).toEqual([
        ['components.0', 'permission_denied'],
        ['views.1.layout.widgets.1', 'permission_denied'],
      ])
      await insertComponent(client, ours, { allowedRoles: ['viewer'] })
      expect((await importDashboard(client, member, dashboardOf())).skipped).toEqual(refused)
      // Nor where it is the same as in the document.
      const hidden = { ...gauge, id: 'hidden', allowedRoles: ['viewer'] }
      await insertComponent(client, ours, hidden)
      const document = dashboardOf({ components: [hidden] })
      const report = await importDashboard(client, member, document)
      expect(report.components).toEqual([])
      expect(report.skipped[0]).toMatchObject({ path: 'components.0', code: 'permission_denied' })
    }),
  )

  it(
    'nothing of a component that is there and the same, without components.write on either plan',
    story(async (client) => {
      await giveRole(
        client,
        'own',
        ['dashboards.read', 'dashboards.write', 'themes.read', 'themes.write', 'components.read'],
        [ids.member],
      )
      await insertComponent(client, ours, {})
      const report = await importDashboard(client, member, dashboardOf())
      expect(report).toMatchObject({ components: [{ id: 'gauge', outcome: 'used' }], skipped: [] })
      expect(await countOf(client, 'widgets')).toBe(3)
    }),
  )

  it(
    'a version of a component, and the widgets of that version alone',
    story(async (client) => {
      await insertComponent(client, ours, {})
      const later = { ...gauge, version: '2.0.0' }
      const layout = layoutOf(gaugeWidget({ componentVersion: '2.0.0' }), gaugeWidget())
      const report = await importDashboard(
        client,
        admin,
        dashboardOf({
          components: [gauge, later],
          views: [{ id: 'first', name: 'First', layout }],
          preferences: undefined,
        }),
      )
      expect(report.skipped.map(({ path, code }) => [path, code])).toEqual([
        ['components.1', 'payment_required'],
        ['views.0.layout.widgets.0', 'payment_required'],
      ])
      expect(await countOf(client, 'widgets')).toBe(1)
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
      expect(report.skipped.map(({ path, code }) => [path, code])).toEqual([
        ['components.0', 'conflict'],
        ['views.1.layout.widgets.1', 'conflict'],
        ['views.2.layout.widgets.0', 'conflict'],
      ])
      expect(await countOf(client, 'component_versions')).toBe(1)
    })(),
  )

  it(
    'a component that is left out in two versions, once each, and its widgets of either',
    premiumStory(async (client) => {
      await insertComponent(client, ours, { type: 'list' })
      const document = dashboardOf()
      const [one] = document.components ?? []
      document.components?.push({ ...(one as NonNullable<typeof one>), version: '1.1.0' })
      const layout = layoutOf(gaugeWidget({ componentVersion: undefined }))
      document.views.push({ id: 'third', name: 'Third', layout })
      const report = await importDashboard(client, admin, document)
      expect(report.skipped.map(({ path, code }) => [path, code])).toEqual([
        ['components.0', 'conflict'],
        ['components.1', 'conflict'],
        ['views.1.layout.widgets.1', 'conflict'],
        ['views.2.layout.widgets.0', 'conflict'],
      ])
    }),
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
      await giveRole(client, 'own', ['dashboards.read', 'dashboards.write', 'components.read'], [ids.member])
      const report = await importView(client, member, view)
      expect(report.views).toEqual([{ from: null, id: expect.any(String), name: 'Mixed' }])
      expect(report.skipped.map(({ path, code }) => [path, code])).toEqual([
        ['layout.widgets.0', 'not_found'],
        ['layout.widgets.2', 'permission_denied'],
        ['layout.widgets.3', 'not_found'],
      ])
      expect(await countOf(client, 'widgets')).toBe(1)
    }),
  )

  it(
    'being the default of a role, which stands in the export',
    story(async (client) => {
      const shared = await importView(client, admin, contractView, ours, 'workspace')
      const id = shared.views[0]?.id ?? ''
      await actAs(client, admin, 'select public.set_role_default_view($1, $2, $3)', [ours, 'member', id])
      const exported = await exportView(client, admin, id)
      expect(exported.views[0]?.isRoleDefault).toBe(true)
      expect((await importView(client, member, exported)).skipped).toEqual([
        { path: 'views.0.isRoleDefault', code: 'conflict', message: expect.any(String) },
      ])
      const bare = { ...contractView, isRoleDefault: true, roleId: 'viewer' }
      expect((await importView(client, member, bare)).skipped.map(({ path }) => path)).toEqual([
        'isRoleDefault',
        'roleId',
      ])
      const { rows } = await client.query('select role_key, view_id from public.role_default_views')
      expect(rows).toEqual([{ role_key: 'member', view_id: id }])
    }),
  )

  it(
    'themes without themes.write, and the choice of one',
    premiumStory(async (client) => {
      await giveRole(
        client,
        'own',
        ['dashboards.read', 'dashboards.write', 'themes.read', 'components.read', 'components.write'],
        [ids.member],
      )
      const report = await importDashboard(client, member, dashboardOf())
      expect(report.skipped.map(({ path, code }) => [path, code])).toEqual([
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
      await giveRole(client, 'own', ['dashboards.read', 'dashboards.write'], [ids.member])
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
        return (await importDashboard(client, member, document)).skipped.map(({ path, code }) => [path, code])
      }
      expect(await refusals('sunset-nowhere')).toEqual([
        ['preferences.active_theme_id', 'not_found'],
        ['preferences.extras', 'invalid_input'],
      ])
      expect(await refusals('ocean')).toContainEqual(['preferences.active_theme_id', 'permission_denied'])
    }),
  )
})
