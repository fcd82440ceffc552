/** Browsers of any origin may call the API: what a request may do is decided by its key and token alone. */
const allowOrigin = '*'

/** What supabase-js reads of a response besides its body. */
const exposedHeaders = [
  'Content-Encoding',
  'Content-Location',
  'Content-Range',
  'Content-Type',
  'Date',
  'Location',
  'Preference-Applied',
  'Range-Unit',
  'Retry-After',
  'X-Supabase-Api-Version',
  'sb-gateway-version',
].join(', ')

const allowedMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

const preflightSeconds = 86_400

/** Whether a request is a browser asking for permission, which no part behind the gateway needs to see. */
export function isPreflight(request: Request): boolean {
  return request.method === 'OPTIONS' && request.headers.has('access-control-request-method')
}

/** The answer to a preflight: every header that the browser names may be sent. */
export function preflightResponse(request: Request): Response {
  const asked = request.headers.get('access-control-request-headers')
  return new Response(null, {
    status: 204,
    headers: {
      'Access-Control-Allow-Origin': allowOrigin,
      'Access-Control-Allow-Methods': allowedMethods,
      'Access-Control-Allow-Headers': asked ?? '*',
      'Access-Control-Max-Age': String(preflightSeconds),
      Vary: 'Access-Control-Request-Headers',
    },
  })
}

/** Lets a browser read a response. */
export function allowCrossOrigin(response: Response): Response {
  response.headers.set('Access-Control-Allow-Origin', allowOrigin)
  response.headers.set('Access-Control-Expose-Headers', exposedHeaders)
  return response
}
