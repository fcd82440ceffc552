import { describe, expect, it } from 'vitest'
import { gauge, insertComponent, publish } from '../../support/dashboards/components.ts'
import { contractView } from '../../support/dashboards/layouts.ts'
import {
  countOf,
  dashboardOf,
  exportDashboard,
  exportView,
  importDashboard,
  importView,
  preferencesOf,
  withoutIds,
} from '../../support/dashboards/transfer.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, member, ours, outsider, theirs } from '../../support/people/cast.ts'

const story = policySuite()
const premiumStory = onPremium(story)

describe('an import', () => {
  it(
    'brings a dashboard into another workspace, where its export is the same but for ids',
    premiumStory(async (client) => {
      await importDashboard(client, admin, dashboardOf(), ours)
      const exported = await exportDashboard(client, admin, ours)
      const report = await importDashboard(client, outsider, exported, theirs)
      expect(report.skipped).toEqual([])
      expect(report.views.map(({ from, name }) => [from, name])).toEqual(
        exported.views.map(({ id, name }) => [id, name]),
      )
      expect(report.components).toEqual([{ id: 'gauge', version: '1.0.0', outcome: 'published' }])

      const again = await exportDashboard(client, outsider, theirs)
      expect(withoutIds(again)).toEqual(withoutIds(exported))
      expect(again.views.find(({ isDefault }) => isDefault)?.name).toBe('Second')
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
      expect(second.skipped).toEqual([])
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
    'brings in a component for roles that there are elsewhere, which no publishing takes',
    premiumStory(async (client) => {
      const component = { ...gauge, allowedRoles: ['sales', 'viewer'] }
      const report = await importDashboard(client, admin, dashboardOf({ components: [component] }))
      expect(report).toMatchObject({ skipped: [], components: [{ id: 'gauge', outcome: 'published' }] })
      expect(await clientError(publish(client, admin, { ...component, id: 'other' }))).toMatchObject({
        code: 'invalid_input',
        details: 'allowedRoles.0',
      })
    }),
  )

  it(
    'uses a component that is not for one’s role where one may write components',
    premiumStory(async (client) => {
      const secret = { ...gauge, allowedRoles: ['admin'] }
      await insertComponent(client, ours, secret)
      const { components } = await importDashboard(
        client,
        member,
        dashboardOf({ components: [secret], themes: [], views: [], preferences: {} }),
      )
      expect(components).toEqual([{ id: 'gauge', version: '1.0.0', outcome: 'used' }])
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
        skipped: [],
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
      expect((await importView(client, admin, rows[0]?.gotten)).skipped).toEqual([])
      expect((await importView(client, admin, rows[0]?.active)).skipped).toEqual([])
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
    'leaves alone what the exporter has not chosen',
    story(async (client) => {
      const mine = { theme_mode: 'dark', sidebar_collapsed: true, active_theme_id: 'ocean' }
      await actAs(client, member, 'select public.patch_preferences($1, $2)', [ours, JSON.stringify(mine)])
      const document = await exportDashboard(client, admin)
      expect(await importDashboard(client, member, document)).toMatchObject({ preferences: {}, skipped: [] })
      expect((await exportDashboard(client, member)).preferences).toEqual(mine)
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
        skipped: [],
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
