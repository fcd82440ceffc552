import fc from 'fast-check'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { componentDataSchemas } from '../../../types/component-data.ts'
import { storedViewSchema } from '../../../types/view.ts'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { clientError, person } from '../../support/database/act.ts'
import { analyticsOf, everybody, happened, rollUp, rowsOf } from '../../support/database/analytics.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import { lacksFeature, setPlan } from '../../support/people/plan.ts'

// What use comes to: numbers that a plain count confirms, wherever they are shown.

const story = policySuite()
const premiumStory = onPremium(story)
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
    await client.query("select private.roll_up_analytics_day('2026-01-31 00:00Z')")
    expect(await kinds('day')).toEqual(expected)
  }),
)

it(
  'a workspace is noted for the job by a saved view alone, of that hour',
  story(async (client) => {
    const noted = async (at: string) => {
      await client.query('savepoint noted')
      const view = await insertView(client)
      await client.query('delete from private.view_versions')
      await client.query(
        `insert into private.view_versions (workspace_id, view_id, version, name, saved_at)
         values ($1, $2, 100, 'Saved', $3)`,
        [ours, view, at],
      )
      await client.query("select private.roll_up_analytics_hour('2026-01-31 00:00Z')")
      const number = await rowsOf(client, 'analytics_workspaces')
      await client.query('rollback to savepoint noted')
      return number
    }
    expect([await noted('2026-01-30 23:59Z'), await noted('2026-01-31 00:59Z')]).toEqual([0, 1])
    expect(await noted('2026-01-31 01:00Z')).toBe(0)
  }),
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
      for (const formula of ['=1', '+1', '-1+2', '@a', '-1.2.3', '＝1', '＋1', '－1', '＠a'])
        expect(await cell(formula)).toBe(`"'${formula}"`)
      for (const separator of ['\t', '\n', '\r', '\u2028', ';', '|', '；', '؛'])
        for (const before of ['', 'A'])
          expect(await cell(`${before}${separator}=1`)).toBe(`"${before}${separator}'=1"`)
      for (const plain of ['1', '-1', '-1.5', 'Ada', '2026-01-02T03:04:05.678Z'])
        expect(await cell(plain)).toBe(plain)
      for (const text of ['a=b', 'Ada Lovelace', 'Ada, Grace', 'A;B', 'A\tB', 'A|B', 'A – B - C', 'x@y', 'é'])
        expect(await cell(text)).toBe(`"${text}"`)
      expect(await cell('Sales;=1+1')).toBe('"Sales;\'=1+1"')
      expect(await cell('A; "=1";-2')).toBe('"A; ""\'=1"";\'-2"')
    }),
  )

  /** The cells that a spreadsheet makes of a line: it sees quotes where a cell begins with one, and nowhere else. */
  const cellsOf = (line: string, { source }: RegExp) =>
    Array.from(
      line.matchAll(new RegExp(`(?:^|${source})(?:"((?:[^"]|"")*)(?:"|$))?((?:(?!${source})[^])*)`, 'g')),
      ([, quoted = '', rest = '']) => quoted.replaceAll('""', '"') + rest,
    )

  it(
    'no name is a formula in any spreadsheet, whatever that splits at',
    story(async (client) => {
      const names = fc.sample(
        fc.string({ unit: fc.constantFrom(...';,|\t\n\r\v\u2028；؛،"\' =+-@＝x1'), maxLength: 12 }),
        2_000,
      )
      const { rows } = await client.query<{ line: string }>(
        `select concat_ws(',', 'WK-1', private.csv_cell(n), '3', private.csv_cell(n), '0') as line
         from unnest($1::text[]) as n`,
        [names],
      )
      for (const separator of [/,/, /;/, /\t/, /[;\n\r\v\u2028]/, /\|/, /；/, /[؛،]/, /[,;\t]/])
        for (const [n, { line }] of rows.entries())
          expect(
            cellsOf(line, separator).filter((cell) => /^\s*[-=+@＝]/.test(cell) && !/^-[0-9]+$/.test(cell)),
            JSON.stringify([names[n], line, String(separator)]),
          ).toEqual([])
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
