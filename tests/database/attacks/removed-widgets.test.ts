import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertComponent } from '../../support/dashboards/components.ts'
import { grant, storedGrants } from '../../support/dashboards/resource-grants.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'

// What is removed can be restored: until then its grants are nobody's who would not hold it then.

const story = policySuite()
const premium = onPremium(story)
const widget = '00000000-0000-4000-8000-0000000000e1'
const granter = ['dashboards.read', 'dashboards.write', 'grants.write']

interface Shown {
  version: number
  layout: { widgets: { instanceId: string; widgetId: string }[] }
}

/** A widget of the admin's personal view, granted to the viewer to look at, and then removed. */
async function removedWidget(client: pg.Client): Promise<string> {
  const view_id = await insertView(client, { owner_id: ids.admin })
  await insertWidget(client, { id: widget, view_id })
  await grant(client, admin, { resource_type: 'widget', resource_id: widget, user_id: ids.viewer })
  await client.query(
    'update private.view_versions set transaction_id = (pg_current_xact_id()::text::bigint - 1)::text::xid8',
  )
  await client.query('delete from public.widgets where id = $1', [widget])
  return view_id
}

describe('a grant on a removed widget', () => {
  it(
    'is raised or deleted by nobody who does not hold as much of its view',
    premium(async (client) => {
      await giveCustomRole(client, 'custom', granter, [ids.member])
      await removedWidget(client)
      const before = await storedGrants(client)
      for (const sql of [
        "update public.resource_grants set access = 'manage'",
        'delete from public.resource_grants',
      ])
        expect(await clientError(actAs(client, member, sql))).toMatchObject({
          status: 403,
          code: 'permission_denied',
        })
      expect(await storedGrants(client)).toEqual(before)
      await actAs(client, admin, 'delete from public.resource_grants')
      expect(await storedGrants(client)).toEqual([])
    }),
  )
})

describe('a preview for a role', () => {
  it(
    'shows and names nothing that who asks does not see',
    premium(async (client) => {
      const view = await insertView(client)
      await insertWidget(client, {
        id: widget,
        instance_id: widget,
        view_id: view,
        component_key: 'total-revenue',
      })
      await insertWidget(client, { view_id: view })
      await grant(client, admin, { resource_id: view, user_id: ids.viewer, access: 'manage' })
      for (const [name, values] of [
        ['see_as', [view, 'admin']],
        ['see_as', [view, 'viewer']],
        ['view_audience', [view]],
      ] as const)
        expect(JSON.stringify(await call(client, viewer, name, [...values]))).not.toContain(widget)
      expect(JSON.stringify(await call(client, admin, 'view_audience', [view]))).toContain(widget)
    }),
  )
})

describe('a widget that is no longer for one’s role', () => {
  it(
    'is not run into by who restores what it was, nor counted, nor told by a stale change',
    premium(async (client) => {
      await giveCustomRole(
        client,
        'custom',
        ['components.read', 'dashboards.read', 'dashboards.write'],
        [ids.member],
      )
      await insertComponent(client, ours, { id: 'for-admins', allowedRoles: ['admin'] })
      const view = await insertView(client)
      await insertWidget(client, { id: widget, instance_id: widget, view_id: view })
      const shown = await call<Shown>(client, member, 'get_view', [view])
      await client.query(
        `update public.widgets set component_key = 'for-admins', config = '{"unit": "l"}' where id = $1`,
        [widget],
      )
      expect((await call<Shown>(client, member, 'get_view', [view])).layout.widgets).toEqual([])
      const [listed] = await call<{ widgetCount: number }[]>(client, member, 'list_views', [ours])
      expect(listed?.widgetCount).toBe(0)
      const saved = await call<Shown>(client, member, 'save_layout', [view, shown.layout, shown.version])
      for (const { instanceId } of saved.layout.widgets) expect(instanceId).not.toBe(widget)
      const { rows } = await client.query('select component_key from public.widgets where id = $1', [widget])
      expect(rows).toEqual([{ component_key: 'for-admins' }])
    }),
  )
})
