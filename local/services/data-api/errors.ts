import pg from 'pg'
import { z } from 'zod'
import { errorResponse, type TokenError } from '../shared/index.ts'
import type { RequestContext } from './request-context.ts'
import { raisedResponse } from './response/raised-response.ts'
import { statusOfSqlState } from './response/sqlstate.ts'
import { ConnectionError } from './session.ts'

/**
 * The response to an error of the database: what it said to the caller and nothing else. Undefined for errors
 * that come from elsewhere.
 */
export function databaseErrorResponse(error: unknown, request: RequestContext): Response | undefined {
  if (error instanceof pg.DatabaseError) return postgresErrorResponse(error, request)
  if (error instanceof ConnectionError) return connectionErrorResponse(error)
  return undefined
}

/** What lite says of parameters that it cannot read. */
const parseFailure =
  /failed to parse|^Expected |Expected identifier|Invalid filter|Unexpected input|Un(?:known|supported) operator/

/** The response to an error that lite threw itself, before any statement ran. */
export function requestErrorResponse(error: unknown): Response {
  if (error instanceof RangeError && error.message === stackOverflow) return tooDeepResponse()
  const { code, message, detail = null, hint = null } = errorSchema.parse(error)
  if (code && /^[0-9A-Z]{5}$/.test(code))
    return errorResponse(statusOfSqlState(code, message, false), { code, message, details: detail, hint })
  if (parseFailure.test(message)) return errorResponse(400, { code: 'PGRST100', message, details: message })
  return unexpectedErrorResponse(error)
}

const stackOverflow = 'Maximum call stack size exceeded'

/** A document that nests too deep for this process: the words are those of Postgres, which PostgREST hands it to. */
function tooDeepResponse(): Response {
  const [code, message] = ['54001', 'stack depth limit exceeded']
  return errorResponse(statusOfSqlState(code, message, false), { code, message, details: null, hint: null })
}

const errorSchema = z
  .object({
    message: z.string(),
    code: z.string().optional().catch(undefined),
    detail: z.string().nullish(),
    hint: z.string().nullish(),
  })
  .catch({ message: '' })

/** An error with its response in it, in the form that Hono knows. */
export class AnsweredError extends Error {
  override name = 'AnsweredError'
  readonly #response: Response

  constructor(response: Response) {
    super(`Answered with ${response.status}`)
    this.#response = response
  }

  getResponse(): Response {
    return this.#response
  }
}

/** The response to an access token that does not hold. */
export function refusedTokenResponse({ code, message, details }: TokenError): Response {
  return errorResponse(
    401,
    { code, message, details },
    { 'WWW-Authenticate': `Bearer error="invalid_token", error_description=${JSON.stringify(message)}` },
  )
}

/** The response to an error that nobody foresaw; what it was stays in the log. */
export function unexpectedErrorResponse(error: unknown): Response {
  console.error('Data API:', error)
  return errorResponse(500, { code: 'PGRSTX00', message: 'An unexpected error occurred.' })
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

function postgresErrorResponse(error: pg.DatabaseError, request: RequestContext): Response {
  const { code = 'XX000', detail = null, hint = null } = error
  if (code === 'PGRST') return raisedResponse(error.message, detail)
  const status = statusOfSqlState(code, error.message, request.isAnonymous)
  return errorResponse(
    status,
    { code, message: withRelation(error.message, request.relation), details: detail, hint },
    status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {},
  )
}

/** PostgREST qualifies every column, lite does not: the message names the column as PostgREST's would. */
function withRelation(message: string, relation: string | undefined): string {
  if (!relation) return message
  return message.replace(/^column "([^"]+)" does not exist$/, `column ${relation}.$1 does not exist`)
}
