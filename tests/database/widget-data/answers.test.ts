import type pg from 'pg'
import { beforeEach, describe, expect, it } from 'vitest'
import { insertComponent } from '../../support/dashboards/components.ts'
import { createBoards, grant } from '../../support/dashboards/resource-grants.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import {
  age,
  answers,
  dataOf,
  dataOfView,
  failed,
  fetched,
  questionOf,
  saveSource,
  shop,
} from '../../support/dashboards/widget-data.ts'
import { type Actor, anonymous, clientError, person } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { createApiKey, machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'

// What get_widget_data gives to whom, and how old it says that it is.

const story = policySuite(createBoards)
const premium = onPremium(story)
const initialView = '00000000-0000-4000-8000-000000000100'

/** A component that every role may use and that shows a source. */
const panel = {
  id: 'panel',
  defaultConfig: {},
  configSchema: { type: 'object' },
} as const
interface Slice {
  key: string
  value: number
}

let view = ''
const panelOf = (client: pg.Client, source: string, config: object = {}) =>
  insertWidget(client, { view_id: view, component_key: 'panel', config: { source, ...config } })
const withPanels = (tell: (client: pg.Client) => Promise<void>) =>
  premium(async (client) => {
    await insertComponent(client, ours, panel)
    view = await insertView(client)
    await tell(client)
  })
beforeEach(() => {
  view = ''
})

describe('a question', () => {
  it(
    'is shared by widgets that differ in looks alone, in one workspace',
    story(async (client) => {
      view = await insertView(client)
      const elsewhere = await insertView(client, { workspace_id: theirs })
      const chart = (config: object, at: object = { view_id: view }) =>
        insertWidget(client, { component_key: 'revenue-chart', view_id: view, config, ...at })
      const [plain, titled, longer, orders, foreign] = [
        await chart({}),
        await chart({ title: 'Money', smoothLine: false, showLegend: false, refreshMinutes: 5 }),
        await chart({ dateRange: '90d' }),
        await chart({ metric: 'orders' }),
        await chart({}, { view_id: elsewhere, workspace_id: theirs }),
      ]
      const asked = await Promise.all([plain, titled, longer, orders].map((id) => questionOf(client, id)))
      expect(asked[0]).toBe(asked[1])
      expect(new Set(asked).size).toBe(3)
      await fetched(client, plain, { data: { labels: ['x'], series: [] } })
      const shown = await dataOf(client, admin, titled)
      expect(shown).toMatchObject({ data: { labels: ['x'] }, meta: { question: asked[0], stale: false } })
      expect(await dataOf(client, outsider, foreign)).toMatchObject({ data: null, meta: { stale: true } })
    }),
  )

  it(
    'is none where nothing is asked, and another one with each configuration',
    withPanels(async (client) => {
      const silent = await insertWidget(client, { view_id: view, component_key: 'panel', config: {} })
      const named = await panelOf(client, 'facebook')
      const actions = await insertWidget(client, { view_id: view, component_key: 'quick-actions' })
      for (const id of [silent, named, actions])
        expect(await dataOf(client, admin, id)).toEqual({
          data: null,
          meta: { question: null, fetchedAt: null, cacheUntil: null, stale: false, error: null },
        })
      const { id } = await saveSource(client, answers)
      await client.query('update public.widgets set config = $1 where id = $2', [{ source: id }, silent])
      expect(await questionOf(client, silent)).toMatch(/^[0-9a-f]{64}$/)
    }),
  )
})

describe('the age of an answer', () => {
  it(
    'is what each widget gives it, and past it the answer is shown as stale, for a week',
    withPanels(async (client) => {
      const { id } = await saveSource(client, answers)
      const [quick, slow] = [await panelOf(client, id, { refreshMinutes: 5 }), await panelOf(client, id)]
      expect(await dataOf(client, member, quick)).toMatchObject({
        data: null,
        meta: { stale: true, error: null },
      })
      await fetched(client, quick, { data: { value: 42 } })
      await age(client, '6 minutes')
      const meta = async (widget: string) => (await dataOf(client, member, widget))?.meta
      expect(await meta(quick)).toMatchObject({ stale: true })
      expect(await meta(slow)).toMatchObject({ stale: false })
      await age(client, '10 minutes')
      expect(await dataOf(client, member, slow)).toMatchObject({ data: { value: 42 }, meta: { stale: true } })
      await age(client, '6 days 23 hours')
      expect(await dataOf(client, member, slow)).toMatchObject({ data: { value: 42 }, meta: { stale: true } })
      await age(client, '44 minutes')
      expect(await dataOf(client, member, slow)).toMatchObject({ data: null, meta: { stale: true } })
    }),
  )

  it(
    'is said, and from when on it is stale: half an hour at most',
    withPanels(async (client) => {
      const { id } = await saveSource(client, answers)
      const widgets = [
        await panelOf(client, id, { refreshMinutes: 5 }),
        await panelOf(client, id),
        await panelOf(client, id, { refreshMinutes: 30 }),
        await panelOf(client, id, { refreshMinutes: 1 }),
        await panelOf(client, id, { refreshMinutes: 90 }),
      ]
      await fetched(client, widgets[0] ?? '', { data: { value: 42 } })
      const minutes = async (widget: string) => {
        const meta = (await dataOf(client, member, widget))?.meta
        return (Date.parse(meta?.cacheUntil ?? '') - Date.parse(meta?.fetchedAt ?? '')) / 60_000
      }
      const shown: number[] = []
      for (const widget of widgets) shown.push(await minutes(widget))
      expect(shown).toEqual([5, 15, 30, 5, 30])
    }),
  )

  it(
    'ends with a change of its source',
    withPanels(async (client) => {
      const { id } = await saveSource(client, answers)
      const widget = await panelOf(client, id)
      await fetched(client, widget, { data: { value: 42 } })
      await saveSource(client, { ...answers, data: { value: 43 } }, { id })
      expect(await dataOf(client, member, widget)).toMatchObject({
        data: { value: 42 },
        meta: { stale: true },
      })
    }),
  )

  it(
    'is beside the last good data where nothing newer came',
    withPanels(async (client) => {
      const { id } = await saveSource(client, shop)
      const widget = await panelOf(client, id)
      await fetched(client, widget, { data: { value: 1 } })
      await age(client, '20 minutes')
      await fetched(client, widget, failed)
      expect(await dataOf(client, member, widget)).toMatchObject({
        data: { value: 1 },
        meta: { stale: true, error: { code: 'source_failed' } },
      })
    }),
  )
})

describe('who reads', () => {
  it(
    'gets the widgets of a view that they see, and nobody else gets any',
    withPanels(async (client) => {
      const { id } = await saveSource(client, { ...answers, allowedRoles: ['member', 'viewer'] })
      const open = await panelOf(client, id)
      await insertWidget(client, { view_id: view, component_key: 'total-revenue' })
      const withheld = await panelOf(client, id)
      await fetched(client, open, { data: { value: 42 } })
      await grant(client, admin, {
        resource_type: 'widget',
        resource_id: withheld,
        role_key: 'viewer',
        access: 'none',
      })
      expect(Object.keys(await dataOfView(client, admin, view))).toHaveLength(3)
      // One is for analysts, the other is withheld.
      const seen = Object.values(await dataOfView(client, viewer, view))
      expect(seen).toMatchObject([{ data: { value: 42 }, meta: { error: null } }])
      expect(await dataOf(client, viewer, withheld)).toBeUndefined()
      for (const actor of [outsider, suspended]) {
        expect(await clientError(dataOfView(client, actor, view))).toMatchObject({ code: 'not_found' })
        expect(await dataOf(client, actor, open)).toBeUndefined()
      }
      await expect(dataOfView(client, anonymous, view)).rejects.toMatchObject({ code: '42501' })
    }),
  )

  it(
    'gets no source that is not for their role, through whatever widget',
    withPanels(async (client) => {
      const { id } = await saveSource(client, answers)
      const shared = await panelOf(client, id)
      await fetched(client, shared, { data: { value: 42 } })
      const mine = await insertView(client, { owner_id: ids.viewer })
      const place = { view_id: mine, component_key: 'panel' }
      const made = async (config: object, actor: Actor = viewer) =>
        insertWidget(client, { ...place, config }, actor)
      const own = [
        await made({ source: id }),
        await made({ source: 'metrics', query: { metric: 'revenue' } }),
        await made({ source: 'workspace', query: { about: 'activity' } }),
        await made({ source: 'workspace', query: { about: 'usage' } }),
      ]
      for (const widget of [shared, ...own])
        expect(await dataOf(client, viewer, widget)).toMatchObject({
          data: null,
          meta: { error: { code: 'permission_denied' } },
        })
      expect(await dataOf(client, member, shared)).toMatchObject({ data: { value: 42 } })
      expect(await call(client, viewer, 'widgets_to_refresh', [null, own, true])).toMatchObject({
        questions: [],
      })
    }),
  )

  it(
    'gets of a workspace and its metrics what their permissions are for, each by its own',
    story(async (client) => {
      const { rows } = await client.query<{ question: object; permission: string }>(
        `select jsonb_build_object('source', 'workspace', 'query', jsonb_build_object('about', t.about)) as question,
           t.permission
         from (
           select about, permission from private.workspace_topics
           union all values ('activity', 'audit.read'), ('members', 'members.read'), ('usage', 'dashboards.write')
         ) as t
         union all select '{"source": "metrics"}', 'dashboards.write'`,
      )
      expect(rows.length).toBeGreaterThan(4)
      for (const { question, permission } of rows) {
        const problem = async (condition: string, roles: string[] = ['member']) =>
          (
            await client.query(
              `select private.reading_problem($1, null, true, $2, array(
                 select key from public.permissions where key ${condition} $3)) ->> 'code' as code`,
              [question, roles, permission],
            )
          ).rows[0].code
        expect(await problem('='), JSON.stringify(question)).toBeNull()
        expect(await problem('<>'), JSON.stringify(question)).toBe('permission_denied')
        expect(await problem('<>', ['admin'])).toBeNull()
      }
    }),
  )

  it(
    'asks about metrics in the past as of then, and without a widget where their role writes dashboards',
    story(async (client) => {
      view = await insertView(client)
      const widget = await insertWidget(client, { view_id: view, component_key: 'revenue-chart' })
      const asOf = new Date(Date.now() - 3_600_000)
      const past = await call<Record<string, unknown>>(client, member, 'get_widget_data', [
        null,
        [widget],
        asOf,
      ])
      expect(past[widget]).toMatchObject({
        data: expect.any(Object),
        meta: {
          question: await questionOf(client, widget),
          fetchedAt: expect.stringContaining(asOf.toISOString().slice(0, 19)),
          cacheUntil: null,
          stale: false,
          error: null,
        },
      })
      const ask = (actor: Actor, type = 'stats', at: Date | null = null) =>
        call(client, actor, 'query_metrics', [ours, type, { metric: 'revenue' }, at])
      expect(await ask(member)).toEqual(expect.any(Object))
      expect(await clientError(ask(viewer))).toMatchObject({
        code: 'permission_denied',
        details: 'dashboards.write',
      })
      expect(await clientError(ask(outsider))).toMatchObject({ code: 'not_found', details: 'workspace_id' })
      expect(await clientError(ask(member, 'quick-actions'))).toMatchObject({ details: 'type' })
      const later = new Date(Date.now() + 60_000)
      expect(await clientError(ask(member, 'stats', later))).toMatchObject({ details: 'as_of' })
    }),
  )

  it(
    'is told at most 50 things by its workspace: of what happened the latest, of the roles those that most have',
    story(async (client) => {
      const answer = async (type: string, about: string) => {
        const { rows } = await client.query(
          'select private.workspace_answer($1, $2, jsonb_build_object($3::text, $4::text)) as answer',
          [ours, type, 'about', about],
        )
        return rows[0].answer
      }
      await client.query(
        `insert into public.audit_log (
           workspace_id, actor_type, action, table_name, row_id, changes, occurred_at)
         select $1, 'system', 'update', 'table_' || n, 'a', '{}', now() + make_interval(mins => 60 - n)
         from generate_series(1, 51) as n`,
        [ours],
      )
      const { entries } = await answer('activity-feed', 'activity')
      expect(entries.map(({ type }: { type: string }) => type)).toEqual(
        Array.from({ length: 50 }, (_, place) => `table_${place + 1}`),
      )
      expect(await answer('stats', 'activity')).toBeNull()
      await client.query(
        `insert into public.workspace_roles (workspace_id, key, name, permissions)
         select $1, 'role-' || lpad(n::text, 2, '0'), 'Role ' || n, '{}' from generate_series(1, 48) as n`,
        [ours],
      )
      const { slices } = await answer('chart-pie', 'members')
      expect(slices).toHaveLength(50)
      expect(slices.slice(0, 4).map(({ key, value }: Slice) => [key, value])).toEqual([
        ['admin', 1],
        ['member', 1],
        ['viewer', 1],
        ['role-01', 0],
      ])
      expect(slices.at(-1)).toMatchObject({ key: 'role-47' })
    }),
  )

  it(
    'keeps reading what a source of another plan said, and nothing of one that is gone',
    withPanels(async (client) => {
      const { id } = await saveSource(client, shop)
      const widget = await panelOf(client, id)
      await fetched(client, widget, { data: { value: 1 } })
      await setPlan(client, 'free')
      expect(await dataOf(client, member, widget)).toMatchObject({
        data: { value: 1 },
        meta: { error: { code: 'payment_required' } },
      })
      await call(client, admin, 'delete_data_source', [ours, id])
      expect(await dataOf(client, member, widget)).toMatchObject({
        data: null,
        meta: { error: { code: 'not_found' } },
      })
    }),
  )

  it(
    'may name a source of another workspace, and gets nothing of it',
    withPanels(async (client) => {
      const { id } = await saveSource(client, answers, { actor: outsider, workspace: theirs })
      const widget = await panelOf(client, id)
      expect(await dataOf(client, admin, widget)).toMatchObject({
        data: null,
        meta: { error: { code: 'not_found' } },
      })
      expect(await call(client, admin, 'widgets_to_refresh', [null, [widget], true])).toMatchObject({
        questions: [],
      })
    }),
  )

  it(
    'with an API key gets what its scopes and its maker allow, and nothing once it is revoked',
    withPanels(async (client) => {
      const { id } = await saveSource(client, { ...answers, allowedRoles: ['viewer'] })
      const open = await panelOf(client, id)
      await fetched(client, open, { data: { value: 42 } })
      const writersOnly = await saveSource(client, { ...answers, name: 'For writers', data: { value: 43 } })
      const closed = await panelOf(client, writersOnly.id)
      await fetched(client, closed, { data: { value: 43 } })
      const key = await createApiKey(client, ['dashboards.read', 'components.read'])
      const [reader, writer, other] = [
        person(key.id),
        await machine(client, ['dashboards.read', 'dashboards.write', 'components.read']),
        await machine(client, ['workspace.read', 'metrics.write']),
      ]
      const seen = { data: { value: 42 }, meta: { error: null } }
      const denied = { data: null, meta: { error: { code: 'permission_denied' } } }

      expect(await dataOf(client, reader, open)).toMatchObject(seen)
      expect(Object.values(await dataOfView(client, reader, view))).toHaveLength(2)
      expect(await dataOf(client, reader, closed)).toMatchObject(denied)
      expect(await dataOf(client, writer, closed)).toMatchObject({ data: { value: 43 } })
      expect(await clientError(dataOfView(client, other, view))).toMatchObject({ code: 'not_found' })
      expect(await dataOf(client, other, open)).toBeUndefined()

      const elsewhere = await insertView(client, { workspace_id: theirs })
      expect(await clientError(dataOfView(client, reader, elsewhere))).toMatchObject({ code: 'not_found' })
      await call(client, admin, 'revoke_api_key', [key.id])
      expect(await clientError(dataOfView(client, reader, view))).toMatchObject({ code: 'not_found' })
      expect(await dataOf(client, reader, open)).toBeUndefined()
    }),
  )

  it(
    'of the initial view, which is stored nowhere, gets what their role sees',
    story(async (client) => {
      const initial = (actor: Actor, workspace: string | null = ours) =>
        call<Record<string, unknown>>(client, actor, 'get_widget_data', [initialView, null, null, workspace])
      expect(Object.keys(await initial(admin))).toHaveLength(8)
      expect(Object.keys(await initial(viewer)).length).toBeLessThan(8)
      for (const [workspace, code] of [
        [theirs, 'not_found'],
        [null, 'invalid_input'],
      ] as const)
        expect(await clientError(initial(admin, workspace))).toMatchObject({ code, details: 'workspace_id' })
    }),
  )

  it(
    'of a workspace gets nothing of another, although they are in both',
    story(async (client) => {
      const elsewhere = await insertView(client, { workspace_id: theirs })
      await client.query(
        "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
        [theirs, ids.member],
      )
      for (const [name, values] of [
        ['get_widget_data', (workspace: string) => [elsewhere, null, null, workspace]],
        ['widgets_to_refresh', (workspace: string) => [elsewhere, null, false, workspace]],
        ['get_view', (workspace: string) => [elsewhere, workspace]],
      ] as const) {
        expect(await call(client, member, name, values(theirs))).toBeTruthy()
        expect(await clientError(call(client, member, name, values(ours)))).toMatchObject({
          code: 'not_found',
          details: 'view_id',
        })
      }
    }),
  )

  it.each<[details: string, values: unknown[]]>([
    ['view_id', [null, null]],
    ['view_id', [initialView, []]],
    ['widget_ids', [null, Array(201).fill(initialView)]],
  ])('is told which %s to give', (details, values) =>
    story(async (client) => {
      expect(await call(client, member, 'get_widget_data', [null, Array(200).fill(initialView)])).toEqual({})
      expect(await clientError(call(client, member, 'get_widget_data', values))).toMatchObject({
        code: 'invalid_input',
        details,
      })
    })(),
  )

  it(
    'asks for no time that is to come, and for the past of metrics alone',
    withPanels(async (client) => {
      const { id } = await saveSource(client, answers)
      const widget = await panelOf(client, id)
      const past = (asOf: Date) => call(client, member, 'get_widget_data', [null, [widget], asOf])
      expect(await clientError(past(new Date(Date.now() + 60_000)))).toMatchObject({ details: 'as_of' })
      expect(await past(new Date(Date.now() - 60_000))).toMatchObject({
        [widget]: { data: null, meta: { error: { code: 'not_found' } } },
      })
    }),
  )
})

describe('kept data', () => {
  const keep = (client: pg.Client, actor: Actor, widget: string) =>
    call<{ hash: string }>(client, actor, 'keep_widget_data', [widget])
  const kept = (client: pg.Client, actor: Actor, hash: string, workspace = ours) =>
    call(client, actor, 'get_kept_widget_data', [workspace, hash])

  it(
    'stays as it was, under one hash, for who sees the widget and for who kept it',
    withPanels(async (client) => {
      const { id } = await saveSource(client, answers)
      const widget = await panelOf(client, id)
      expect(await clientError(keep(client, member, widget))).toMatchObject({ code: 'not_found' })
      await fetched(client, widget, { data: { value: 42 } })
      const { hash } = await keep(client, member, widget)
      expect(await keep(client, admin, widget)).toMatchObject({ hash })
      await age(client, '20 minutes')
      await fetched(client, widget, { data: { value: 43 } })
      expect(await kept(client, admin, hash)).toMatchObject({ data: { value: 42 }, widgetId: widget })
      for (const actor of [viewer, outsider, suspended])
        expect(await clientError(kept(client, actor, hash))).toMatchObject({ code: 'not_found' })
      expect(await clientError(kept(client, outsider, hash, theirs))).toMatchObject({ details: 'hash' })
      await client.query('delete from public.widgets where id = $1', [widget])
      expect(await kept(client, member, hash)).toMatchObject({ data: { value: 42 } })
      expect(await clientError(kept(client, admin, hash))).toMatchObject({
        code: 'not_found',
        details: 'hash',
      })
      // Who has left reads nothing, not even what they kept.
      await call(client, admin, 'remove_member', [ours, ids.member])
      expect(await clientError(kept(client, member, hash))).toMatchObject({
        code: 'not_found',
        details: 'workspace_id',
      })
    }),
  )

  it.each([
    ['a person in a day', 1000, ids.member, { code: 'rate_limited', details: 'person' }],
    ['a workspace', 10_000, null, { code: 'conflict', details: '10000' }],
  ] as const)('has a limit of %s, within which what is kept is kept again', (_, most, keptBy, refusal) =>
    withPanels(async (client) => {
      const widget = await panelOf(client, (await saveSource(client, answers)).id)
      await fetched(client, widget, { data: { value: 42 } })
      await client.query(
        `insert into private.widget_snapshots (workspace_id, hash, widget_id, question, data, fetched_at, kept_by)
         select $1, 'of before ' || n, $2, '{}', '{}', now(), $3 from generate_series(2, $4::int) as n`,
        [ours, widget, keptBy, most],
      )
      const { hash } = await keep(client, member, widget)
      expect(await keep(client, member, widget)).toMatchObject({ hash })
      await client.query("update private.widget_data set fetched_at = fetched_at - interval '1 second'")
      expect(await clientError(keep(client, member, widget))).toMatchObject(refusal)
      // Another has room, as has who waited: a day for oneself, for what is removed in the workspace.
      if (keptBy) expect(await keep(client, admin, widget)).toMatchObject({ widgetId: widget })
      await client.query("update private.widget_snapshots set kept_at = kept_at - interval '1 day'")
      await client.query(
        "delete from private.widget_snapshots where kept_by is null and hash = 'of before 2'",
      )
      expect(await keep(client, member, widget)).toMatchObject({ widgetId: widget })
    })(),
  )
})

describe('the report of a front end', () => {
  it(
    'is added up by the hour, and bounded',
    story(async (client) => {
      const report = (actor: Actor, hits: number) =>
        call(client, actor, 'report_widget_reads', [ours, hits, 1, 2])
      await report(member, 5)
      await report(viewer, 6)
      await report(viewer, 10_000)
      await report(viewer, 0)
      for (const hits of [-1, 10_001])
        expect(await clientError(report(member, hits))).toMatchObject({
          code: 'invalid_input',
          details: 'hits',
        })
      for (const [values, details] of [
        [[1, 10_001, 1], 'stale'],
        [[1, 1, null], 'misses'],
      ] as const)
        expect(
          await clientError(call(client, member, 'report_widget_reads', [ours, ...values])),
        ).toMatchObject({ code: 'invalid_input', details })
      expect(await clientError(report(outsider, 1))).toMatchObject({ code: 'not_found' })
      const { rows } = await client.query(
        'select workspace_id, hits, stale, misses from private.widget_reads',
      )
      expect(rows).toEqual([{ workspace_id: ours, hits: '10011', stale: '4', misses: '8' }])
    }),
  )
})
