/** The body of every error that the gateway answers by itself. */
export interface ErrorBody {
  code: string
  message: string
  details?: string | readonly object[] | null
  hint?: string | null
}

/** A JSON response; `headers` are added to its content type, or take its place. */
export function jsonResponse(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const response = new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
  })
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  return response
}

/** An error in PostgREST's shape: all four keys are present. */
export function errorResponse(
  status: number,
  error: ErrorBody,
  headers: Record<string, string> = {},
): Response {
  const { code, message, details = null, hint = null } = error
  return jsonResponse(status, { code, details, hint, message }, headers)
}
