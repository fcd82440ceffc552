import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { Widget } from '../../../types/layout.ts'
import { insertComponent } from '../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { panelSuite, panelView } from '../../support/dashboards/panels.ts'
import { exportView, importView } from '../../support/dashboards/transfer.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { dataOf, questionOf } from '../../support/dashboards/widget-data.ts'
import { type Actor, actAs, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { commit, committedStory, policySuite } from '../../support/database/policy-suite.ts'
import { admin, member, ours, outsider, theirs } from '../../support/people/cast.ts'
import { install, publishListing, viewBundle } from '../../support/people/marketplace.ts'
import { setPlan } from '../../support/people/plan.ts'

// A question that can never be answered is refused where somebody configures a widget, by the rules that answers go by.
// What was stored before, and comes back some other way, stays, and says itself what is wrong with it.

const story = policySuite()
const withPanels = panelSuite()

const misspelled = { source: 'metrics', query: { metric: 'revenue', agregate: 'sum' } }
const someSource = '00000000-0000-4000-8000-0000000000ff'
const metrics = (query: object) => ({ source: 'metrics', query })
const workspace = (query: object) => ({ source: 'workspace', query })
const sales = { metric: 'revenue', breakdown: 'category' }
const column = { key: 'id', label: 'Id', type: 'text' }
const analytics = (query: object) => workspace({ about: 'analytics', ...query })

const write = (client: pg.Client, config: object, component_key = 'total-revenue', actor: Actor = member) =>
  insertWidget(client, { view_id: panelView, component_key, config }, actor)
const configOf = async (client: pg.Client, id: string) =>
  (await client.query('select config from public.widgets where id = $1', [id])).rows[0]?.config

describe('a question in the configuration of a widget', () => {
  it.each<[component: string, config: object, path: string]>([
    ['total-revenue', misspelled, 'query.agregate'],
    ['total-revenue', { source: 'metrics' }, 'query.metric'],
    ['total-revenue', metrics({ metric: 'Revenue' }), 'query.metric'],
    ['total-revenue', metrics({ metric: 'revenue', interval: 'hour' }), 'query.interval'],
    ['traffic-sources', metrics({ metric: 'visits' }), 'query.breakdown'],
    ['sales-by-category', metrics({ ...sales, compare: 'previousPeriod' }), 'query.compare'],
    ['total-revenue', metrics(sales), 'query.breakdown'],
    ['total-revenue', metrics({ metric: 'revenue', types: ['orders'] }), 'query.types'],
    ['recent-orders', metrics({ ...sales, columns: [column] }), 'query.columns'],
    ['calendar', metrics({ metric: 'visits' }), 'source'],
    ['total-revenue', { source: 'metrcs', query: { metric: 'revenue' } }, 'source'],
    ['total-revenue', { source: 'workspace' }, 'query.about'],
    ['total-revenue', workspace({ about: 'weather' }), 'query.about'],
    ['total-revenue', workspace({ about: 'activity' }), 'query.about'],
    ['revenue-chart', workspace({ about: 'members' }), 'query.about'],
    ['total-revenue', workspace({ about: 'members', limit: 3 }), 'query.limit'],
    ['total-revenue', analytics({}), 'query.measure'],
    ['total-revenue', analytics({ measure: 'weather' }), 'query.measure'],
    ['total-revenue', analytics({ measure: 'views' }), 'query.measure'],
    ['total-revenue', analytics({ measure: 'errors', period: '1h' }), 'query.period'],
    ['top-products', analytics({ measure: 'views', limit: 3 }), 'query.limit'],
    ['total-revenue', { source: someSource, query: { days: 7, parameters: {} } }, 'query.days'],
    ['panel', { source: someSource, query: 7 }, 'query'],
    ['panel', { source: someSource, query: { days: 7 } }, 'query.days'],
    ['panel', misspelled, 'query.agregate'],
    ['panel', { source: 'metrics', query: 'revenue' }, 'query'],
    ['panel', { source: 'workspace' }, 'query.about'],
  ])('of %s is refused where it cannot be answered: %j', (component, config, path) =>
    withPanels(async (client) => {
      await insertComponent(client, ours, { ...calendar, configSchema: { type: 'object' } })
      const refused = {
        status: 400,
        code: 'invalid_input',
        details: `config.${path}`,
        hint: expect.stringMatching(/\w/),
      }
      for (const actor of [member, service])
        expect(await clientError(write(client, config, component, actor))).toMatchObject(refused)
      const id = await write(client, {}, component)
      const update = actAs(client, member, 'update public.widgets set config = $1 where id = $2', [
        config,
        id,
      ])
      expect(await clientError(update)).toMatchObject(refused)
      expect(await configOf(client, id)).toEqual({})
      expect(await questionOf(client, id)).not.toBe(
        await questionOf(client, await kept(client, config, component)),
      )
    })(),
  )

  it(
    'has a source beside its query, where the component would ask by itself and leave the query out',
    withPanels(async (client) => {
      expect(await clientError(write(client, { query: { metric: 'revenue' } }))).toMatchObject({
        code: 'invalid_input',
        details: 'config.source',
      })
    }),
  )

  it.each<[component: string, config: object]>([
    ['total-revenue', metrics({ metric: 'not_sent_yet', aggregate: 'sum' })],
    ['traffic-sources', metrics({ metric: 'visits', breakdown: 'source' })],
    ['total-revenue', workspace({ about: 'members' })],
    ['total-revenue', { source: someSource, query: { parameters: { days: 7 } } }],
    ['total-revenue', { source: someSource }],
    ['total-revenue', { query: {} }],
    // The plan may change, and with it the answer.
    ['total-revenue', analytics({ measure: 'cacheHits' })],
    ['revenue-chart', analytics({ measure: 'errors', period: '24h' })],
    ['panel', { source: 'facebook', query: { agregate: 'sum' } }],
    ['total-revenue', {}],
  ])('of %s is taken where it may be answered: %j', (component, config) =>
    withPanels(async (client) => {
      expect(await configOf(client, await write(client, config, component))).toEqual(config)
    })(),
  )

  it(
    'counts with what its component asks by default, which is for who publishes that',
    withPanels(async (client) => {
      await insertComponent(client, ours, {
        id: 'sales',
        defaultConfig: { source: 'metrics' },
        configSchema: { type: 'object' },
      })
      await write(client, { title: 'To be configured' }, 'sales')
      await write(client, { query: { metric: 'revenue' } }, 'sales')
      expect(await clientError(write(client, { query: misspelled.query }, 'sales'))).toMatchObject({
        details: 'config.query.agregate',
      })
    }),
  )

  it(
    'is none in a component whose schema has no place for one and calls something else its source',
    withPanels(async (client) => {
      await insertComponent(client, ours, {
        id: 'map',
        defaultConfig: {},
        configSchema: {
          type: 'object',
          properties: { source: { type: 'string', enum: ['workspace', 'street'] } },
          additionalProperties: false,
        },
      })
      await write(client, { source: 'workspace' }, 'map')
    }),
  )

  it(
    'says nothing to strangers, whom the policy refuses',
    story(async (client) => {
      const view_id = await insertView(client, { workspace_id: theirs })
      const row = { workspace_id: theirs, view_id, component_key: 'total-revenue', config: misspelled }
      await expect(insertWidget(client, row, member)).rejects.toMatchObject({ code: '42501' })
      expect(await clientError(insertWidget(client, row, outsider))).toMatchObject({ code: 'invalid_input' })
    }),
  )
})

describe('a layout that somebody saves', () => {
  const wrong = () => widget({ widgetId: 'total-revenue', config: misspelled })

  it(
    'is refused with the path inside the document',
    story(async (client) => {
      const layout = layoutOf(widget(), wrong())
      const { id } = await call<{ id: string }>(client, member, 'create_view', [
        ours,
        'A view',
        '',
        layoutOf(),
      ])
      for (const [name, values, path] of [
        ['create_view', [ours, 'Another', '', layout], 'layout.widgets.1.config.query.agregate'],
        ['save_layout', [id, layout, 1], 'widgets.1.config.query.agregate'],
        ['save_view', [id, { name: 'A view', layout }, 1], 'layout.widgets.1.config.query.agregate'],
      ] as const)
        expect(await clientError(call(client, member, name, [...values])), name).toMatchObject({
          status: 400,
          code: 'invalid_input',
          details: path,
          hint: 'Leave it out, or check how it is spelled.',
        })
      const { rows } = await client.query('select count(*)::int as n from public.widgets')
      expect(rows).toEqual([{ n: 0 }])
    }),
  )

  it(
    'keeps a widget that was stored with a wrong question, moved or not, until it is configured anew',
    story(async (client) => {
      const view_id = await insertView(client)
      const id = await insertWidget(client, { view_id, component_key: 'total-revenue', config: misspelled })
      type View = { version: number; layout: { widgets: Record<string, unknown>[] } }
      const read = () => call<View>(client, member, 'get_view', [view_id])
      const save = async (change: object) => {
        const { version, layout } = await read()
        const widgets = layout.widgets.map((one) => ({ ...one, ...change }))
        return call(client, member, 'save_layout', [view_id, { ...layout, widgets }, version])
      }
      await save({})
      await save({ position: { x: 3, y: 1, width: 3, height: 2 } })
      await actAs(client, member, 'update public.widgets set x = 5 where id = $1', [id])
      expect(await clientError(save({ config: { ...misspelled, title: 'Money' } }))).toMatchObject({
        details: 'widgets.0.config.query.agregate',
      })
      expect(await configOf(client, id)).toEqual(misspelled)
      await save({ config: metrics({ metric: 'revenue', aggregate: 'sum' }) })
    }),
  )
})

it(
  'the rules are asked about what is configured now, and about nothing that is merely moved',
  story(async (client) => {
    await client.query(
      `create function private.rule_that_fails(text, text, text, jsonb) returns jsonb language plpgsql as $$
       begin raise 'asked'; end $$`,
    )
    const view_id = await insertView(client)
    const layout = layoutOf(...Array.from({ length: 200 }, () => widget({ config: { source: 'metrics' } })))
    for (const { instanceId, widgetId, config } of layout.widgets)
      await insertWidget(client, { view_id, instance_id: instanceId, component_key: widgetId, config })
    await client.query("insert into private.config_rules (rule) values ('rule_that_fails')")
    const save = (version: number, change: (one: Widget) => Partial<Widget>) =>
      call(client, member, 'save_layout', [
        view_id,
        { ...layout, widgets: layout.widgets.map((one) => ({ ...one, ...change(one) })) },
        version,
      ])
    await save(1, () => ({}))
    await save(1, ({ position }) => ({ position: { ...position, x: 3 }, visible: false }))
    await actAs(client, member, 'update public.widgets set x = 4 where view_id = $1', [view_id])
    const configured = save(1, () => ({
      position: { x: 4, y: 0, width: 3, height: 2 },
      config: { limit: 7 },
    }))
    await expect(configured).rejects.toThrow('asked')
  }),
)

describe('a wrong question that comes back some other way', () => {
  const shown = async (client: pg.Client, viewId: string) =>
    (await client.query('select config from public.widgets where view_id = $1', [viewId])).rows

  it(
    'is brought in by an import, a copy and a template, and left out by none',
    story(async (client) => {
      await setPlan(client, 'premium')
      const view_id = await insertView(client)
      await insertWidget(client, { view_id, component_key: 'total-revenue', config: misspelled })
      const report = await importView(client, member, await exportView(client, member, view_id))
      expect(report.skipped).toEqual([])
      const copy = await call<{ id: string }>(client, member, 'duplicate_view', [view_id])
      expect(copy).toMatchObject({ skipped: [] })
      const template = viewBundle([widget({ widgetId: 'total-revenue', config: misspelled })])
      const installed = await install(client, await publishListing(client, template))
      for (const id of [report.views[0]?.id, copy.id, installed.viewId])
        expect(await shown(client, id ?? ''), id ?? 'none').toEqual([{ config: misspelled }])
    }),
  )

  it(
    'is restored with the version in which it stood',
    committedStory()(async (client) => {
      const view_id = await insertView(client)
      await insertWidget(client, { view_id, component_key: 'total-revenue', config: misspelled })
      await commit(client)
      const version = async () =>
        Number(
          (await client.query('select version from public.dashboard_views where id = $1', [view_id])).rows[0]
            .version,
        )
      const before = await version()
      await call(client, member, 'save_layout', [view_id, layoutOf(), before])
      await commit(client)
      expect(await shown(client, view_id)).toEqual([])
      expect(await call(client, member, 'restore_view_version', [view_id, before])).toMatchObject({
        skipped: [],
      })
      expect(await shown(client, view_id)).toEqual([{ config: misspelled }])
    }),
  )

  it(
    'is answered with what is wrong with it, now and as of a time, and keeps no other widget from its answer',
    story(async (client) => {
      const view_id = await insertView(client)
      const id = await insertWidget(client, { view_id, component_key: 'total-revenue', config: misspelled })
      const right = await insertWidget(client, { view_id, component_key: 'total-revenue', config: {} })
      const ask = async (widgetId: string) =>
        call(client, service, 'widget_answer', [ours, await questionOf(client, widgetId)])
      expect(await clientError(ask(id))).toMatchObject({
        code: 'invalid_input',
        details: 'query.agregate',
        hint: 'Leave it out, or check how it is spelled.',
      })
      expect(await ask(right)).toMatchObject({ value: null })
      const weather = await insertWidget(client, {
        ...{ view_id, component_key: 'total-revenue', config: workspace({ about: 'weather' }) },
      })
      expect(await clientError(ask(weather))).toMatchObject({ code: 'invalid_input', details: 'query.about' })
      const past = await call<Record<string, object>>(client, admin, 'get_widget_data', [
        null,
        [id, right],
        new Date(Date.now() - 3_600_000),
      ])
      expect(past[id]).toMatchObject({
        data: null,
        meta: { error: { code: 'invalid_input', details: 'query.agregate', hint: expect.any(String) } },
      })
      expect(past[right]).toMatchObject({ data: { value: null }, meta: { error: null } })
      expect(await dataOf(client, admin, right)).toMatchObject({ meta: { error: null } })
    }),
  )
})

/** A component of the workspace that shows no metrics. */
const calendar = { id: 'calendar', type: 'calendar', defaultConfig: {} } as const

/** A widget as it was stored before questions were looked at. */
const kept = (client: pg.Client, config: object, component_key: string) =>
  insertWidget(client, { view_id: panelView, component_key, config })
