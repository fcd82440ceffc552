import { codeOf, messageOf } from '../../stack/index.ts'

/** A row of `net.http_request_queue`. */
export interface HttpRequest {
  /** A bigint, as text. */
  id: string
  method: string
  url: string
  headers: Record<string, unknown> | null
  body: Buffer | null
  timeout_milliseconds: number
}

/** A row of `net._http_response`, but for its id and time. */
export interface HttpOutcome {
  statusCode: number | null
  contentType: string | null
  headers: Record<string, string> | null
  content: string | null
  /** Null where the request failed for another reason. */
  timedOut: boolean | null
  errorMessage: string | null
}

/** Makes one request; whatever goes wrong is part of the outcome. Redirects are answers, not followed. */
export async function performRequest(request: HttpRequest, stopping: AbortSignal): Promise<HttpOutcome> {
  const timeout = AbortSignal.timeout(request.timeout_milliseconds)
  try {
    const response = await fetch(request.url, {
      method: request.method.toUpperCase(),
      headers: {
        'user-agent': 'pg_net/0.14.0',
        ...Object.fromEntries(
          Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
        ),
      },
      body: request.body ? new Uint8Array(request.body) : null,
      redirect: 'manual',
      signal: AbortSignal.any([timeout, stopping]),
    })
    const content = await response.text()
    return {
      statusCode: response.status,
      contentType: response.headers.get('content-type'),
      headers: Object.fromEntries(response.headers),
      // Postgres's text cannot hold a NUL.
      content: content.replaceAll('\0', ''),
      timedOut: false,
      errorMessage: null,
    }
  } catch (error) {
    const timedOut = timeout.aborted && !stopping.aborted
    return {
      statusCode: null,
      contentType: null,
      headers: null,
      content: null,
      timedOut,
      errorMessage: timedOut
        ? `Timeout of ${request.timeout_milliseconds} ms reached.`
        : describeFailure(error, stopping),
    }
  }
}

const sentences: Record<string, string> = {
  ECONNREFUSED: 'Could not connect to server',
  ENOTFOUND: 'Could not resolve hostname',
  EAI_AGAIN: 'Could not resolve hostname',
  ERR_INVALID_URL: 'URL using bad/illegal format or missing URL',
}

/** `fetch` hides the reason in its error's cause. */
function describeFailure(error: unknown, stopping: AbortSignal): string {
  if (stopping.aborted) return 'The worker was stopped.'
  const reason = error instanceof Error && error.cause !== undefined ? error.cause : error
  return sentences[codeOf(reason) ?? ''] ?? messageOf(reason)
}
