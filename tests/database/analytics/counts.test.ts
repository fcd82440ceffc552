import fc from 'fast-check'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { componentDataSchemas } from '../../../types/component-data.ts'
import { storedViewSchema } from '../../../types/view.ts'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { clientError, person } from '../../support/database/act.ts'
import { analyticsOf, type Deed, happened, rollUp, rowsOf } from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { lacksFeature, setPlan } from '../../support/people/plan.ts'

// What use comes to: numbers that a plain count confirms, and nothing by which one person's doing is told.

const story = policySuite()
const premiumStory = onPremium(story)

const { admin: ada, member: mia, viewer: vic, suspended: sam } = ids
const used = (user: string, name: string, times = 1, before = 1): Deed => ({
  user,
  before,
  kind: 'feature_used',
  name,
  times,
})
const everybody = (what: Omit<Deed, 'user'>): Deed[] => [ada, mia, vic].map((user) => ({ user, ...what }))
const features = async (client: pg.Client) => (await analyticsOf(client)).premium?.features

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
      await setPlan(client, 'free')
      expect((await analyticsOf(client)).premium).toBeNull()
      await allow(client, false)
    }),
  )
})

describe('as CSV', () => {
  const csv = (client: pg.Client, part: string, actor = admin) =>
    call<string>(client, actor, 'workspace_analytics_csv', [ours, '7d', part])

  it(
    'each part is the same numbers, and a name is never a formula',
    premiumStory(async (client) => {
      const view = await insertView(client, { name: '=HYPERLINK("https://evil", "x")' })
      await happened(client, everybody({ before: 1, view }))
      await rollUp(client)
      expect(await csv(client, 'views')).toBe(
        `key,name,value,previous\r\n${view},"'=HYPERLINK(""https://evil"", ""x"")",3,0\r\n,Others,0,0\r\n`,
      )
      expect(await csv(client, 'totals')).toContain('viewsOpened,3,0\r\n')
      const series = (await csv(client, 'series')).split('\r\n')
      expect(series).toHaveLength(9)
      expect(series[7]).toMatch(/Z,3,3,0,0$/)
      for (const part of ['widgets', 'features', 'errors', 'people'])
        expect(await csv(client, part)).toContain(',')
    }),
  )

  it(
    'a cell is quoted where a spreadsheet would run it, also in full width, and a number is none',
    story(async (client) => {
      const cell = async (value: string) =>
        (await client.query<{ cell: string }>('select private.csv_cell($1) as cell', [value])).rows[0]?.cell
      for (const formula of ['=1', '+1', '-1+2', '@a', '-1.2.3', '＝1', '＋1', '－1', '＠a', '\t=1'])
        expect(await cell(formula)).toBe(`'${formula}`)
      expect(await cell('\n=1')).toBe('"\'\n=1"')
      for (const plain of ['1', '-1', '-1.5', 'a=b', 'Ada']) expect(await cell(plain)).toBe(plain)
    }),
  )

  it(
    'all but the series is premium’s, and all of it for who holds analytics.read',
    story(async (client) => {
      expect(await csv(client, 'series')).toContain('at,activePeople')
      for (const part of ['totals', 'views', 'widgets', 'features', 'errors', 'people'])
        expect(await clientError(csv(client, part))).toMatchObject(lacksFeature('analytics'))
      expect(await clientError(csv(client, 'secrets'))).toMatchObject({
        code: 'invalid_input',
        details: 'part',
      })
      expect(await clientError(csv(client, 'series', member))).toMatchObject({ code: 'permission_denied' })
      expect(await clientError(csv(client, 'series', outsider))).toMatchObject({ code: 'not_found' })
    }),
  )
})

describe('on a dashboard', () => {
  it(
    'is one of the product’s own widgets, made once, that show the same numbers',
    premiumStory(async (client) => {
      const shared = await insertView(client, { name: 'Shared' })
      await happened(client, everybody({ before: 1, view: shared, times: 2 }))
      await rollUp(client)
      const view = storedViewSchema.parse(await call(client, admin, 'analytics_view', [ours]))
      expect(storedViewSchema.parse(await call(client, admin, 'analytics_view', [ours])).id).toBe(view.id)
      const answers = new Map<string, unknown>()
      for (const { config } of view.layout.widgets) {
        const { rows } = await client.query(
          'select w.question, private.answer_in_database($1, w.question, null) as answer from public.widgets w where w.view_id = $2 and w.config = $3',
          [ours, view.id, config],
        )
        expect(rows).toHaveLength(1)
        const type = rows[0]?.question.type as keyof typeof componentDataSchemas
        answers.set(String(config.title), componentDataSchemas[type].parse(rows[0]?.answer))
      }
      expect(answers.get('Opened views')).toMatchObject({ value: 6, previousValue: 0, trend: 'up' })
      expect(answers.get('Active people')).toMatchObject({ value: 3 })
      expect(answers.get('Views by use')).toMatchObject({ items: [{ title: 'Shared', value: 6 }] })
      await call(client, admin, 'delete_view', [view.id])
      expect(storedViewSchema.parse(await call(client, admin, 'analytics_view', [ours])).id).not.toBe(view.id)
    }),
  )

  it(
    'is for who holds analytics.read, whoever has the widget',
    premiumStory(async (client) => {
      expect(await clientError(call(client, member, 'analytics_view', [ours]))).toMatchObject({
        code: 'permission_denied',
        details: 'analytics.read',
      })
      const problemFor = async (permissions: string[]) =>
        (
          await client.query(
            `select private.reading_problem('{"source": "workspace", "query": {"about": "analytics"}}',
               null::private.data_sources, true, '{member}', $1) ->> 'code' as code`,
            [permissions],
          )
        ).rows[0]?.code
      expect(await problemFor(['dashboards.write'])).toBe('permission_denied')
      expect(await problemFor(['analytics.read'])).toBeNull()
      await giveCustomRole(client, 'reader', ['analytics.read', 'dashboards.read'], [ids.viewer])
      await analyticsOf(client, '7d', { actor: person(ids.viewer) })
    }),
  )

  it(
    'shows nothing of premium on the free plan, and no measure that is made up',
    story(async (client) => {
      const answer = async (query: object, type = 'stats') =>
        (await client.query('select private.analytics_answer($1, $2, $3) as answer', [ours, type, query]))
          .rows[0]?.answer
      expect(await answer({ measure: 'viewsOpened' })).toMatchObject({ value: 0 })
      for (const measure of ['views', 'cacheHits', 'aiCredits'])
        expect(await answer({ measure }, 'list')).toBeNull()
      await setPlan(client, 'premium')
      expect(await answer({ measure: 'views' }, 'list')).toEqual({ items: [], format: 'number' })
      for (const query of [
        { measure: 'people' },
        { measure: '__proto__' },
        {},
        { measure: 'views', period: '9y' },
      ])
        expect(await answer(query)).toBeNull()
    }),
  )
})

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
