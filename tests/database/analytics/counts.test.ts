import { describe, expect, it } from 'vitest'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { clientError } from '../../support/database/act.ts'
import { analyticsOf, everybody, happened, rollUp, rowsOf } from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'

// What use comes to: numbers that a plain count confirms.

const story = policySuite()
const { admin: ada, member: mia, viewer: vic, suspended: sam } = ids

describe('the basics, on every plan', () => {
  it(
    'are what a plain count gives, of a period and the one before',
    story(async (client) => {
      const view = await insertView(client)
      await happened(client, [
        { user: ada, before: 1, view, times: 3 },
        { user: mia, before: 2, view, times: 2, hour: 0 },
        { user: mia, before: 7, view, hour: 23 },
        { user: mia, before: 3, kind: 'error', name: 'widget_failed' },
        { user: vic, before: 8, view, times: 4 },
        { user: ada, before: 9, view },
        { user: sam, before: 15, view },
        // Today is not over.
        { user: vic, before: 0, view, hour: 0 },
      ])
      await happened(client, [{ user: ids.outsider, before: 1, view, times: 50 }], theirs)
      await client.query(
        `insert into private.widget_refreshes (workspace_id, refreshed_at, question_hash, source, outcome, milliseconds,
           bytes)
         select $1, now() - make_interval(days => d), 'a', 'metrics', o, 1, 1
         from unnest(array[2, 2, 9]) as d, unnest(array['fetched', 'source_failed']) as o`,
        [ours],
      )
      await rollUp(client, 20)
      const { basics, series, premium } = await analyticsOf(client, '7d')
      const { rows } = await client.query(
        `select
           count(distinct user_id) filter (where age <= 7)::integer as people,
           count(distinct user_id) filter (where age between 8 and 14)::integer as people_before,
           count(*) filter (where kind = 'view_opened' and age <= 7)::integer as views,
           count(*) filter (where kind = 'view_opened' and age between 8 and 14)::integer as views_before
         from (
           select user_id, kind, (now() at time zone 'UTC')::date - (occurred_at at time zone 'UTC')::date as age
           from private.analytics_events where workspace_id = $1
         ) as e where age > 0`,
        [ours],
      )
      expect(basics).toEqual({
        activePeople: { value: rows[0]?.people, previous: rows[0]?.people_before },
        viewsOpened: { value: rows[0]?.views, previous: rows[0]?.views_before },
        refreshes: { value: 2, previous: 1 },
        errors: { value: 1, previous: 0 },
      })
      expect(basics.viewsOpened).toEqual({ value: 6, previous: 5 })
      expect(series).toHaveLength(7)
      expect(series.map(({ viewsOpened }) => viewsOpened)).toEqual([1, 0, 0, 0, 0, 2, 3])
      expect(series.at(-1)).toMatchObject({ activePeople: 1, viewsOpened: 3 })
      expect(premium).toBeNull()
    }),
  )

  it(
    'are for who holds analytics.read',
    story(async (client) => {
      const codeFor = async (actor: typeof member, workspace = ours) =>
        await clientError(call(client, actor, 'workspace_analytics', [workspace, '7d']))
      for (const actor of [member, viewer])
        expect(await codeFor(actor)).toMatchObject({ code: 'permission_denied', details: 'analytics.read' })
      expect(await codeFor(outsider)).toMatchObject({ code: 'not_found' })
      expect(await codeFor(admin, theirs)).toMatchObject({ code: 'not_found' })
      for (const period of ['2d', null, '__proto__'])
        expect(await clientError(call(client, admin, 'workspace_analytics', [ours, period]))).toMatchObject({
          code: 'invalid_input',
          details: 'period',
        })
      for (const period of ['24h', '30d', '90d', '1y']) await analyticsOf(client, period)
    }),
  )

  it(
    'are the same however often the job runs, and what comes late changes no day',
    story(async (client) => {
      const view = await insertView(client)
      await happened(client, everybody({ before: 1, view }))
      expect(await rollUp(client, 2)).toBeGreaterThanOrEqual(47)
      const first = await analyticsOf(client)
      const { rows } = await client.query('select private.roll_up_analytics() as more')
      expect(rows).toEqual([{ more: false }])
      await happened(client, everybody({ before: 1, view, times: 9 }))
      await client.query('select private.roll_up_analytics()')
      expect(await analyticsOf(client)).toEqual(first)
    }),
  )
})

it(
  'what the database knows itself is counted in its hour and its day, and nothing where there is nothing',
  story(async (client) => {
    const view = await insertView(client)
    const kinds = async (grain: string) =>
      Object.fromEntries(
        (
          await client.query(
            `select kind, events::integer from private.analytics_rollups
             where workspace_id = $1 and grain = $2 and bucket = '2026-01-31' and kind ~ 'shown|saved'`,
            [ours, grain],
          )
        ).rows.map(({ kind, events }) => [kind, events]),
      )
    await client.query(
      `insert into private.widget_reads (workspace_id, hour, hits, stale, misses)
       values ($1, '2026-01-30 23:00Z', 5, 5, 5), ($1, '2026-01-31 00:00Z', 1, 2, 0)`,
      [ours],
    )
    await client.query(
      `insert into private.view_versions (workspace_id, view_id, version, name, saved_at)
       select $1, $2, 100 + n, 'Saved', t.at from unnest($3::timestamptz[]) with ordinality as t (at, n)`,
      [ours, view, ['2026-01-30 23:59:59Z', '2026-01-31 00:00Z', '2026-01-31 00:30Z', '2026-01-31 01:00Z']],
    )
    await client.query("select private.roll_up_analytics_hour('2026-01-31 00:00Z')")
    const expected = { shown_fresh: 1, shown_stale: 2, saved: 2 }
    expect(await kinds('hour')).toEqual(expected)
    await client.query(
      `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, events)
       select $1, 'hour', t.at, 'saved', 9 from unnest($2::timestamptz[]) as t (at)`,
      [ours, ['2026-01-30 23:00Z', '2026-02-01 00:00Z']],
    )
    await client.query(
      `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, events)
       values ($1, 'hour', '2026-01-31 00:00Z', 'saved', 9)`,
      [theirs],
    )
    // Twice comes to the same.
    for (let time = 0; time < 2; time += 1) {
      await client.query("select private.roll_up_analytics_day('2026-01-31 00:00Z')")
      expect(await kinds('day')).toEqual(expected)
    }
  }),
)

it.each([
  [
    'a saved view',
    `insert into private.view_versions (workspace_id, view_id, version, name, saved_at)
     select $1, v.id, 100, 'Saved', $2 from public.dashboard_views v`,
  ],
  [
    'an attempt to refresh',
    `insert into private.widget_refreshes (workspace_id, refreshed_at, question_hash, source, outcome, milliseconds,
       bytes)
     values ($1, $2, 'a', 'metrics', 'source_failed', 1, 1)`,
  ],
])('a workspace is noted for the job by %s alone, of that hour', (_, happening) =>
  story(async (client) => {
    await insertView(client)
    await client.query('delete from private.view_versions')
    const noted = async (at: string) => {
      await client.query('savepoint noted')
      await client.query(happening, [ours, at])
      await client.query("select private.roll_up_analytics_hour('2026-01-31 00:00Z')")
      const number = await rowsOf(client, 'analytics_workspaces')
      await client.query('rollback to savepoint noted')
      return number
    }
    expect([await noted('2026-01-30 23:59Z'), await noted('2026-01-31 00:00Z')]).toEqual([0, 1])
    expect([await noted('2026-01-31 00:59Z'), await noted('2026-01-31 01:00Z')]).toEqual([1, 0])
  })(),
)

it(
  'how much there is at the end of a day is written down of workspaces that are there',
  story(async (client) => {
    await happened(client, [])
    await happened(client, [], theirs)
    await client.query('update private.analytics_workspaces set ended_at = now() where workspace_id = $1', [
      theirs,
    ])
    await client.query(
      `insert into storage.objects (bucket_id, name, metadata)
       select 'support', w || '/a/b.png', '{"size": 7}' from unnest($1::text[]) as w`,
      [[ours, theirs]],
    )
    await client.query("select private.roll_up_analytics_state('2026-01-31 00:00Z')")
    const { rows } = await client.query(
      "select workspace_id, events::integer from private.analytics_rollups where kind = 'stored_bytes'",
    )
    expect(rows).toEqual([{ workspace_id: ours, events: 7 }])
  }),
)

it(
  'of the last 24 hours people are counted in those hours and those before, in this workspace',
  story(async (client) => {
    await rollUp(client)
    for (const [workspace, user, hours] of [
      [ours, mia, 1],
      [ours, vic, -1],
      [ours, ada, -25],
      [ours, sam, 24.5],
      [theirs, ids.outsider, 1],
    ] as const)
      await client.query(
        `insert into private.analytics_events (workspace_id, occurred_at, user_id, id, kind, name)
         select $1, r.since + $3 * interval '1 hour', $2, gen_random_uuid(), 'feature_used', 'chat_asked'
         from private.analytics_range('24h') as r`,
        [workspace, user, hours],
      )
    expect((await analyticsOf(client, '24h')).basics.activePeople).toEqual({ value: 1, previous: 1 })
  }),
)

it.each([
  ['24h', 'hour', '24 hours'],
  ['7d', 'day', '7 days'],
  ['30d', 'day', '30 days'],
  ['90d', 'day', '90 days'],
  ['1y', 'day', '365 days'],
])('a period of %s is whole %ss, and as long as the one before it', (period, grain, length) =>
  story(async (client) => {
    const { rows } = await client.query(
      `select grain, until - since = $2::interval as is_long, since - before = $2::interval as was_long,
         until = date_trunc(grain, private.analytics_counted_until(), 'UTC') as is_whole
       from private.analytics_range($1)`,
      [period, length],
    )
    expect(rows).toEqual([{ grain, is_long: true, was_long: true, is_whole: true }])
  })(),
)
