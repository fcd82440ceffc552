import type pg from 'pg'
import { expect, it } from 'vitest'
import { actAs } from '../../support/database/act.ts'
import { analyticsOf, happened, rollUp, rowsOf } from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours, theirs, viewer } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// Months are sums of days: whatever is read from them is what the days say.

const story = policySuite()
const premiumStory = onPremium(story)

const periods = ['24h', '7d', '30d', '90d', '1y']
async function answers(client: pg.Client) {
  const given = []
  for (const period of periods) given.push(await analyticsOf(client, period))
  return given
}

/** More than 25 months of days, on any date, of two people and two features, no day like another. */
async function manyMonths(client: pg.Client): Promise<void> {
  await happened(client, [])
  await client.query(
    `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, subject, events, people)
     select $1, 'day', date_trunc('day', now(), 'UTC') - make_interval(days => d), k.kind, k.subject, d * k.times, 3
     from generate_series(1, 800) as d, (
       values ('view_opened', '', 3), ('feature_used', '', 11), ('feature_used', 'chat_asked', 4),
         ('feature_used', 'data_exported', 7), ('kept_answers', '', 1)
     ) as k (kind, subject, times)`,
    [ours],
  )
  await client.query(
    `insert into private.analytics_person_days (workspace_id, day, user_id, views_opened, features_used)
     select $1, (now() at time zone 'UTC')::date - d, p.id, d, d * p.n
     from generate_series(1, 800) as d, unnest($2::uuid[]) with ordinality as p (id, n) where d % (p.n + 1) = 0`,
    [ours, [ids.member, ids.viewer]],
  )
  await client.query(
    `insert into private.analytics_progress (counted_until) values (date_trunc('day', now(), 'UTC'))
     on conflict (is_only) do update set counted_until = excluded.counted_until`,
  )
  await client.query(
    'insert into private.analytics_policies (workspace_id, by_person_since) values ($1, $2)',
    [ours, new Date(Date.now() - 500 * 86_400_000)],
  )
}

const sumMonths = (client: pg.Client) =>
  client.query(
    `select private.roll_up_analytics_month(m) from generate_series(
       date_trunc('month', now(), 'UTC') - interval '25 months', date_trunc('month', now(), 'UTC') - interval '1 month',
       interval '1 month', 'UTC') as m`,
  )

it(
  'say of every period what its days do',
  premiumStory(async (client) => {
    await manyMonths(client)
    const byDays = await answers(client)
    // Months of another workspace stand for no days of this one.
    await client.query(
      `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, events)
       select $1, 'month', m, 'view_opened', 1 from generate_series(
         date_trunc('month', now(), 'UTC') - interval '25 months', now(), interval '1 month', 'UTC') as m`,
      [theirs],
    )
    expect(await answers(client)).toEqual(byDays)
    await client.query('delete from private.analytics_rollups where workspace_id = $1', [theirs])
    await sumMonths(client)
    expect(await rowsOf(client, 'analytics_rollups', "grain = 'month'")).toBeGreaterThan(90)
    expect(await answers(client)).toEqual(byDays)
    // A year is read from them: what is done to days of its middle is not seen.
    await client.query(
      `update private.analytics_rollups set events = 0
       where grain = 'day' and subject <> '' and bucket < date_trunc('month', now(), 'UTC') - interval '2 months'
         and bucket >= date_trunc('month', now(), 'UTC') - interval '10 months'`,
    )
    expect(await analyticsOf(client, '1y')).toEqual(byDays.at(-1))
    const { premium } = byDays.at(-1) ?? {}
    expect(premium?.people?.map(({ activeDays }) => activeDays.value)).toEqual([182, 121])
  }),
)

it(
  'are put together with their last day',
  story(async (client) => {
    const days = new Date().getUTCDate()
    await happened(
      client,
      [days - 1, days].map((before) => ({
        user: ids.member,
        before,
        kind: 'feature_used' as const,
        name: 'chat_asked',
      })),
    )
    await rollUp(client, days)
    // The last day of the month before, and not the first of this.
    const { rows } = await client.query(
      "select events::integer from private.analytics_rollups where grain = 'month' and kind = 'feature_used'",
    )
    expect(rows).toEqual([{ events: 1 }])
    expect(await rowsOf(client, 'analytics_person_months', 'active_days = 1 and features_used = 1')).toBe(1)
  }),
)

it(
  'go whole with the first of their days, and what is left is read day by day',
  story(async (client) => {
    await manyMonths(client)
    await sumMonths(client)
    const months = () =>
      rowsOf(client, 'analytics_rollups', "grain = 'month' and subject = '' and kind = 'view_opened'")
    const monthsOfPeople = () => rowsOf(client, 'analytics_person_months', `user_id = '${ids.member}'`)
    expect([await months(), await monthsOfPeople()]).toEqual([25, 25])
    await setPlan(client, 'free')
    await client.query('delete from private.left_plans')
    // Of 90 days that are kept, the month in which they begin is no month any more.
    for (;;) {
      const { rows } = await client.query('select private.expire_analytics(100) as n')
      if (!rows[0]?.n) break
    }
    const { rows } = await client.query<{ whole: number; days: string }>(
      `select
         (select count(*)::integer from generate_series(1, 3) as n
          where date_trunc('month', now(), 'UTC') - make_interval(months => n) >= now() - interval '90 days') as whole,
         (select sum(events) from private.analytics_rollups where grain = 'day' and kind = 'view_opened') as days`,
    )
    expect([await months(), await monthsOfPeople()]).toEqual([rows[0]?.whole, rows[0]?.whole])
    const { basics } = await analyticsOf(client, '1y')
    expect(basics.viewsOpened).toEqual({ value: Number(rows[0]?.days), previous: 0 })
  }),
)

it(
  'go with the person and with the workspace',
  story(async (client) => {
    await manyMonths(client)
    await sumMonths(client)
    await call(client, viewer, 'delete_my_account', [])
    expect(await rowsOf(client, 'analytics_person_months', `user_id = '${ids.viewer}'`)).toBe(0)
    expect(await rowsOf(client, 'analytics_person_months', `user_id = '${ids.member}'`)).toBeGreaterThan(20)
    await actAs(client, admin, "select public.delete_workspace($1, 'Ours')", [ours])
    for (;;) {
      const { rows } = await client.query('select private.remove_ended_analytics(1000) as n')
      if (!rows[0]?.n) break
    }
    expect(await rowsOf(client, 'analytics_person_months')).toBe(0)
    expect(await rowsOf(client, 'analytics_rollups')).toBe(0)
  }),
)

it(
  'before anything was counted, counting begins with the last hour that is over',
  story(async (client) => {
    await client.query('delete from private.analytics_progress')
    const { rows } = await client.query(
      "select date_trunc('hour', now(), 'UTC') - private.analytics_counted_until() = interval '1 hour' as is_so",
    )
    expect(rows).toEqual([{ is_so: true }])
  }),
)
