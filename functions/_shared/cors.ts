/** What a front end reads of an answer beside its body. */
const exposed = 'RateLimit, RateLimit-Policy, Retry-After, traceparent'
/** With whatever supabase-js sends: a browser does not make a call at all that has one header more. */
const allowed =
  'authorization, apikey, baggage, content-type, traceparent, tracestate, x-client-info, x-region, x-request-id, ' +
  'x-retry-count'
const preflightSeconds = 7200

/** Which origins may read a function's answers in a browser. None may send cookies: no function reads any. */
export interface CrossOrigin {
  /** The answer to an OPTIONS request; `methods` is what the path takes. */
  preflight(request: Request, methods: string[]): Response
  /** The headers of any other answer. */
  headersFor(request: Request): Record<string, string>
}

/** @param origins such as `https://app.example.com`, exactly as a browser sends them */
export function crossOrigin(origins: string[]): CrossOrigin {
  const known = new Set(origins)
  const headersFor = (request: Request): Record<string, string> => {
    const origin = request.headers.get('origin')
    // Caches must not give one origin the answer of another, also where the first had none.
    const vary = { Vary: 'Origin' }
    if (!origin || !known.has(origin)) return vary
    return { ...vary, 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': exposed }
  }
  return {
    headersFor,
    preflight(request, methods) {
      const headers = headersFor(request)
      if (!('Access-Control-Allow-Origin' in headers)) return new Response(null, { status: 204, headers })
      return new Response(null, {
        status: 204,
        headers: {
          ...headers,
          'Access-Control-Allow-Methods': methods.join(', '),
          'Access-Control-Allow-Headers': allowed,
          'Access-Control-Max-Age': String(preflightSeconds),
        },
      })
    },
  }
}
