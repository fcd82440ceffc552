import pg from 'pg'
import { TokenError } from '../../shared/index.ts'
import { RequestError } from '../request-error.ts'
import { ConnectionError } from '../session/index.ts'
import { raisedResponse } from './raised-response.ts'
import { refusalResponse } from './refusal.ts'
import { statusOfSqlState } from './sqlstate.ts'

/** The response to whatever went wrong: what concerns the caller, in PostgREST's words, and nothing else. */
export function errorResponseOf(error: unknown, { isAnonymous }: { isAnonymous: boolean }): Response {
  if (error instanceof RequestError) return requestErrorResponse(error)
  if (error instanceof pg.DatabaseError) return postgresErrorResponse(error, isAnonymous)
  if (error instanceof ConnectionError) return connectionErrorResponse(error)
  if (error instanceof TokenError) return refusedTokenResponse(error)
  console.error('Data API:', error)
  return refusalResponse(500, { code: 'PGRSTX00', message: 'An unexpected error occurred.' })
}

function requestErrorResponse({ status, code, message, details, hint, headers }: RequestError): Response {
  return refusalResponse(status, { code, message, details, hint }, headers)
}

function postgresErrorResponse(error: pg.DatabaseError, isAnonymous: boolean): Response {
  const { code = 'XX000', message, detail = null, hint = null } = error
  if (code === 'PGRST') return raisedResponse(message, detail)
  const status = statusOfSqlState(code, message, isAnonymous)
  return refusalResponse(
    status,
    { code, message, details: detail, hint },
    status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {},
  )
}

function connectionErrorResponse({ exhausted }: ConnectionError): Response {
  return exhausted
    ? refusalResponse(504, {
        code: 'PGRST003',
        message: 'Timed out acquiring connection from connection pool.',
      })
    : refusalResponse(503, {
        code: 'PGRST001',
        message: 'Database client error. Retrying the connection.',
      })
}

/** An access token that does not hold. */
function refusedTokenResponse({ code, message, details }: TokenError): Response {
  return refusalResponse(
    401,
    { code, message, details },
    { 'WWW-Authenticate': `Bearer error="invalid_token", error_description=${JSON.stringify(message)}` },
  )
}
