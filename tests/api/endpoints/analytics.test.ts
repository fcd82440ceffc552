import { beforeEach, expect, it } from 'vitest'
import {
  analyticsChoiceSchema,
  analyticsPolicySchema,
  surveySchema,
  workspaceAnalyticsSchema,
} from '../../../types/analytics.ts'
import { operatorMetricsSchema, operatorReportSchema } from '../../../types/operator.ts'
import { type TrackedEvent, trackedEventsSchema } from '../../../types/track.ts'
import { storedViewSchema } from '../../../types/view.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'
import { setPlan } from '../../support/people/plan.ts'

// The rows of docs/endpoints.md about how a workspace is used.

let app: FrontEnd
let ada: Person
let mia: Person
let vic: Person
let eve: Person
let workspace_id: string

const people = endpointSuite()
beforeEach(() => {
  ;({ app, ada, mia, vic, eve, workspace_id } = people())
})

const exported = (): TrackedEvent => ({
  id: crypto.randomUUID(),
  at: new Date().toISOString(),
  kind: 'feature_used',
  name: 'data_exported',
})

it('analytics track', async () => {
  const send = ({ supabase }: Person, events: TrackedEvent[]) =>
    supabase.rpc('track', { workspace_id, events })
  const event = exported()
  expect(trackedEventsSchema.parse((await send(vic, [event])).data)).toEqual({
    stored: 1,
    known: 0,
    skipped: 0,
  })
  expect((await send(vic, [event])).data).toEqual({ stored: 0, known: 1, skipped: 0 })
  const strange = { ...event, name: 'typed' } as unknown as TrackedEvent
  expect((await send(mia, [strange])).error).toMatchObject({
    code: 'invalid_input',
    details: 'events.0.name',
  })
  expect((await send(eve, [event])).error).toMatchObject({ code: 'not_found' })
})

it('analytics read', async () => {
  const read = ({ supabase }: Person) => supabase.rpc('workspace_analytics', { workspace_id, period: '7d' })
  const { premium, series } = workspaceAnalyticsSchema.parse((await read(ada)).data)
  expect(premium).toBeNull()
  expect(series).toHaveLength(7)
  await setPlan(app.server, 'premium', workspace_id)
  expect(workspaceAnalyticsSchema.parse((await read(ada)).data).premium?.people).toBeNull()
  expect((await read(mia)).error).toMatchObject({ code: 'permission_denied', details: 'analytics.read' })
  expect((await read(eve)).error).toMatchObject({ code: 'not_found' })
})

it('analytics csv', async () => {
  const read = ({ supabase }: Person, part: 'series' | 'views') =>
    supabase.rpc('workspace_analytics_csv', { workspace_id, period: '7d', part })
  expect((await read(ada, 'series')).data).toMatch(/^at,activePeople,viewsOpened,refreshes,errors\r\n/)
  expect((await read(ada, 'views')).error).toMatchObject({ code: 'payment_required' })
  expect((await read(mia, 'series')).error).toMatchObject({ code: 'permission_denied' })
})

it('analytics dashboard', async () => {
  const open = ({ supabase }: Person) => supabase.rpc('analytics_view', { workspace_id })
  const view = storedViewSchema.parse((await open(ada)).data)
  expect((await open(ada)).data).toMatchObject({ id: view.id, name: 'Analytics' })
  expect((await open(mia)).error).toMatchObject({ code: 'permission_denied' })
  expect((await open(eve)).error).toMatchObject({ code: 'not_found' })
})

it('analytics choice', async () => {
  const holds = async ({ supabase }: Person) => await supabase.rpc('analytics_choice', { workspace_id })
  const choose = (is_counted: boolean) => mia.supabase.rpc('set_analytics_choice', { is_counted })
  expect((await choose(false)).error).toBeNull()
  expect(analyticsChoiceSchema.parse((await holds(mia)).data)).toEqual({
    isCounted: false,
    byPersonSince: null,
  })
  await choose(true)
  expect((await holds(mia)).data).toMatchObject({ isCounted: true })
  expect((await holds(eve)).error).toMatchObject({ code: 'not_found' })
})

it('analytics policy', async () => {
  const allow = ({ supabase }: Person, by_person: boolean) =>
    supabase.rpc('set_analytics_policy', { workspace_id, by_person })
  expect((await allow(ada, true)).error).toMatchObject({ code: 'payment_required' })
  await setPlan(app.server, 'premium', workspace_id)
  const { byPersonSince } = analyticsPolicySchema.parse((await allow(ada, true)).data)
  expect(byPersonSince).toMatch(/^\d{4}-/)
  expect((await allow(mia, false)).error).toMatchObject({ code: 'permission_denied' })
})

it('analytics survey', async () => {
  const { data } = await mia.supabase.rpc('my_survey')
  expect(surveySchema.parse(data)).toMatchObject({ isDue: false, score: null })
  expect((await mia.supabase.rpc('answer_survey', { score: 9 })).error).toMatchObject({ code: 'conflict' })
  await app.server.query("update public.profiles set created_at = now() - interval '15 days'")
  expect((await mia.supabase.rpc('answer_survey', { score: 9 })).data).toMatchObject({ score: 9 })
  expect((await mia.supabase.rpc('answer_survey', { score: 11 })).error).toMatchObject({
    code: 'invalid_input',
  })
})

it('analytics operators', async () => {
  const server = app.gateway.adminClient()
  const request = { function: 'mail', method: 'POST', status: 200, milliseconds: [12] }
  expect((await server.rpc('record_requests', { requests: [request] })).error).toBeNull()
  const measures = operatorMetricsSchema.parse((await server.rpc('operator_metrics')).data)
  expect(measures.map(({ name }) => name)).toContain('queue_length')
  const days = { from_day: '2026-01-01', to_day: '2026-01-31' }
  expect(operatorReportSchema.parse((await server.rpc('operator_report', days)).data).days).toEqual([])
  expect((await server.rpc('operator_report', { ...days, to_day: '2025-01-01' })).error).toMatchObject({
    code: 'invalid_input',
  })
  // Neither is a person's to call, as the types say.
  const rest = ada.supabase as unknown as typeof server
  expect((await rest.rpc('operator_metrics')).error).toMatchObject({ code: '42501' })
  expect((await rest.rpc('operator_report', days)).error).toMatchObject({ code: '42501' })
})
