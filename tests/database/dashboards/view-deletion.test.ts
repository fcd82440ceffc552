import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { grant, storedGrants } from '../../support/dashboards/resource-grants.ts'
import { insertShare, insertView, insertWidget, makeView } from '../../support/dashboards/view-rows.ts'
import { type Actor, actAs, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory, onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, viewer } from '../../support/people/cast.ts'

const story = policySuite()
const notFound = { status: 404, code: 'not_found', details: 'view_id' }

const listed = async (client: pg.Client, actor: typeof member, name = 'list_views') =>
  (await call<{ id: string }[]>(client, actor, name, [ours])).map(({ id }) => id)

const count = async (client: pg.Client, from: string) => (await client.query(`select from ${from}`)).rowCount

describe('deleting a view', () => {
  it(
    'hides a view from everybody, and restoring has it back as it was',
    story(async (client) => {
      const id = await makeView(client, member, { visibility: 'workspace' })
      await insertWidget(client, { view_id: id }, member)
      await insertShare(client, { view_id: id, user_id: ids.viewer }, member)
      const before = await call<Record<string, unknown>>(client, member, 'get_view', [id])
      await call(client, member, 'delete_view', [id])
      for (const actor of [member, admin, viewer]) {
        expect(await listed(client, actor)).toEqual([])
        for (const [name, values] of [
          ['get_view', [id]],
          ['duplicate_view', [id]],
          ['delete_view', [id]],
          ['save_layout', [id, before.layout, 1]],
          ['list_view_versions', [id]],
          ['activate_view', [ours, id]],
        ] as const)
          expect(await clientError(call(client, actor, name, [...values])), name).toMatchObject(notFound)
        for (const table of ['dashboard_views', 'widgets'])
          expect((await actAs(client, actor, `select from public.${table}`)).rowCount, table).toBe(0)
      }
      expect(await listed(client, member, 'list_deleted_views')).toEqual([id])
      expect(await listed(client, viewer, 'list_deleted_views')).toEqual([])
      expect(await clientError(call(client, viewer, 'restore_view', [id]))).toMatchObject({
        status: 403,
        code: 'permission_denied',
        details: 'manage',
      })
      for (const actor of [suspended, outsider])
        expect(await clientError(call(client, actor, 'restore_view', [id]))).toMatchObject(notFound)

      expect(await call(client, admin, 'restore_view', [id])).toMatchObject({ id, layout: before.layout })
      const again = async (actor: Actor) => clientError(call(client, actor, 'restore_view', [id]))
      for (const actor of [member, admin])
        expect(await again(actor)).toMatchObject({ code: 'conflict', details: 'view_id' })
      expect(await again(viewer)).toMatchObject({ code: 'permission_denied', details: 'manage' })
      for (const actor of [suspended, outsider]) expect(await again(actor)).toMatchObject(notFound)
      for (const unknown of [null, randomUUID()])
        expect(await clientError(call(client, admin, 'restore_view', [unknown]))).toMatchObject(notFound)
      expect(await listed(client, viewer)).toEqual([id])
      expect(await count(client, 'public.dashboard_view_shares')).toBe(1)
    }),
  )

  it(
    'lasts 30 days, and then the job removes a view with all that was about it',
    onPremium(committedStory())(async (client) => {
      const [old, late] = [await insertView(client), await insertView(client)]
      const gone = await insertWidget(client, { view_id: old })
      const [left, kept] = [
        await insertWidget(client, { view_id: old }),
        await insertWidget(client, { view_id: late }),
      ]
      for (const [resource_type, resource_id] of [
        ['dashboard', old],
        ['widget', gone],
        ['widget', left],
        ['widget', kept],
      ])
        await grant(client, admin, { resource_type, resource_id, user_id: ids.viewer })
      await call(client, viewer, 'activate_view', [ours, old])
      await call(client, admin, 'set_role_default_view', [ours, 'viewer', old])
      await commit(client)
      await client.query('delete from public.widgets where id = $1', [gone])
      await commit(client)
      await client.query(
        `update public.dashboard_views set deleted_at = now() - case when id = $1 then interval '30 days 1 hour'
           else interval '29 days 23 hours' end`,
        [old],
      )
      await expect(actAs(client, admin, 'select private.remove_deleted_views()')).rejects.toMatchObject({
        code: '42501',
      })
      expect((await client.query('select private.remove_deleted_views()::int as removed')).rows).toEqual([
        { removed: 1 },
      ])
      expect((await client.query('select id from public.dashboard_views')).rows).toEqual([{ id: late }])
      expect((await client.query('select id from public.widgets')).rows).toEqual([{ id: kept }])
      expect(await storedGrants(client)).toMatchObject([{ resource_id: kept }])
      expect(await count(client, `private.view_versions where view_id = '${old}'`)).toBe(0)
      expect(await count(client, 'public.role_default_views')).toBe(0)
      const { rows } = await client.query('select active_dashboard_view from public.preferences')
      expect(rows).toEqual([{ active_dashboard_view: null }])
    }),
  )

  it(
    'for good is left to a job of every night',
    story(async (client) => {
      const { rows } = await client.query(
        "select schedule, command, username from cron.job where jobname = 'remove-deleted-views'",
      )
      expect(rows).toEqual([
        { schedule: '17 3 * * *', command: 'select private.remove_deleted_views()', username: 'postgres' },
      ])
    }),
  )
})
