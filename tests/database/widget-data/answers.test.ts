import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { panelOf, panelSuite, panelView } from '../../support/dashboards/panels.ts'
import { createBoards } from '../../support/dashboards/resource-grants.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import {
  age,
  answers,
  dataOf,
  failed,
  fetched,
  questionOf,
  saveSource,
  shop,
} from '../../support/dashboards/widget-data.ts'
import { type Actor, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'

// What get_widget_data says of an answer: what it answers, and how old it is. What is kept of it, and how often it is
// read.

const story = policySuite(createBoards)
const withPanels = panelSuite()

describe('a question', () => {
  it(
    'is shared by widgets that differ in looks alone, in one workspace',
    story(async (client) => {
      const view = await insertView(client)
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
    'changes with what the product configures its component with, in every workspace, and no other does',
    story(async (client) => {
      const made = async (workspace_id: string, component_key: string, config: object) =>
        insertWidget(client, {
          ...{ workspace_id, component_key, config },
          view_id: await insertView(client, { workspace_id }),
        })
      const widgets = [
        await made(ours, 'revenue-chart', {}),
        await made(theirs, 'revenue-chart', {}),
        await made(ours, 'revenue-chart', { dateRange: '90d' }),
        await made(ours, 'total-revenue', {}),
      ]
      const asked = async () => {
        const questions: string[] = []
        for (const widget of widgets) questions.push(await questionOf(client, widget))
        return questions
      }
      const [chart, , configured, total] = await asked()
      expect(new Set([chart, configured, total]).size).toBe(3)
      await client.query(
        `update public.built_in_components set default_config = default_config || '{"dateRange": "90d"}'
         where key = 'revenue-chart'`,
      )
      expect(await asked()).toEqual([configured, configured, configured, total])
    }),
  )

  it(
    'is none where nothing is asked, and another one with each configuration',
    withPanels(async (client) => {
      const silent = await insertWidget(client, { view_id: panelView, component_key: 'panel', config: {} })
      const named = await panelOf(client, 'facebook')
      const actions = await insertWidget(client, { view_id: panelView, component_key: 'quick-actions' })
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

describe('kept data', () => {
  const keep = (client: pg.Client, actor: Actor, widget: string) =>
    call<{ hash: string; fetchedAt: string }>(client, actor, 'keep_widget_data', [widget])
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

  it(
    'is that of its own widget, with the time at which that was fetched',
    withPanels(async (client) => {
      const { id } = await saveSource(client, answers)
      const widgets = [
        await panelOf(client, id, { query: { n: 1 } }),
        await panelOf(client, id, { query: { n: 2 } }),
      ]
      for (const [place, widget] of widgets.entries()) {
        await fetched(client, widget, { data: { value: place } })
        await age(client, '1 minute')
      }
      const all: { hash: string; fetchedAt: string }[] = []
      for (const widget of widgets) all.push(await keep(client, member, widget))
      expect(Date.parse(all[1]?.fetchedAt ?? '') - Date.parse(all[0]?.fetchedAt ?? '')).toBe(60_000)
      for (const [place, { hash }] of all.entries())
        expect(await kept(client, member, hash)).toMatchObject({
          widgetId: widgets[place],
          data: { value: place },
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
