import { beforeEach, expect, it } from 'vitest'
import { ingestedMetricsSchema, metricListSchema } from '../../../types/metrics.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { Person } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about metrics.

let mia: Person
let vic: Person
let eve: Person
let workspace_id: string

const people = endpointSuite()
beforeEach(() => {
  ;({ mia, vic, eve, workspace_id } = people())
})

const sale = { key: 'revenue', value: 12.5, dimensions: { category: 'Books' }, id: 'order-1' }

it('metrics send', async () => {
  const send = ({ supabase }: Person, points: object[]) =>
    supabase.rpc('ingest_metrics', { workspace_id, points: JSON.parse(JSON.stringify(points)) })
  const time = new Date().toISOString()
  const { data, error } = await send(mia, [{ ...sale, time }])
  expect(error).toBeNull()
  expect(ingestedMetricsSchema.parse(data)).toEqual({ stored: 1, known: 0 })
  expect((await send(mia, [{ ...sale, time }])).data).toEqual({ stored: 0, known: 1 })
  expect((await send(mia, [{ ...sale, time, value: 13 }])).error).toMatchObject({
    code: 'conflict',
    details: 'points.0.id',
  })
  expect((await send(mia, [{ ...sale, time, value: Number.NaN }])).error).toMatchObject({
    code: 'invalid_input',
    details: 'points.0.value',
  })
  expect((await send(vic, [{ ...sale, time }])).error).toMatchObject({ code: 'permission_denied' })
  expect((await send(eve, [{ ...sale, time }])).error).toMatchObject({ code: 'not_found' })
})

it('metrics list', async () => {
  await mia.supabase.rpc('ingest_metrics', {
    workspace_id,
    points: [{ ...sale, time: new Date().toISOString() }],
  })
  const { data, error } = await mia.supabase.rpc('list_metrics', { workspace_id })
  expect(error).toBeNull()
  expect(metricListSchema.parse(data)).toMatchObject({
    metrics: [{ key: 'revenue', dimensions: ['category'] }],
    timezone: 'UTC',
  })
  expect((await vic.supabase.rpc('list_metrics', { workspace_id })).error).toMatchObject({
    code: 'permission_denied',
  })
  expect((await eve.supabase.rpc('list_metrics', { workspace_id })).error).toMatchObject({
    code: 'not_found',
  })
})

it('metrics query', async () => {
  const time = new Date().toISOString()
  await mia.supabase.rpc('ingest_metrics', { workspace_id, points: [{ ...sale, time }] })
  const ask = ({ supabase }: Person, more: object = {}) =>
    supabase.rpc('query_metrics', {
      workspace_id,
      type: 'stats',
      query: { metric: 'revenue', period: '7d' },
      ...more,
    })
  expect((await ask(mia)).data).toMatchObject({ value: 12.5 })
  expect((await ask(mia, { as_of: new Date(Date.now() - 86_400_000).toISOString() })).data).toMatchObject({
    value: null,
  })
  for (const wrong of [{ type: 'calendar' }, { query: { metric: 'No' } }, { as_of: '2999-01-01T00:00:00Z' }])
    expect((await ask(mia, wrong)).error).toMatchObject({ code: 'invalid_input' })
  expect((await ask(vic)).error).toMatchObject({ code: 'permission_denied', details: 'dashboards.write' })
  expect((await ask(eve)).error).toMatchObject({ code: 'not_found' })
})
