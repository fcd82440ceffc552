import { expect, it } from 'vitest'
import { analyticsOf, happened } from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, ours } from '../../support/people/cast.ts'

const story = policySuite()
const premiumStory = onPremium(story)

// A client of the Data API chooses the time zone of its statements (`Prefer: timezone=…`).
it.each(['America/New_York', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe'])(
  'use is counted by days of UTC, whoever asks in %s',
  async (zone) =>
    premiumStory(async (client) => {
      await happened(client, [])
      await client.query(
        `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, subject, events, people)
         select $1, 'day', date_trunc('day', now(), 'UTC') - make_interval(days => d), k.kind, '', d, 3
         from generate_series(1, 760) as d, unnest('{active,view_opened,error}'::text[]) as k (kind)`,
        [ours],
      )
      await client.query(
        `insert into private.analytics_person_days (workspace_id, day, user_id, views_opened)
         select $1, (now() at time zone 'UTC')::date - d, $2, d from generate_series(1, 760) as d`,
        [ours, ids.member],
      )
      await client.query(
        `select private.roll_up_analytics_month(m) from generate_series(
           date_trunc('month', now(), 'UTC') - interval '25 months',
           date_trunc('month', now(), 'UTC') - interval '1 month', interval '1 month', 'UTC') as m`,
      )
      await client.query(
        `insert into private.analytics_progress (counted_until) values (date_trunc('day', now(), 'UTC'))
         on conflict (is_only) do update set counted_until = excluded.counted_until`,
      )
      for (const period of ['7d', '30d', '90d', '1y']) {
        await client.query("set local timezone = 'UTC'")
        const told = await analyticsOf(client, period)
        const widget = await call(client, admin, 'workspace_analytics_csv', [ours, period, 'series'])
        await client.query(`set local timezone = '${zone}'`)
        expect(await analyticsOf(client, period)).toEqual(told)
        expect(await call(client, admin, 'workspace_analytics_csv', [ours, period, 'series'])).toEqual(widget)
      }
    })(),
)
