import { describe, expect, it } from 'vitest'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { analyticsOf, happened, rollUp, rowsOf, used } from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
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
    'goes with the workspace, by a job, as many rows at a time as it is told',
    story(async (client) => {
      await happened(client, [used(mia, 'chat_asked', 3)])
      await happened(client, [used(ids.outsider, 'chat_asked', 3)], theirs)
      await rollUp(client)
      await client.query(
        `insert into private.analytics_person_months (workspace_id, month, user_id, active_days, views_opened,
           features_used)
         select $1, date '2026-01-01' + make_interval(months => n), $2, 1, 1, 1 from generate_series(1, 2) as n`,
        [ours, mia],
      )
      await call(client, admin, 'delete_workspace', [ours, 'Ours'])
      await call(client, outsider, 'delete_workspace', [theirs, 'Theirs'])
      const tables = [
        'analytics_events',
        'analytics_rollups',
        'analytics_person_days',
        'analytics_person_months',
        'analytics_workspaces',
      ]
      const stored = async () => {
        let rows = 0
        for (const table of tables)
          rows += await rowsOf(client, table, `workspace_id in ('${ours}', '${theirs}')`)
        return rows
      }
      const before = await stored()
      expect(before).toBeGreaterThan(10)
      for (let left = before - 1; left >= 0; left -= 1) {
        const { rows } = await client.query('select private.remove_ended_analytics(1) as n')
        expect([rows[0]?.n, await stored()]).toEqual([1, left])
      }
      const { rows } = await client.query('select private.remove_ended_analytics(1) as n')
      expect(rows).toEqual([{ n: 0 }])
    }),
  )

  it(
    'of another workspace stays, though the same person told it by the same id at the same time',
    story(async (client) => {
      await happened(client, [])
      await happened(client, [], theirs)
      await client.query(
        `insert into private.analytics_events (workspace_id, occurred_at, user_id, id, kind, name)
         select w, now(), $2, $2, 'feature_used', 'chat_asked' from unnest($1::text[]) as w`,
        [[ours, theirs], mia],
      )
      await call(client, admin, 'delete_workspace', [ours, 'Ours'])
      for (let n = 0; n < 3; n += 1) await client.query('select private.remove_ended_analytics(10)')
      expect(await rowsOf(client, 'analytics_events', `workspace_id = '${ours}'`)).toBe(0)
      expect(await rowsOf(client, 'analytics_events', `workspace_id = '${theirs}'`)).toBe(1)
    }),
  )

  it(
    'is kept by the plan of its own workspace, and what was kept when a plan was left stays',
    story(async (client) => {
      const age = async (days: number) => {
        const grains = ['day', ...(days > 100 ? ['month'] : [])]
        await client.query(
          `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, events)
           select w, g, date_trunc(g, now(), 'UTC') - make_interval(days => $3), 'saved', 1
           from unnest($1::text[]) as w, unnest($2::text[]) as g`,
          [[ours, theirs], grains, days],
        )
        await client.query(
          `insert into private.analytics_person_days (workspace_id, day, user_id)
           select w, current_date - $3::integer, $2 from unnest($1::text[]) as w`,
          [[ours, theirs], mia, days],
        )
        if (days > 100)
          await client.query(
            `insert into private.analytics_person_months (workspace_id, month, user_id, active_days, views_opened,
               features_used)
             select w, (date_trunc('month', now(), 'UTC') - make_interval(days => $3))::date, $2, 1, 1, 1
             from unnest($1::text[]) as w`,
            [[ours, theirs], mia, days],
          )
      }
      await happened(client, [])
      await happened(client, [], theirs)
      for (const days of [50, 150, 400]) await age(days)
      await setPlan(client, 'premium')
      await setPlan(client, 'free', ours)
      await client.query("update private.left_plans set left_at = now() - interval '200 days'")
      await client.query('select private.expire_analytics(1000)')
      const left = async (workspace: string) => [
        await rowsOf(client, 'analytics_rollups', `workspace_id = '${workspace}' and grain = 'day'`),
        await rowsOf(client, 'analytics_rollups', `workspace_id = '${workspace}' and grain = 'month'`),
        await rowsOf(client, 'analytics_person_days', `workspace_id = '${workspace}'`),
        await rowsOf(client, 'analytics_person_months', `workspace_id = '${workspace}'`),
      ]
      // Of 150 days ago nothing: the plan was left before.
      expect(await left(ours)).toEqual([2, 1, 2, 1])
      expect(await left(theirs)).toEqual([3, 2, 3, 2])
    }),
  )

  it(
    'of the month in which a plan was left keeps the days before, to the first, and no sum of the month',
    story(async (client) => {
      await happened(client, [])
      await setPlan(client, 'premium')
      await setPlan(client, 'free', ours)
      const { rows } = await client.query(
        `update private.left_plans set left_at = m.first + interval '14 days'
         from (select date_trunc('month', now() - interval '200 days', 'UTC') as first) as m
         where workspace_id = $1 returning m.first`,
        [ours],
      )
      await client.query(
        `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, events)
         select $1, r.grain, $2::timestamptz + make_interval(days => r.day), 'saved', 1
         from (values ('month', 0), ('day', 0), ('day', 13), ('day', 15)) as r (grain, day)`,
        [ours, rows[0]?.first],
      )
      await client.query('select private.expire_analytics(1000)')
      const { rows: left } = await client.query(
        `select grain, extract(day from bucket at time zone 'UTC')::integer as day
         from private.analytics_rollups order by bucket`,
      )
      expect(left).toEqual([
        { grain: 'day', day: 1 },
        { grain: 'day', day: 14 },
      ])
    }),
  )

  it(
    'is given to the person page by page',
    story(async (client) => {
      await happened(client, [{ user: vic, before: 1, kind: 'feature_used', name: 'chat_asked', times: 501 }])
      const page = (after: string | null) =>
        call<{ rows: unknown[]; next: string | null }>(client, viewer, 'export_my_data', ['analytics', after])
      const first = await page(null)
      expect(first.rows).toHaveLength(500)
      expect(await page(first.next)).toMatchObject({ rows: [{ kind: 'feature_used' }], next: null })
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
