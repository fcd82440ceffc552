import { describe, expect, it } from 'vitest'
import { componentDataSchemas } from '../../../types/component-data.ts'
import { storedViewSchema } from '../../../types/view.ts'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { clientError, person } from '../../support/database/act.ts'
import { analyticsOf, everybody, happened, rollUp } from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { setPlan } from '../../support/people/plan.ts'

// What use comes to, on a dashboard: widgets of the product’s own that show the same numbers.

const story = policySuite()
const premiumStory = onPremium(story)

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
    'is a view of each person in each workspace',
    premiumStory(async (client) => {
      const permissions = ['analytics.read', 'components.read', 'dashboards.read']
      await giveCustomRole(client, 'reader', [...permissions, 'dashboards.write'], [ids.viewer])
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'admin')",
        [theirs, ids.admin],
      )
      const seen = []
      for (const [actor, workspace] of [
        [admin, ours],
        [person(ids.viewer), ours],
        [outsider, theirs],
        [admin, theirs],
      ] as const)
        seen.push(storedViewSchema.parse(await call(client, actor, 'analytics_view', [workspace])).id)
      expect(new Set(seen).size).toBe(4)
    }),
  )

  it(
    'shows in each widget what was used, beside the period before',
    premiumStory(async (client) => {
      const [often, seldom] = [
        await insertView(client, { name: 'Often' }),
        await insertView(client, { name: 'Seldom' }),
      ]
      await happened(client, [
        ...everybody({ before: 1, view: often, times: 3 }),
        ...everybody({ before: 2, view: seldom }),
        ...everybody({ before: 9, view: often }),
      ])
      await rollUp(client, 15)
      await client.query(
        `insert into private.analytics_rollups (workspace_id, grain, bucket, kind, events)
         select $1, 'day', date_trunc('day', now(), 'UTC') - interval '1 day', k.kind, k.events
         from (values ('kept_answers', 8), ('fresh_answers', 2), ('stored_bytes', 5)) as k (kind, events)`,
        [ours],
      )
      const answer = async (type: string, measure: string) =>
        (
          await client.query('select private.analytics_answer($1, $2, $3) as answer', [
            ours,
            type,
            { measure, period: '7d' },
          ])
        ).rows[0]?.answer
      expect(await answer('stats', 'viewsOpened')).toMatchObject({ value: 12, previousValue: 3, trend: 'up' })
      expect(await answer('stats', 'freshness')).toMatchObject({ value: 0.25, previousValue: null })
      const slices = [
        { key: often, label: 'Often', value: 9 },
        { key: seldom, label: 'Seldom', value: 3 },
      ]
      expect(await answer('chart-pie', 'views')).toEqual({ format: 'number', slices })
      expect(await answer('list', 'views')).toMatchObject({
        items: [{ title: 'Often' }, { title: 'Seldom' }],
      })
      expect(await answer('chart-bar', 'views')).toMatchObject({
        labels: ['Often', 'Seldom'],
        series: [{ key: 'views', values: [9, 3] }],
      })
      expect(await answer('table', 'views')).toMatchObject({
        rows: [
          ['Often', 9, 3],
          ['Seldom', 3, 0],
        ],
      })
    }),
  )

  it(
    'shows in a pie as Other what nobody is told of, and what is used less than the first ten',
    premiumStory(async (client) => {
      const views: string[] = []
      for (let n = 0; n < 12; n += 1) views.push(await insertView(client, { name: `View ${n}` }))
      const hidden = await insertView(client, { visibility: 'personal', owner_id: ids.admin })
      await happened(client, [
        ...views.flatMap((view, n) => everybody({ before: 1, view, times: 12 - n })),
        ...everybody({ before: 1, view: hidden, times: 5 }),
      ])
      await rollUp(client)
      const { rows } = await client.query(
        `select private.analytics_answer($1, 'chart-pie', '{"measure": "views", "period": "7d"}') as answer`,
        [ours],
      )
      const { slices } = componentDataSchemas['chart-pie'].parse(rows[0]?.answer)
      expect(slices).toHaveLength(11)
      expect(slices.slice(-2)).toEqual([
        { key: views[9], label: 'View 9', value: 9 },
        { key: '(other)', label: 'Other', value: 3 * (2 + 1 + 5) },
      ])
    }),
  )

  it.each([
    [1, 2, 'down'],
    [2, 1, 'up'],
    [2, 2, 'flat'],
    [2, null, undefined],
    [null, 2, undefined],
  ])('of %s after %s the trend is %s', (value, previous, trend) =>
    story(async (client) => {
      const { rows } = await client.query(
        "select private.stats_answer($1, $2, null, 'number') ->> 'trend' as trend",
        [value, previous],
      )
      expect(rows[0]?.trend ?? undefined).toBe(trend)
    })(),
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
