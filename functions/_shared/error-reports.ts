import { failureOf } from './log.ts'
import type { Trace } from './trace.ts'

/** Tells somebody of what went wrong; resolves in any case. */
export type ReportError = (error: unknown, of: { function: string; trace: Trace }) => Promise<void>

const patienceMilliseconds = 5000

/** Where reports go, and the public key by which they are taken. */
export interface ReportTarget {
  url: string
  key: string
}

/** What a DSN says, such as `https://key@sentry.example.com/42`; undefined where it is none. */
export function reportTarget(dsn: string): ReportTarget | undefined {
  if (!URL.canParse(dsn)) return undefined
  const { protocol, origin, pathname, username: key } = new URL(dsn)
  const [, prefix, project] = /^(.*)\/([^/]+)$/.exec(pathname) ?? []
  if (!/^https?:$/.test(protocol) || key === '' || !project) return undefined
  return { url: `${origin}${prefix}/api/${project}/envelope/`, key }
}

/** Reports to Sentry, or to what speaks its protocol: an envelope with where it happened, and no values. */
export function sentryReports(target: ReportTarget | undefined): ReportError {
  if (!target) return async () => undefined
  const { url, key } = target
  return async (error, { function: name, trace }) => {
    const eventId = crypto.randomUUID().replaceAll('-', '')
    const time = new Date().toISOString()
    const { error: type, at } = failureOf(error)
    const event = {
      event_id: eventId,
      timestamp: time,
      platform: 'javascript',
      level: 'error',
      logger: name,
      tags: { function: name },
      contexts: { trace: { trace_id: trace.traceId, span_id: trace.spanId } },
      exception: { values: [{ type, stacktrace: { frames: at.map(frameOf).reverse() } }] },
    }
    const lines = [{ event_id: eventId, sent_at: time }, { type: 'event' }, event]
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/x-sentry-envelope',
          'X-Sentry-Auth': `Sentry sentry_version=7, sentry_client=functions/1.0, sentry_key=${key}`,
        },
        body: lines.map((line) => JSON.stringify(line)).join('\n'),
        redirect: 'error',
        signal: AbortSignal.timeout(patienceMilliseconds),
      })
      await response.body?.cancel()
    } catch {
      // The log has the error; that a report of it is lost must not be an error of its own.
    }
  }
}

function frameOf(line: string) {
  const [, name = '?', file = line, lineNumber, column] =
    /^at (?:async )?(?:(.+?) \()?(.+?):(\d+):(\d+)\)?$/.exec(line) ?? []
  return { function: name, filename: file, lineno: Number(lineNumber ?? 0), colno: Number(column ?? 0) }
}
