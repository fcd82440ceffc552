import { describe, expect, it } from 'vitest'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { analyticsOf, happened, rollUp, rowsOf, used } from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours, viewer } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// What is stored of use, and for how long.

const story = policySuite()
const { member: mia, viewer: vic } = ids

describe('what is stored of use', () => {
  it(
    'goes with the person, and sums that name nobody stay',
    story(async (client) => {
      const view = await insertView(client)
      await happened(client, [
        { user: vic, before: 1, view },
        { user: mia, before: 1, view },
      ])
      await rollUp(client)
      const before = (await analyticsOf(client)).basics.viewsOpened
      const parts = async (part = 'analytics') =>
        (await call<{ rows: unknown[] }>(client, viewer, 'export_my_data', [part])).rows
      expect(await parts()).toMatchObject([{ workspaceId: ours, kind: 'view_opened', viewId: view }])
      expect(await parts('activeDays')).toMatchObject([{ workspaceId: ours, viewsOpened: 1, errors: 0 }])
      await call(client, viewer, 'delete_my_account', [])
      for (const table of ['analytics_events', 'analytics_person_days']) {
        expect(await rowsOf(client, table, `user_id = '${vic}'`)).toBe(0)
        expect(await rowsOf(client, table, `user_id = '${mia}'`)).toBe(1)
      }
      expect((await analyticsOf(client)).basics.viewsOpened).toEqual(before)
    }),
  )

  it(
    'goes with the workspace, by a job, in batches',
    story(async (client) => {
      await happened(client, [used(mia, 'chat_asked', 3)])
      await rollUp(client)
      await call(client, admin, 'delete_workspace', [ours, 'Ours'])
      let removed = 0
      for (;;) {
        const { rows } = await client.query('select private.remove_ended_analytics(2) as n')
        if (!rows[0]?.n) break
        removed += 1
      }
      expect(removed).toBeGreaterThan(3)
      for (const table of [
        'analytics_events',
        'analytics_rollups',
        'analytics_person_days',
        'analytics_workspaces',
      ])
        expect(await rowsOf(client, table, `workspace_id = '${ours}'`)).toBe(0)
    }),
  )

  it(
    'is kept as long as the plan says, and of a plan that was left as long as it said',
    story(async (client) => {
      await happened(client, [])
      const day = (before: number) =>
        client.query(
          `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, events)
           select $1, g, date_trunc('day', now(), 'UTC') - make_interval(days => $2), 'view_opened', 1
           from unnest(array['hour', 'day']) as g`,
          [ours, before],
        )
      for (const before of [34, 36, 89, 91, 799, 801]) await day(before)
      await client.query(
        'insert into private.analytics_person_days (workspace_id, day, user_id) select $1, current_date - n, $2 from unnest(array[80, 100]) n',
        [ours, mia],
      )
      await setPlan(client, 'premium')
      await client.query('select private.expire_analytics(1000)')
      expect(await rowsOf(client, 'analytics_rollups', "grain = 'day'")).toBe(5)
      expect(await rowsOf(client, 'analytics_rollups', "grain = 'hour'")).toBe(1)
      await setPlan(client, 'free')
      await client.query('select private.expire_analytics(1000)')
      expect(await rowsOf(client, 'analytics_rollups', "grain = 'day'")).toBe(5)
      await client.query('delete from private.left_plans')
      await client.query('select private.expire_analytics(1000)')
      expect(await rowsOf(client, 'analytics_rollups', "grain = 'day'")).toBe(3)
      expect(await rowsOf(client, 'analytics_person_days')).toBe(1)
    }),
  )
})
