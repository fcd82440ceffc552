import { beforeEach, expect, it } from 'vitest'
import {
  availableDataSourceSchema,
  dataSourceSchema,
  storedDataSourceSchema,
} from '../../../types/data-source.ts'
import {
  keptWidgetDataSchema,
  storedAnswersSchema,
  widgetClaimSchema,
  widgetDataSchema,
  widgetsToRefreshSchema,
} from '../../../types/widget-data.ts'
import { widget } from '../../support/dashboards/layouts.ts'
import { createSharedView } from '../../support/dashboards/view-calls.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'
import { lacksFeature } from '../../support/people/plan.ts'

// The rows of docs/endpoints.md about the data of widgets and where it comes from. What the function widget-refresh does
// with them is in tests/functions/widget-refresh.

let app: FrontEnd
let ada: Person
let mia: Person
let eve: Person
let workspace_id: string

const people = endpointSuite()
beforeEach(() => {
  ;({ app, ada, mia, eve, workspace_id } = people())
})
const server = () => app.gateway.adminClient()
const document = { kind: 'static', name: 'Answers', data: { value: 42 } }
const chart = widget({ widgetId: 'revenue-chart', config: {} })

const save = async (by: Person = ada) => by.supabase.rpc('save_data_source', { workspace_id, document })
/** A view whose one widget has data. */
async function filledView() {
  const view = await createSharedView(mia, workspace_id, [chart])
  const { data } = await mia.supabase.rpc('widgets_to_refresh', { view_id: view.id }).throwOnError()
  const { questions } = widgetsToRefreshSchema.parse(data)
  const claims = await server().rpc('claim_widget_questions', { workspace_id, questions }).throwOnError()
  const answers = widgetClaimSchema
    .array()
    .parse(claims.data)
    .map(({ question, lease }) => ({
      question,
      lease,
      data: { labels: ['a'], series: [] },
      milliseconds: 1,
      bytes: 1,
    }))
  await server().rpc('store_widget_data', { workspace_id, answers }).throwOnError()
  return { view_id: view.id, widget_id: view.layout.widgets[0]?.id ?? '' }
}

it('widgets data', async () => {
  const { view_id, widget_id } = await filledView()
  const read = (by: Person, what: object = { view_id }) =>
    by.supabase.rpc('get_widget_data', what, { get: true })
  expect(widgetDataSchema.parse((await read(mia)).data)).toMatchObject({
    [chart.instanceId]: { data: { labels: ['a'] }, meta: { stale: false, error: null } },
  })
  expect((await mia.supabase.rpc('get_widget_data', { widget_ids: [widget_id] })).data).toHaveProperty(
    widget_id,
  )
  expect((await read(eve)).error).toMatchObject({ code: 'not_found', details: 'view_id' })
  expect((await read(mia, {})).error).toMatchObject({ code: 'invalid_input' })
})

it('widgets refresh', async () => {
  const { id: view_id } = await createSharedView(mia, workspace_id, [chart])
  const { data } = await mia.supabase.rpc('widgets_to_refresh', { view_id })
  expect(widgetsToRefreshSchema.parse(data)).toEqual({
    workspaceId: workspace_id,
    questions: [expect.any(String)],
  })
  expect((await eve.supabase.rpc('widgets_to_refresh', { view_id })).error).toMatchObject({
    code: 'not_found',
  })
})

it('widgets keep', async () => {
  const { widget_id } = await filledView()
  const { data } = await mia.supabase.rpc('keep_widget_data', { widget_id })
  const { hash } = keptWidgetDataSchema.parse(data)
  const kept = await ada.supabase.rpc('get_kept_widget_data', { workspace_id, hash })
  expect(kept.data).toMatchObject({ data: { labels: ['a'] }, widgetId: widget_id })
  expect((await eve.supabase.rpc('keep_widget_data', { widget_id })).error).toMatchObject({
    code: 'not_found',
  })
})

it('widgets report', async () => {
  const report = ({ supabase }: Person, hits: number) =>
    supabase.rpc('report_widget_reads', { workspace_id, hits, stale: 1, misses: 0 })
  expect((await report(mia, 8)).error).toBeNull()
  expect((await report(mia, -1)).error).toMatchObject({ code: 'invalid_input', details: 'hits' })
  expect((await report(eve, 8)).error).toMatchObject({ code: 'not_found' })
  const { rows } = await app.server.query(
    'select hits, stale from private.widget_reads where workspace_id = $1',
    [workspace_id],
  )
  expect(rows).toEqual([{ hits: '8', stale: '1' }])
})

it('integrations list', async () => {
  const { data: saved } = await save()
  const { id } = storedDataSourceSchema.parse(saved)
  const { data } = await ada.supabase.rpc('list_data_sources', { workspace_id })
  expect(dataSourceSchema.array().parse(data)).toMatchObject([{ id, name: 'Answers', widgets: 0 }])
  expect((await ada.supabase.rpc('get_data_source', { workspace_id, id })).data).toMatchObject({
    data: { value: 42 },
  })
  const available = await mia.supabase.rpc('available_data_sources', { workspace_id })
  expect(availableDataSourceSchema.array().parse(available.data)).toMatchObject([{ id }])
  expect((await mia.supabase.rpc('list_data_sources', { workspace_id })).error).toMatchObject({
    code: 'permission_denied',
    details: 'integrations.manage',
  })
  expect((await eve.supabase.rpc('list_data_sources', { workspace_id })).error).toMatchObject({
    code: 'not_found',
  })
})

it('integrations configure', async () => {
  const { id, version } = storedDataSourceSchema.parse((await save()).data)
  const changed = { ...document, name: 'Other' }
  const change = () => ada.supabase.rpc('save_data_source', { workspace_id, document: changed, id, version })
  expect((await change()).data).toMatchObject({ name: 'Other', version: 2 })
  expect((await change()).error).toMatchObject({ code: 'conflict', details: '2' })
  const remote = { kind: 'http_json', name: 'Shop', url: 'https://shop.example.com/' }
  const checked = await ada.supabase.rpc('check_data_source', { workspace_id, document: remote })
  expect(checked.error).toMatchObject(lacksFeature('http_sources'))
  expect((await save(mia)).error).toMatchObject({ code: 'permission_denied' })
})

it('integrations preview', async () => {
  // What the function asks as the person; what it shows is in tests/functions/widget-refresh.
  const { id } = storedDataSourceSchema.parse((await save()).data)
  for (const url of ['https://127.0.0.1/x', 'https://a.example.com:8443/x']) {
    const wrong = { kind: 'http_json', name: 'Shop', url }
    const checked = await ada.supabase.rpc('check_data_source', { workspace_id, document: wrong })
    expect(checked.error).toMatchObject({ code: 'invalid_input', details: 'url' })
  }
  const ofMia = await mia.supabase.rpc('get_data_source', { workspace_id, id })
  expect(ofMia.error).toMatchObject({ code: 'permission_denied' })
})

it('integrations delete', async () => {
  const { id } = storedDataSourceSchema.parse((await save()).data)
  const remove = ({ supabase }: Person) => supabase.rpc('delete_data_source', { workspace_id, id })
  expect((await remove(mia)).error).toMatchObject({ code: 'permission_denied' })
  expect((await remove(ada)).error).toBeNull()
  expect((await remove(ada)).error).toMatchObject({ code: 'not_found', details: 'id' })
})

it('integrations fetch', async () => {
  const { view_id } = await filledView()
  await mia.supabase.rpc('watch_view', { view_id }).throwOnError()
  expect((await server().rpc('due_widget_questions')).data).toEqual([])
  const { rows } = await app.server.query(
    "update private.widget_data set fetched_at = fetched_at - interval '1 hour' where workspace_id = $1 returning question_hash",
    [workspace_id],
  )
  const question = rows[0].question_hash
  expect((await server().rpc('due_widget_questions')).data).toEqual([
    { workspaceId: workspace_id, questions: [question] },
  ])
  const claims = await server().rpc('claim_widget_questions', { workspace_id, questions: [question] })
  const [claim] = widgetClaimSchema.array().parse(claims.data)
  const { data } = await server().rpc('widget_answer', { workspace_id, question })
  expect(data).toMatchObject({ labels: expect.any(Array) })
  const answers = [{ question, lease: claim?.lease, data, milliseconds: 1, bytes: 1 }]
  const stored = await server().rpc('store_widget_data', { workspace_id, answers })
  expect(storedAnswersSchema.parse(stored.data)).toEqual({ stored: 1, failed: 0, late: 0 })
  expect((await server().rpc('data_source_request', { workspace_id, id: view_id })).data).toBeNull()
  // Others that share the stack have receivers at ports of their own.
  expect((await server().rpc('request_ports')).data).toContain(443)
  expect((await ada.supabase.rpc('due_widget_questions')).error).toMatchObject({ code: '42501' })
})
