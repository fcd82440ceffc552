import fc from 'fast-check'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { clientError } from '../../support/database/act.ts'
import {
  analyticsOf,
  type Deed,
  everybody,
  happened,
  rollUp,
  used,
} from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import { lacksFeature, setPlan } from '../../support/people/plan.ts'

// What premium tells of use: nothing by which one person’s doing is told, where the workspace does not say so.

const story = policySuite()
const premiumStory = onPremium(story)
const { admin: ada, member: mia, viewer: vic, suspended: sam } = ids
const features = async (client: pg.Client) => (await analyticsOf(client)).premium?.features

describe('what is used, on premium', () => {
  it(
    'is told of three people or more alone',
    premiumStory(async (client) => {
      const [shared, seldom, personal] = [
        await insertView(client, { name: 'Shared' }),
        await insertView(client, { name: 'Seldom' }),
        await insertView(client, { name: 'Shown to some', visibility: 'personal', owner_id: ada }),
      ]
      await happened(client, [
        ...everybody({ before: 1, view: shared, times: 2 }),
        ...everybody({ before: 9, view: shared, times: 1 }),
        ...everybody({ before: 1, view: personal }),
        // On two days two people, which is three of them in all.
        { user: ada, before: 2, view: seldom },
        { user: mia, before: 2, view: seldom },
        { user: vic, before: 3, view: seldom },
        { user: ada, before: 3, view: seldom, times: 30 },
      ])
      await rollUp(client, 15)
      const { premium } = await analyticsOf(client)
      expect(premium?.views).toEqual({
        items: [{ key: shared, name: 'Shared', value: 6, previous: 3 }],
        others: { value: 36, previous: 0 },
      })
    }),
  )

  it(
    'is told of nobody by the difference to the total',
    premiumStory(async (client) => {
      await happened(client, [
        ...everybody({ before: 1, kind: 'feature_used', name: 'data_exported', times: 10 }),
        ...everybody({ before: 1, kind: 'feature_used', name: 'theme_changed', times: 2 }),
        // All that would be left: hers.
        used(mia, 'agent_edited', 7),
      ])
      await rollUp(client)
      expect(await features(client)).toEqual({
        items: [{ key: 'data_exported', name: 'data_exported', value: 30, previous: 0 }],
        others: { value: 13, previous: 0 },
      })
    }),
  )

  it(
    'is told or left out by kinds, and by names of that kind',
    premiumStory(async (client) => {
      const toldFeatures = async (...deeds: Deed[]) => {
        await client.query('savepoint tried')
        await happened(client, [
          ...everybody({ before: 1, kind: 'feature_used', name: 'chat_asked' }),
          ...deeds,
        ])
        await client.query(
          "select private.roll_up_analytics_day(date_trunc('day', now(), 'UTC') - interval '1 day')",
        )
        const { rows } = await client.query(
          "select subject from private.analytics_rollups where kind = 'feature_used' and subject <> ''",
        )
        await client.query('rollback to savepoint tried')
        return rows.map(({ subject }) => subject)
      }
      const failed: Deed = { user: mia, before: 1, kind: 'error', name: 'chat_asked' }
      expect(await toldFeatures(failed)).toEqual(['chat_asked'])
      // What one person did would be the difference to the total, whatever an error is called.
      expect(await toldFeatures(failed, used(mia, 'agent_edited'))).toEqual([])
    }),
  )

  it(
    'names a widget by its title or its component, where everybody sees it',
    premiumStory(async (client) => {
      const shared = await insertView(client)
      const personal = await insertView(client, { visibility: 'personal', owner_id: ada })
      const of = (view_id: string, config: object, x: number) =>
        insertWidget(client, { view_id, config, x, component_key: 'recent-orders' })
      const [titled, plain, withheld, granted, hidden] = [
        await of(shared, { title: 'Sales' }, 0),
        await of(shared, {}, 3),
        await of(shared, { title: 'Withheld' }, 6),
        await of(shared, { title: 'Given' }, 9),
        await of(personal, { title: 'Mine' }, 0),
      ]
      for (const [id, access] of [
        [withheld, 'none'],
        [granted, 'view'],
      ])
        await client.query(
          `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
           values ($1, 'widget', $2, $3, $4)`,
          [ours, id, vic, access],
        )
      await happened(
        client,
        [titled, plain, withheld, granted, hidden].flatMap((widget) =>
          everybody({
            before: 1,
            kind: 'feature_used',
            name: 'widget_expanded',
            widget,
            view: widget === hidden ? personal : shared,
          }),
        ),
      )
      await rollUp(client)
      const widgets = (await analyticsOf(client)).premium?.widgets
      expect(widgets?.items.map(({ name }) => name)).toEqual(['Given', 'Recent Orders', 'Sales'])
      expect(widgets?.others).toEqual({ value: 6, previous: 0 })
    }),
  )

  it(
    'has nobody’s order: the same count is in the order of the names',
    premiumStory(async (client) => {
      await happened(
        client,
        ['theme_changed', 'agent_edited', 'chat_opened'].flatMap((name) =>
          everybody({ before: 1, kind: 'feature_used', name }),
        ),
      )
      await rollUp(client)
      expect((await features(client))?.items.map(({ name }) => name)).toEqual([
        'agent_edited',
        'chat_opened',
        'theme_changed',
      ])
    }),
  )

  it(
    'names no view that is withheld from somebody, deleted, or not the workspace’s',
    premiumStory(async (client) => {
      const [open, withheld, deleted] = [
        await insertView(client, { name: 'Open' }),
        await insertView(client, { name: 'Withheld' }),
        await insertView(client, { name: 'Deleted' }),
      ]
      await happened(
        client,
        [open, withheld, deleted].flatMap((view) => everybody({ before: 1, view })),
      )
      await rollUp(client)
      await client.query('update public.dashboard_views set deleted_at = now() where id = $1', [deleted])
      await client.query(
        `insert into public.resource_grants (workspace_id, resource_type, resource_id, user_id, access)
         values ($1, 'dashboard', $2, $3, 'none')`,
        [ours, withheld, vic],
      )
      const views = (await analyticsOf(client)).premium?.views
      expect(views?.items.map(({ name }) => name)).toEqual(['Open'])
      expect(views?.others).toEqual({ value: 6, previous: 0 })
    }),
  )

  it('never leaves what one or two people did as the rest, whoever did what', async () => {
    const people = [ada, mia, vic, sam, ids.outsider]
    const names = ['data_exported', 'theme_changed', 'agent_edited', 'chat_opened']
    const use = fc.record({
      person: fc.integer({ min: 0, max: 4 }),
      name: fc.integer({ min: 0, max: 3 }),
      times: fc.integer({ min: 1, max: 4 }),
    })
    await premiumStory(async (client) => {
      await fc.assert(
        fc.asyncProperty(fc.array(use, { minLength: 1, maxLength: 14 }), async (uses) => {
          await client.query('savepoint tried')
          await happened(
            client,
            uses.map(({ person, name, times }) =>
              used(people[person] as string, names[name] as string, times),
            ),
          )
          await client.query(
            "select private.roll_up_analytics_day(date_trunc('day', now(), 'UTC') - interval '1 day')",
          )
          const { rows } = await client.query<{ subject: string; people: number }>(
            "select subject, people from private.analytics_rollups where kind = 'feature_used' and subject <> ''",
          )
          await client.query('rollback to savepoint tried')
          const told = new Set(rows.map(({ subject }) => subject))
          for (const { subject, people } of rows) {
            const those = uses.filter(({ name }) => names[name] === subject)
            expect(people).toBe(new Set(those.map(({ person }) => person)).size)
            expect(people).toBeGreaterThanOrEqual(3)
          }
          const rest = uses.filter(({ name }) => !told.has(names[name] as string))
          const left = new Set(rest.map(({ person }) => person)).size
          if (told.size > 0) expect([0, 3, 4, 5]).toContain(left)
        }),
        { numRuns: 40, seed: 20_261_126 },
      )
    })()
  })
})

describe('what stands already, on premium', () => {
  it(
    'is what agents did and cost, day by day, in the period and in the one before',
    premiumStory(async (client) => {
      await client.query(
        `insert into private.ai_usage_daily (workspace_id, day, user_id, agent_id, model_key, calls, input_tokens,
           cached_tokens, output_tokens, credits)
         select w, (now() at time zone 'UTC')::date - d, $3, gen_random_uuid(), 'small', d, 10 * d, 1, 100 * d, d / 8.0
         from unnest(array[$1, $2]) as w, unnest(array[0, 1, 7, 8, 14, 15]) as d`,
        [ours, theirs, mia],
      )
      await rollUp(client)
      expect((await analyticsOf(client)).premium?.ai).toEqual({
        calls: { value: 8, previous: 22 },
        inputTokens: { value: 80, previous: 220 },
        outputTokens: { value: 800, previous: 2200 },
        credits: { value: 1, previous: 2.75 },
      })
    }),
  )

  it(
    'is of 24 hours the calls of those that are counted, beside the 24 before',
    premiumStory(async (client) => {
      await rollUp(client)
      // A second on either side of where the hours begin and end.
      await client.query(
        `insert into private.ai_usage (workspace_id, answer_id, number, user_id, agent_id, model_key, input_tokens,
           cached_tokens, output_tokens, credits, is_estimated, milliseconds, outcome, occurred_at)
         select w, gen_random_uuid(), 1, $3, gen_random_uuid(), 'small', 10 * x.much, 0, x.much, x.much / 8.0, false,
           1, 'complete', x.at
         from unnest(array[$1, $2]) as w,
           private.analytics_range('24h') as r,
           lateral (values
             (1, r.until), (2, r.until - interval '1 second'), (4, r.since), (8, r.since - interval '1 second'),
             (16, r.before), (32, r.before - interval '1 second')) as x (much, at)`,
        [ours, theirs, mia],
      )
      expect((await analyticsOf(client, '24h')).premium?.ai).toEqual({
        calls: { value: 2, previous: 2 },
        inputTokens: { value: 60, previous: 240 },
        outputTokens: { value: 6, previous: 24 },
        credits: { value: 0.75, previous: 3 },
      })
      const { rows } = await client.query(
        `select private.analytics_answer($1, 'stats', '{"measure": "aiCredits", "period": "24h"}') as answer`,
        [ours],
      )
      expect(rows).toMatchObject([{ answer: { value: 0.75, previousValue: 3, trend: 'down' } }])
    }),
  )

  it(
    'is of what is kept by days for 24 hours that of the last day that is over, beside that of the day before',
    premiumStory(async (client) => {
      // Half of yesterday is counted: the last day that is over is the one before.
      await client.query(
        "insert into private.analytics_progress (counted_until) values (date_trunc('day', now(), 'UTC') - interval '10 hours')",
      )
      await client.query(
        `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, events)
         select $1, 'day', date_trunc('day', now(), 'UTC') - make_interval(days => d), k, 10 ^ d
         from generate_series(2, 4) as d, unnest(private.state_kinds()) as k`,
        [ours],
      )
      const { premium } = await analyticsOf(client, '24h')
      const state = { value: 100, previous: 1_000 }
      expect(premium?.freshness).toEqual({ kept: state, fresh: state })
      expect(premium?.storage.fileBytes).toEqual(state)
    }),
  )

  it(
    'is how much was kept, fresh and stored at the end of the period, and of the one before',
    premiumStory(async (client) => {
      await happened(client, [{ user: ada, before: 1 }])
      await rollUp(client)
      await client.query(
        `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, events)
         select $1, 'day', date_trunc('day', now(), 'UTC') - make_interval(days => d), k.kind, k.events + d
         from unnest(array[0, 2, 3, 8, 9, 20]) as d, (
           values ('kept_answers', 100), ('fresh_answers', 50), ('stored_bytes', 1000)) as k (kind, events)
         on conflict on constraint analytics_rollups_pkey do update set events = excluded.events`,
        [ours],
      )
      const premium = (await analyticsOf(client)).premium
      expect(premium?.freshness).toEqual({
        kept: { value: 102, previous: 108 },
        fresh: { value: 52, previous: 58 },
      })
      expect(premium?.storage.fileBytes).toEqual({ value: 1002, previous: 1008 })
    }),
  )

  it(
    'is that of this workspace, whatever was counted of another one later',
    premiumStory(async (client) => {
      await rollUp(client)
      for (const [workspace, days] of [
        [ours, [3, 10]],
        [theirs, [1, 8]],
      ] as const)
        await client.query(
          `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, events)
           select $1, 'day', date_trunc('day', now(), 'UTC') - make_interval(days => d), 'stored_bytes', d
           from unnest($2::integer[]) as d`,
          [workspace, days],
        )
      expect((await analyticsOf(client)).premium?.storage.fileBytes).toEqual({ value: 3, previous: 10 })
    }),
  )

  it(
    'is that of the last day that was counted, which is at most seven days back',
    premiumStory(async (client) => {
      await happened(client, [{ user: ada, before: 1 }])
      await rollUp(client)
      const countedBefore = async (days: number) => {
        await client.query("delete from private.analytics_rollups where kind = 'stored_bytes'")
        await client.query(
          `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, events)
           select $1, 'day', date_trunc('day', now(), 'UTC') - make_interval(days => d), 'stored_bytes', d
           from unnest(array[$2, 7 + $2]) as d`,
          [ours, days],
        )
        return (await analyticsOf(client)).premium?.storage.fileBytes
      }
      expect(await countedBefore(7)).toEqual({ value: 7, previous: 14 })
      expect(await countedBefore(8)).toEqual({ value: null, previous: 8 })
    }),
  )
})

describe('by person', () => {
  const allow = (client: pg.Client, allowed: boolean | null, actor = admin) =>
    call<{ byPersonSince: string | null }>(client, actor, 'set_analytics_policy', [ours, allowed])
  /** As if it had been said so many days ago. */
  const since = (client: pg.Client, days: number) =>
    client.query(
      "update private.analytics_policies set by_person_since = (now() at time zone 'UTC')::date - $1::integer",
      [days],
    )

  it(
    'is told of the thousand who used it most',
    premiumStory(async (client) => {
      await allow(client, true)
      await since(client, 3)
      // In the first hour of a day it is not said of yesterday yet that it is counted.
      await rollUp(client, 0)
      await client.query(`
        insert into auth.users (id, email)
        select ('00000000-0000-4000-8001-' || lpad(n::text, 12, '0'))::uuid, n || '@example.com'
        from generate_series(1, 1001) as n`)
      await client.query(
        `insert into public.workspace_members (workspace_id, user_id, role_key)
         select $1, u.id, 'viewer' from auth.users u where u.id::text like '%-8001-%'`,
        [ours],
      )
      await client.query(
        `insert into private.analytics_person_days (workspace_id, day, user_id, views_opened)
         select $1, (now() at time zone 'UTC')::date - 1, u.id, row_number() over (order by u.id)
         from auth.users u where u.id::text like '%-8001-%'`,
        [ours],
      )
      const people = (await analyticsOf(client)).premium?.people
      expect(people).toHaveLength(1_000)
      expect(Math.min(...(people ?? []).map(({ viewsOpened }) => Number(viewsOpened.value)))).toBe(2)
    }),
  )

  it(
    'is told where the workspace says so, from then on, and everybody reads that it does',
    premiumStory(async (client) => {
      const view = await insertView(client)
      await happened(client, [
        { user: mia, before: 1, view, times: 2 },
        { user: vic, before: 1, view },
        { user: mia, before: 4, view, times: 20 },
        { user: mia, before: 9, view, times: 5 },
        used(mia, 'chat_asked', 3),
      ])
      await rollUp(client, 16)
      const people = async () => (await analyticsOf(client)).premium?.people
      expect(await people()).toBeNull()
      const { byPersonSince } = await allow(client, true)
      expect(Date.parse(byPersonSince ?? '')).toBeGreaterThan(Date.now())
      expect(await call(client, viewer, 'analytics_choice', [ours])).toEqual({
        isCounted: true,
        byPersonSince,
      })
      expect(await people()).toEqual([])
      await since(client, 2)
      expect(await people()).toEqual([
        {
          userId: mia,
          name: 'member',
          activeDays: { value: 1, previous: 0 },
          viewsOpened: { value: 2, previous: 0 },
          featuresUsed: { value: 3, previous: 0 },
        },
        expect.objectContaining({ userId: vic }),
      ])
      // Of a period that began before it was said, and of one that began after.
      for (const [days, value, previous] of [
        [4, 22, 0],
        [10, 22, 5],
        [30, 22, 5],
      ] as const) {
        await since(client, days)
        expect((await people())?.[0]).toMatchObject({ userId: mia, viewsOpened: { value, previous } })
      }
      await call(client, member, 'set_analytics_choice', [false])
      expect((await people())?.map(({ userId }) => userId)).toEqual([vic])
      expect(await allow(client, false)).toEqual({ byPersonSince: null })
      expect(await people()).toBeNull()
    }),
  )

  it(
    'is for administrators to allow, on premium',
    story(async (client) => {
      expect(await clientError(allow(client, true))).toMatchObject(lacksFeature('analytics'))
      await setPlan(client, 'premium')
      expect(await clientError(allow(client, true, member))).toMatchObject({ code: 'permission_denied' })
      expect(await clientError(allow(client, true, outsider))).toMatchObject({ code: 'not_found' })
      expect(await clientError(allow(client, null))).toMatchObject({ code: 'invalid_input' })
      await allow(client, true)
      // Said again it holds since it was said first.
      await since(client, 3)
      const { byPersonSince } = await allow(client, true)
      expect(Date.parse(byPersonSince ?? '')).toBeLessThan(Date.now())
      await setPlan(client, 'free')
      expect((await analyticsOf(client)).premium).toBeNull()
      await allow(client, false)
    }),
  )
})
