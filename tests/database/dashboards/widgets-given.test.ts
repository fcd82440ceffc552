import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { DuplicatedView, StoredView } from '../../../types/view.ts'
import { insertComponent } from '../../support/dashboards/components.ts'
import { accessOf, grant } from '../../support/dashboards/resource-grants.ts'
import { insertView, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import { giveRole } from '../../support/people/members.ts'
import { setPlan } from '../../support/people/plan.ts'

const premium = onPremium(policySuite())

const widget = (client: pg.Client, actor: Actor, id: string) => accessOf(client, actor, id, ours, 'widget')
const positions = async (client: pg.Client) =>
  (await client.query<{ id: string; x: number }>('select id, x from public.widgets order by id')).rows

describe('a widget that a grant gives', () => {
  it.each([
    ['view', 1, 0, 0],
    ['edit', 1, 1, 0],
    ['manage', 1, 1, 1],
  ])(
    'to %s can be read, changed and removed as far as that goes, and nothing else of its view can',
    (access, ...rows) =>
      premium(async (client) => {
        const view_id = await makeView(client, admin)
        const [given, kept] = [
          await insertWidget(client, { view_id }),
          await insertWidget(client, { view_id, y: 2 }),
        ]
        await grant(client, admin, {
          resource_type: 'widget',
          resource_id: given,
          user_id: ids.viewer,
          access,
        })
        expect(await widget(client, viewer, given)).toBe(access)
        expect(await widget(client, viewer, kept)).toBe('none')
        expect((await actAs(client, viewer, 'select from public.dashboard_views')).rowCount).toBe(0)
        expect(await clientError(call(client, viewer, 'get_view', [view_id]))).toMatchObject({
          code: 'not_found',
        })
        const found = []
        for (const sql of [
          'select from public.widgets',
          'update public.widgets set x = 4',
          'delete from public.widgets',
        ])
          found.push((await actAs(client, viewer, sql)).rowCount)
        expect(found).toEqual(rows)
        expect(await positions(client)).toContainEqual({ id: kept, x: 0 })
        await expect(insertWidget(client, { view_id }, viewer)).rejects.toMatchObject({ code: '42501' })
      })(),
  )

  it(
    'to view is changed and removed by nobody whose role writes dashboards and does not read them',
    premium(async (client) => {
      const view_id = await makeView(client, admin, { visibility: 'workspace' })
      const resource_id = await insertWidget(client, { view_id })
      await grant(client, admin, { resource_type: 'widget', resource_id, user_id: ids.member })
      const found = async () => {
        const counts = []
        for (const sql of [
          'select from public.widgets where id = $1',
          'update public.widgets set x = 4 where id = $1',
          'delete from public.widgets where id = $1',
        ])
          counts.push((await actAs(client, member, sql, [resource_id])).rowCount)
        return counts
      }
      await giveRole(client, 'custom', ['dashboards.write'], [ids.member])
      expect(await found()).toEqual([1, 0, 0])
      expect(await positions(client)).toEqual([{ id: resource_id, x: 0 }])
      await client.query(
        "update public.workspace_roles set permissions = '{dashboards.read,dashboards.write}' where key = 'custom'",
      )
      expect(await found()).toEqual([1, 1, 1])
    }),
  )

  it(
    'is named as left out of a copy where its component is not for the role, and those that are not seen are not',
    premium(async (client) => {
      const view_id = await makeView(client, admin, { visibility: 'workspace' })
      const hidden = await insertWidget(client, { view_id, component_key: 'recent-orders' })
      const given = await insertWidget(client, { view_id, component_key: 'recent-orders', y: 4 })
      await insertWidget(client, { view_id, component_key: 'total-users', y: 8 })
      await client.query(
        "update public.built_in_components set allowed_roles = '{admin}' where key = 'recent-orders'",
      )
      const who = { resource_type: 'widget', user_id: ids.member, access: 'view' }
      await grant(client, admin, { ...who, resource_id: given })
      const { rows } = await client.query<{ id: string; instance_id: string }>(
        'select id, instance_id from public.widgets',
      )
      const instance = (id: string) => rows.find((row) => row.id === id)?.instance_id
      const { layout } = await call<StoredView>(client, member, 'get_view', [view_id])
      const place = layout.widgets.findIndex(({ id }) => id === given)
      expect(layout.widgets).toHaveLength(2)

      const copy = await call<DuplicatedView>(client, member, 'duplicate_view', [view_id])
      expect(copy.skipped).toEqual([
        {
          path: `widgets.${place}`,
          instanceId: instance(given),
          code: 'permission_denied',
          message: 'This component is not for your role.',
        },
      ])
      expect(copy.layout.widgets).toMatchObject([{ widgetId: 'total-users' }])
      expect(JSON.stringify(copy)).not.toContain(instance(hidden))
      const whole = await call<DuplicatedView>(client, admin, 'duplicate_view', [view_id])
      expect([whole.skipped, whole.layout.widgets.length]).toEqual([[], 3])
    }),
  )

  it(
    'is hidden while its view is deleted, and stops counting on the free plan',
    premium(async (client) => {
      const view_id = await makeView(client, admin)
      const id = await insertWidget(client, { view_id })
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: id,
        user_id: ids.viewer,
        access: 'edit',
      })
      const seen = async () => [
        await widget(client, viewer, id),
        (await actAs(client, viewer, 'select from public.widgets')).rowCount,
        (await actAs(client, viewer, 'update public.widgets set y = y + 1')).rowCount,
      ]
      expect(await seen()).toEqual(['edit', 1, 1])
      await call(client, admin, 'delete_view', [view_id])
      expect(await seen()).toEqual(['none', 0, 0])
      await call(client, admin, 'restore_view', [view_id])
      expect(await seen()).toEqual(['edit', 1, 1])
      await setPlan(client, 'free')
      expect(await seen()).toEqual(['none', 0, 0])
    }),
  )

  it(
    'on the same id in another workspace gives nothing here',
    premium(async (client) => {
      const view_id = await makeView(client, admin)
      const id = await insertWidget(client, { view_id })
      await insertWidget(client, {
        workspace_id: theirs,
        view_id: await insertView(client, { workspace_id: theirs }),
        id,
      })
      await grant(client, outsider, {
        workspace_id: theirs,
        resource_type: 'widget',
        resource_id: id,
        user_id: ids.outsider,
        access: 'manage',
      })
      expect(await widget(client, outsider, id)).toBe('none')
      const { rows } = await actAs(client, outsider, 'delete from public.widgets returning workspace_id')
      expect(rows).toEqual([{ workspace_id: theirs }])
    }),
  )

  it(
    'of a component that is not for the role is moved with the layout by whom it is given to',
    premium(async (client) => {
      await insertComponent(client, ours, { id: 'for-admins', allowedRoles: ['admin'] })
      const view_id = await makeView(client, admin, { visibility: 'workspace' })
      const given = await insertWidget(client, {
        view_id,
        component_key: 'for-admins',
        config: { unit: 'l' },
      })
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: given,
        user_id: ids.member,
        access: 'edit',
      })
      await grant(client, admin, { resource_type: 'widget', resource_id: given, user_id: ids.viewer })
      const { layout, version } = await call<StoredView>(client, member, 'get_view', [view_id])
      // What it is made of is not theirs to take along.
      expect(await call(client, viewer, 'export_view', [view_id])).toMatchObject({ components: [] })
      const widgets = layout.widgets.map((each) => ({ ...each, position: { ...each.position, x: 5 } }))
      await call(client, member, 'save_layout', [view_id, { ...layout, widgets }, version])
      expect(await positions(client)).toEqual([{ id: given, x: 5 }])
    }),
  )
})
