import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { dashboardSchema } from '../../../types/dashboard.ts'
import { insertComponent } from '../../support/dashboards/components.ts'
import { grant } from '../../support/dashboards/resource-grants.ts'
import { insertView, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'

// Whoever sees a widget reads what describes it, and nothing more of a component than that widget shows.

const story = policySuite()

/** A view with two versions of a component for members, one for viewers and one for admins. */
async function board(client: pg.Client): Promise<{ view: string; old: string; secret: string }> {
  await insertComponent(client, ours, {
    id: 'gauge',
    version: '1.0.0',
    title: 'Old',
    allowedRoles: ['member'],
  })
  await insertComponent(client, ours, {
    id: 'gauge',
    version: '1.10.0',
    title: 'Latest',
    allowedRoles: ['member'],
  })
  await insertComponent(client, ours, { id: 'secret', allowedRoles: ['admin'] })
  const view = await insertView(client)
  const put = (component_key: string, component_version?: string) =>
    insertWidget(client, {
      view_id: view,
      component_key,
      config: component_version ? { unit: 'l' } : {},
      ...(component_version ? { component_version } : {}),
    })
  const old = await put('gauge', '1.0.0')
  const secret = await put('secret', '1.0.0')
  await put('recent-orders')
  await put('recent-orders')
  await put('total-revenue')
  return { view, old, secret }
}

async function described(client: pg.Client, actor: Actor, view?: string): Promise<string[]> {
  const { view: shown, components } = dashboardSchema.parse(
    await call(client, actor, 'get_dashboard', view ? [ours, view] : [ours]),
  )
  const name = (id: string, version: string | null | undefined) => `${id} ${version ?? 'built in'}`
  // No widget without its component, and no component without a widget.
  expect(new Set(components.map(({ id, version }) => name(id, version)))).toEqual(
    new Set(shown.layout.widgets.map((each) => name(each.widgetId, each.componentVersion))),
  )
  return components.map(({ id, version }) => name(id, version))
}

const get = (client: pg.Client, actor: Actor, ...values: unknown[]) =>
  call<Record<string, unknown>>(client, actor, 'get_component', [ours, ...values])

const hidden = { status: 404, code: 'not_found', details: 'key' }

describe('get_dashboard', () => {
  it(
    'describes each component of the widgets that one sees once, and no other',
    onPremium(story)(async (client) => {
      const { view, old, secret } = await board(client)
      // Of the same name elsewhere, and of no concern here.
      for (const version of ['1.0.0', '1.10.0'])
        await insertComponent(client, theirs, { version, type: 'list', allowedRoles: ['member'] })
      expect(await described(client, admin, view)).toEqual([
        'gauge 1.0.0',
        'recent-orders built in',
        'secret 1.0.0',
        'total-revenue built in',
      ])
      expect(await described(client, member, view)).toEqual([
        'gauge 1.0.0',
        'recent-orders built in',
        'total-revenue built in',
      ])
      expect(await described(client, viewer, view)).toEqual(['recent-orders built in'])
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: secret,
        user_id: ids.viewer,
        access: 'view',
      })
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: old,
        user_id: ids.member,
        access: 'none',
      })
      expect(await described(client, viewer, view)).toEqual(['recent-orders built in', 'secret 1.0.0'])
      expect(await described(client, member, view)).not.toContain('gauge 1.0.0')
    }),
  )

  it(
    'describes the initial view and an empty one, and takes no components.read',
    onPremium(story)(async (client) => {
      expect(await described(client, admin)).toHaveLength(8)
      await giveCustomRole(client, 'guest', ['dashboards.read', 'themes.read'], [ids.member])
      const { view } = await board(client)
      expect(await described(client, member, view)).toEqual(['recent-orders built in'])
      expect(await described(client, viewer, await makeView(client, viewer))).toEqual([])
    }),
  )
})

describe('get_component', () => {
  it(
    'answers who sees a widget of it with the version that the widget shows',
    onPremium(story)(async (client) => {
      const { secret, old } = await board(client)
      for (const values of [['secret'], ['secret', '1.0.0'], ['gauge'], ['total-revenue']])
        expect(await clientError(get(client, viewer, ...values))).toMatchObject(hidden)
      for (const id of [secret, old])
        await grant(client, admin, {
          resource_type: 'widget',
          resource_id: id,
          user_id: ids.viewer,
          access: 'view',
        })
      expect(await get(client, viewer, 'secret')).toMatchObject({
        id: 'secret',
        title: 'Gauge',
        type: 'stats',
      })
      // The latest of those that they see, not of those that there are.
      for (const version of [null, '1.0.0'])
        expect(await get(client, viewer, 'gauge', version)).toMatchObject({ version: '1.0.0', title: 'Old' })
      expect(await clientError(get(client, viewer, 'gauge', '1.10.0'))).toMatchObject(hidden)
      expect(await get(client, member, 'gauge')).toMatchObject({ version: '1.10.0' })
      for (const values of [['total-revenue'], ['secret', '9.0.0'], ['nothing']])
        expect(await clientError(get(client, viewer, ...values))).toMatchObject(hidden)
    }),
  )

  it(
    'takes no components.read of who sees a widget, and tells others what is missing',
    onPremium(story)(async (client) => {
      await giveCustomRole(client, 'guest', ['dashboards.read'], [ids.member])
      await board(client)
      expect(await get(client, member, 'recent-orders')).toMatchObject({
        id: 'recent-orders',
        kind: 'built_in',
      })
      for (const key of ['total-revenue', 'secret', 'nothing'])
        expect(await clientError(get(client, member, key))).toMatchObject({
          code: 'permission_denied',
          details: 'components.read',
        })
    }),
  )

  it(
    'counts no widget of a deleted view, of a personal one of a colleague, or of another workspace',
    onPremium(story)(async (client) => {
      const { view } = await board(client)
      const own = await makeView(client, member)
      await insertWidget(client, { view_id: own, component_key: 'total-users' })
      expect(await clientError(get(client, viewer, 'total-users'))).toMatchObject(hidden)
      await giveCustomRole(client, 'guest', ['dashboards.read'], [ids.viewer])
      expect(await get(client, viewer, 'recent-orders')).toMatchObject({ id: 'recent-orders' })
      await client.query('update public.dashboard_views set deleted_at = now() where id = $1', [view])
      expect(await clientError(get(client, viewer, 'recent-orders'))).toMatchObject({
        details: 'components.read',
      })

      await insertComponent(client, theirs, { id: 'gauge', title: 'Theirs', allowedRoles: ['member'] })
      const foreign = await insertView(client, { workspace_id: theirs })
      await insertWidget(client, {
        workspace_id: theirs,
        view_id: foreign,
        component_key: 'gauge',
        component_version: '1.0.0',
        config: { unit: 'l' },
      })
      for (const actor of [outsider, suspended])
        for (const key of ['gauge', 'recent-orders', 'nothing'])
          expect(await clientError(get(client, actor, key))).toMatchObject({
            code: 'not_found',
            details: 'workspace_id',
          })
    }),
  )
})
