import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertShare, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, viewer } from '../../support/people/cast.ts'

// Attacks by administrators on what a colleague keeps, or shows to them alone.

const premium = onPremium(policySuite())

const accessOf = (client: pg.Client, actor: Actor, id: string, type = 'dashboard') =>
  call<string>(client, actor, 'my_access', [ours, type, id])

const grant = (client: pg.Client, actor: Actor, resource: string, access: string, type = 'dashboard') =>
  actAs(
    client,
    actor,
    `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
     values ($1, $2, $3, $4, $5)`,
    [ours, type, resource, type === 'widget' ? ids.viewer : ids.admin, access],
  )

describe('an administrator to whom a colleague shows a personal view', () => {
  it(
    'gives nothing of it to anybody, nor keeps it, and takes nothing from those with whom it is shared',
    premium(async (client) => {
      const view = await makeView(client, member)
      const widget = await insertWidget(client, { view_id: view }, member)
      await insertShare(client, { view_id: view, user_id: ids.admin }, member)
      for (const access of ['view', 'edit', 'manage', 'none'])
        for (const [type, id] of [
          ['dashboard', view],
          ['widget', widget],
        ] as const)
          expect(
            await clientError(grant(client, admin, id, access, type)),
            `${access} ${type}`,
          ).toMatchObject({ code: 'permission_denied', details: 'manage' })
      expect(await accessOf(client, admin, view)).toBe('view')
      expect((await client.query('select from public.resource_grants')).rowCount).toBe(0)
      // What somebody gave while all saw it, they may still take back, and raise no more.
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
         values ($1, 'dashboard', $2, $3, 'view')`,
        [ours, view, ids.viewer],
      )
      expect(
        await clientError(actAs(client, admin, "update public.resource_grants set access = 'edit'")),
      ).toMatchObject({ code: 'permission_denied', details: 'manage' })
      expect((await actAs(client, admin, 'delete from public.resource_grants')).rowCount).toBe(1)
    }),
  )

  it(
    'keeps nothing by a grant from when it was shared, once its owner makes it personal',
    premium(async (client) => {
      const view = await makeView(client, member, { visibility: 'workspace' })
      const widget = await insertWidget(client, { view_id: view }, member)
      const kept = await makeView(client, member, { visibility: 'workspace' })
      await grant(client, admin, view, 'manage')
      await grant(client, admin, kept, 'manage')
      await grant(client, admin, widget, 'edit', 'widget')
      await actAs(client, member, "update public.dashboard_views set visibility = 'personal' where id = $1", [
        view,
      ])
      expect(await accessOf(client, admin, view)).toBe('none')
      expect(await accessOf(client, viewer, widget, 'widget')).toBe('none')
      expect((await client.query('select resource_id from public.resource_grants')).rows).toEqual([
        { resource_id: kept },
      ])
    }),
  )

  it(
    'still withholds a widget from the others when its view becomes personal',
    premium(async (client) => {
      const view = await makeView(client, member, { visibility: 'workspace' })
      const widget = await insertWidget(client, { view_id: view }, member)
      await grant(client, admin, widget, 'none', 'widget')
      await actAs(client, member, "update public.dashboard_views set visibility = 'personal' where id = $1", [
        view,
      ])
      await insertShare(client, { view_id: view, user_id: ids.viewer }, member)
      expect(await accessOf(client, viewer, view)).toBe('view')
      expect(await accessOf(client, viewer, widget, 'widget')).toBe('none')
    }),
  )
})
