import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EnvironmentError, readEnvironment } from '../../../functions/_shared/env.ts'
import { reportTarget, sentryReports } from '../../../functions/_shared/error-reports.ts'
import { failureOf } from '../../../functions/_shared/log.ts'
import { type SentryServer, startSentryServer } from '../../support/functions/sentry-server.ts'

let sentry: SentryServer
beforeAll(async () => {
  sentry = await startSentryServer()
})
afterAll(() => sentry[Symbol.asyncDispose]())

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'
const of = { function: 'mail', trace: { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` } }

class SourceError extends Error {
  override name = 'SourceError'
}

/** What one error is reported as. */
async function reported(error: unknown, path = '42') {
  const before = sentry.envelopes.length
  await sentryReports(reportTarget(sentry.dsn(path)))(error, of)
  const [envelope, ...more] = sentry.envelopes.slice(before)
  expect(more).toEqual([])
  if (!envelope) throw new Error('Nothing was reported.')
  return envelope
}

describe('a report', () => {
  it('is an envelope with one event, which says what failed, where, and in which trace', async () => {
    const envelope = await reported(new SourceError('the password is hunter2'))
    expect(envelope).toMatchObject({ method: 'POST', path: '/api/42/envelope/' })
    expect(envelope.headers).toMatchObject({
      'content-type': 'application/x-sentry-envelope',
      'x-sentry-auth': expect.stringMatching(/^Sentry sentry_version=7, .*sentry_key=publickey$/),
    })
    const eventId = expect.stringMatching(/^[0-9a-f]{32}$/)
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(envelope.header).toEqual({ event_id: eventId, sent_at: time })
    expect(envelope.items).toEqual([
      {
        header: { type: 'event' },
        payload: {
          event_id: envelope.header.event_id,
          timestamp: time,
          platform: 'javascript',
          level: 'error',
          logger: 'mail',
          tags: { function: 'mail' },
          contexts: { trace: { trace_id: traceId, span_id: spanId } },
          exception: { values: [{ type: 'SourceError', stacktrace: { frames: expect.any(Array) } }] },
        },
      },
    ])
    // The last frame is where it was thrown.
    expect(envelope.items[0]?.payload).toMatchObject({
      exception: {
        values: [{ stacktrace: { frames: expect.arrayContaining([frameIn('error-reports.test.ts')]) } }],
      },
    })
    expect(envelope.text).not.toContain('hunter2')
  })

  it('says nothing of a message, also where its lines look like those of a stack', async () => {
    const message = 'no\n    at hunter2 (file:///hunter2.ts:1:1)\n    at hunter2.ts:2:2'
    for (const error of [new Error(message), Object.assign(new Error(message), { cause: 'hunter2' })])
      expect((await reported(error)).text).not.toContain('hunter2')
    expect(JSON.stringify(failureOf(new Error(message)))).not.toContain('hunter2')
    expect(failureOf(new Error('')).at.join()).toContain('error-reports.test.ts')
  })

  it.each(['hunter2', null, { toString: () => 'hunter2' }])(
    'of what is no error (%j) names its type',
    async (thrown) => {
      const envelope = await reported(thrown)
      expect(envelope.items[0]?.payload.exception).toEqual({
        values: [{ type: typeof thrown, stacktrace: { frames: [] } }],
      })
      expect(envelope.text).not.toContain('hunter2')
    },
  )

  it('goes below the path that the DSN has', async () => {
    expect((await reported(new Error('x'), 'sentry/below/7')).path).toBe('/sentry/below/api/7/envelope/')
  })

  it('that nobody takes is no error', async () => {
    const gone = await startSentryServer()
    const target = reportTarget(gone.dsn('1'))
    await gone[Symbol.asyncDispose]()
    await expect(sentryReports(target)(new Error('x'), of)).resolves.toBeUndefined()
    await expect(sentryReports(undefined)(new Error('x'), of)).resolves.toBeUndefined()
  })
})

describe('SENTRY_DSN', () => {
  const platform = {
    SUPABASE_URL: 'http://127.0.0.1:54321',
    SUPABASE_PUBLISHABLE_KEYS: '{"default":"sb_publishable_x"}',
    SUPABASE_SECRET_KEYS: '{"default":"sb_secret_x"}',
    SUPABASE_JWKS: '{"keys":[]}',
  }

  it.each([
    'sentry',
    'sentry.example.com/42',
    'https://sentry.example.com/42',
    'https://s3cret@sentry.example.com/',
    'https://s3cret@sentry.example.com',
    'ftp://s3cret@sentry.example.com/42',
  ])('that is none (%s) stops the start, by its name and without its value', (dsn) => {
    const read = () => readEnvironment({ ...platform, SENTRY_DSN: dsn })
    expect(read).toThrow(EnvironmentError)
    expect(read).toThrow('SENTRY_DSN')
    expect(read).not.toThrow('s3cret')
  })

  it('may be left out, or empty', () => {
    for (const SENTRY_DSN of ['', undefined])
      expect(readEnvironment({ ...platform, SENTRY_DSN }).errorReports).toBeUndefined()
    expect(readEnvironment({ ...platform, SENTRY_DSN: 'https://k@s.example/42' }).errorReports).toEqual({
      url: 'https://s.example/api/42/envelope/',
      key: 'k',
    })
  })
})

function frameIn(file: string) {
  return {
    function: expect.any(String),
    filename: expect.stringContaining(file),
    lineno: expect.any(Number),
    colno: expect.any(Number),
  }
}
