import pg from 'pg'
import { errorResponse, TokenError } from '../../shared/index.ts'
import { RequestError } from '../request-error.ts'
import { ConnectionError } from '../session/index.ts'
import { raisedResponse } from './raised-response.ts'
import { statusOfSqlState } from './sqlstate.ts'

/** The response to whatever went wrong: what concerns the caller, in PostgREST's words, and nothing else. */
export function errorResponseOf(error: unknown, { isAnonymous }: { isAnonymous: boolean }): Response {
  if (error instanceof RequestError) return refusalResponse(error)
  if (error instanceof pg.DatabaseError) return postgresErrorResponse(error, isAnonymous)
  if (error instanceof ConnectionError) return connectionErrorResponse(error)
  if (error instanceof TokenError) return refusedTokenResponse(error)
  console.error('Data API:', error)
  return errorResponse(500, { code: 'PGRSTX00', message: 'An unexpected error occurred.' })
}

function refusalResponse({ status, code, message, details, hint, headers }: RequestError): Response {
  return errorResponse(status, { code, message, details, hint }, headers)
}

function postgresErrorResponse(error: pg.DatabaseError, isAnonymous: boolean): Response {
  const { code = 'XX000', message, detail = null, hint = null } = error
  if (code === 'PGRST') return raisedResponse(message, detail)
  const status = statusOfSqlState(code, message, isAnonymous)
  return errorResponse(
    status,
    { code, message, details: detail, hint },
    status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {},
  )
}

function connectionErrorResponse({ exhausted }: ConnectionError): Response {
  return exhausted
    ? errorResponse(504, {
        code: 'PGRST003',
        message: 'Timed out acquiring connection from connection pool.',
      })
    : errorResponse(503, {
        code: 'PGRST001',
        message: 'Database client error. Retrying the connection.',
      })
}

/** An access token that does not hold. */
function refusedTokenResponse({ code, message, details }: TokenError): Response {
  return errorResponse(
    401,
    { code, message, details },
    { 'WWW-Authenticate': `Bearer error="invalid_token", error_description=${JSON.stringify(message)}` },
  )
}
