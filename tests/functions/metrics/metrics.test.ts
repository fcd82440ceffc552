import { join } from 'node:path'
import parsePrometheusTextFormat from 'parse-prometheus-text-format'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentType, prometheusText } from '../../../functions/metrics/text.ts'
import type { OperatorMetrics } from '../../../types/operator.ts'
import { type FunctionUnderTest, serveFunction } from '../../support/functions/serve-function.ts'
import { type FrontEnd, startFrontEnd } from '../../support/http/front-end.ts'
import { problemsOf } from '../../support/prometheus/check.ts'

// The measures of the project as Prometheus reads them, for who has the secret key and for nobody else.

const root = join(import.meta.dirname, '../../..')
let app: FrontEnd
let metrics: FunctionUnderTest

beforeAll(async () => {
  app = await startFrontEnd()
  metrics = await serveFunction(app.gateway, join(root, 'functions/metrics/index.ts'))
}, 60_000)
afterAll(async () => {
  await metrics?.[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})

const scrape = (headers: Record<string, string> = { apikey: app.gateway.secretKey }) =>
  metrics.request('/', { headers })

it('are text that a parser of Prometheus reads, and count the requests that were answered', async () => {
  expect((await scrape()).status).toBe(200)
  const requests = async () => {
    const answer = await scrape()
    expect(answer.headers.get('content-type')).toBe(contentType)
    const text = await answer.text()
    // It refuses what is no line of the format; that histograms have labels besides `le` it does not keep.
    expect(parsePrometheusTextFormat(text).length).toBeGreaterThan(3)
    expect(await problemsOf(text)).toBe('')
    return text
  }
  // Each process tells of its own after a while.
  await expect
    .poll(requests, { timeout: 15_000, interval: 500 })
    .toMatch(
      /^bdashboard_function_request_duration_seconds_count\{code="2xx",method="GET",function="metrics"\} \d+$/m,
    )
  const families = parsePrometheusTextFormat(await (await scrape()).text())
  expect(new Set(families.map(({ name }) => name)).size).toBe(families.length)
  expect(families.map(({ name }) => name)).toContain('bdashboard_query_seconds_total')
  expect(metrics.log().filter((line) => 'error' in line)).toEqual([])
})

it('are for servers alone', async () => {
  const ada = await app.signUp('Ada')
  const { data } = await ada.supabase.auth.getSession()
  const { publishableKey } = app.gateway
  for (const headers of [
    {},
    { apikey: publishableKey },
    { apikey: publishableKey, authorization: `Bearer ${data.session?.access_token}` },
    { apikey: `${app.gateway.secretKey}x` },
  ] as Record<string, string>[]) {
    const answer = await scrape(headers)
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ error: { code: 'not_signed_in' } })
  }
  expect(
    (await metrics.request('/', { method: 'POST', headers: { apikey: app.gateway.secretKey } })).status,
  ).toBe(405)
})

describe('the text', () => {
  const histogram: OperatorMetrics = [
    {
      name: 'a_seconds',
      type: 'histogram',
      help: 'Two\nlines \\ here',
      samples: [
        {
          labels: { name: 'quoted "x" \\ and\nbroken' },
          count: 3,
          sum: 1.5,
          buckets: [
            { le: 0.5, count: 1 },
            { le: 1, count: 2 },
          ],
        },
      ],
    },
    { name: 'none_total', type: 'counter', help: 'Empty', samples: [] },
    { name: 'some', type: 'gauge', help: 'Known', samples: [{ labels: {}, value: null }] },
  ]

  it('escapes what stands in labels and help, and ends every histogram with +Inf', () => {
    expect(prometheusText(histogram)).toBe(
      [
        '# HELP bdashboard_a_seconds Two\\nlines \\\\ here',
        '# TYPE bdashboard_a_seconds histogram',
        'bdashboard_a_seconds_bucket{name="quoted \\"x\\" \\\\ and\\nbroken",le="0.5"} 1',
        'bdashboard_a_seconds_bucket{name="quoted \\"x\\" \\\\ and\\nbroken",le="1"} 2',
        'bdashboard_a_seconds_bucket{name="quoted \\"x\\" \\\\ and\\nbroken",le="+Inf"} 3',
        'bdashboard_a_seconds_sum{name="quoted \\"x\\" \\\\ and\\nbroken"} 1.5',
        'bdashboard_a_seconds_count{name="quoted \\"x\\" \\\\ and\\nbroken"} 3',
        '',
      ].join('\n'),
    )
    expect(parsePrometheusTextFormat(prometheusText(histogram))).toMatchObject([
      { name: 'bdashboard_a_seconds', type: 'HISTOGRAM' },
    ])
  })
})
