import { type ErrorBody, errorResponse } from '../../shared/index.ts'
import { isBodiless } from './bodiless.ts'

/** The response to a failure, with its code in a header too: an answer to HEAD has no body to look into. */
export function refusalResponse(
  status: number,
  error: ErrorBody,
  moreHeaders: Record<string, string> = {},
): Response {
  const headers = { ...proxyStatus(error.code), ...moreHeaders }
  return isBodiless(status) ? new Response(null, { status, headers }) : errorResponse(status, error, headers)
}

/** SQL chooses codes of its own; one that no header can carry stands in the body alone. */
function proxyStatus(code: string): Record<string, string> {
  return /^[\x20-\x7e]+$/.test(code) ? { 'Proxy-Status': `PostgREST; error=${code}` } : {}
}
