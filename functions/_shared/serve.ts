import { type CrossOrigin, crossOrigin } from './cors.ts'
import type { Dependencies } from './dependencies.ts'
import type { Endpoint, Exchange } from './endpoint.ts'
import { FunctionError, functionError } from './errors.ts'
import { failureOf } from './log.ts'
import { type Trace, traceOf } from './trace.ts'

/** By method and path below the function: `POST /`, `GET /unsubscribe`. */
export type Endpoints = Record<`${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`, Endpoint>

export type Handler = (request: Request) => Promise<Response>

/**
 * Makes a function's handler: CORS, the endpoint, the envelope of errors, one line in the log, and the trace on
 * everything.
 */
export function serveFunction(dependencies: Dependencies, endpoints: Endpoints): Handler {
  const cors = crossOrigin(dependencies.allowedOrigins)
  const paths = Map.groupBy(
    Object.entries(endpoints).map(([key, answer]) => {
      const [method = '', path = ''] = key.split(' ')
      return { method, path, answer }
    }),
    ({ path }) => path,
  )

  return async (request) => {
    const started = performance.now()
    const url = new URL(request.url)
    const trace = traceOf(request)
    const exchange: Exchange = { request, url, trace, headers: {} }
    const offered = paths.get(pathBelow(url, dependencies.name)) ?? []
    let response: Response
    let code: string | undefined
    try {
      response = await answerOf(exchange, offered, dependencies, cors)
    } catch (error) {
      const told = error instanceof FunctionError ? error : reported(error, exchange, dependencies)
      code = told.body.code
      response = Response.json({ error: told.body }, { status: told.status, headers: told.headers })
    }
    const headers = new Headers(exchange.headers)
    for (const [name, value] of [
      ['Cache-Control', 'no-store'],
      ['X-Content-Type-Options', 'nosniff'],
      ...response.headers,
      ...Object.entries(cors.headersFor(request)),
      ['traceparent', trace.traceparent],
    ] as const)
      headers.set(name, value)
    dependencies.log({
      function: dependencies.name,
      method: request.method,
      status: response.status,
      duration_ms: Math.round(performance.now() - started),
      trace_id: trace.traceId,
      ...(code && { code }),
    })
    return new Response(response.body, { status: response.status, headers })
  }
}

interface OfferedEndpoint {
  method: string
  answer: Endpoint
}

async function answerOf(
  exchange: Exchange,
  offered: OfferedEndpoint[],
  dependencies: Dependencies,
  cors: CrossOrigin,
): Promise<Response> {
  const { request } = exchange
  const methods = [...offered.map(({ method }) => method), 'OPTIONS']
  if (offered.length === 0) throw functionError('not_found', 'This function has nothing at this path.')
  if (request.method === 'OPTIONS') return cors.preflight(request, methods)
  const endpoint = offered.find(({ method }) => method === request.method)
  if (!endpoint)
    throw functionError('method_not_allowed', 'This path does not take this method.', {
      hint: `Use ${methods.join(' or ')}.`,
      headers: { Allow: methods.join(', ') },
    })
  const answer = await endpoint.answer(exchange, dependencies)
  if (answer instanceof Response) return answer
  return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer)
}

/** Tells whoever runs the function of an error: where it was thrown, in the log and in a report. */
export function report(error: unknown, trace: Trace, dependencies: Dependencies): void {
  const { name, log, reportError, waitUntil } = dependencies
  log({ function: name, trace_id: trace.traceId, ...failureOf(error) })
  waitUntil(reportError(error, { function: name, trace }))
}

/** The client learns that it failed, and by which trace somebody who reads the log finds out why. */
function reported(error: unknown, { trace }: Exchange, dependencies: Dependencies): FunctionError {
  report(error, trace, dependencies)
  return functionError('internal_error', 'Something went wrong on our side.', { details: trace.traceId })
}

/** The platform passes `/<name>/…`; a proxy may leave `/functions/v1` before it. */
function pathBelow({ pathname }: URL, name: string): string {
  const path = pathname.replace(/^\/functions\/v1(?=\/)/, '')
  if (path !== `/${name}` && !path.startsWith(`/${name}/`)) return path
  // Only where the slashes begin: tried at each of many, it would go through the rest of them each time.
  return path.slice(name.length + 1).replace(/(?<!\/)\/+$/, '') || '/'
}
