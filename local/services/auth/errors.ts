import { messageOf } from '../../stack/index.ts'
import { BodyError, jsonResponse, TokenError } from '../shared/index.ts'

/** Codes that clients switch on; the names are Supabase Auth's. */
export type AuthErrorCode =
  | 'anonymous_provider_disabled'
  | 'bad_code_verifier'
  | 'bad_json'
  | 'bad_jwt'
  | 'email_exists'
  | 'email_not_confirmed'
  | 'email_provider_disabled'
  | 'flow_state_expired'
  | 'flow_state_not_found'
  | 'invalid_credentials'
  | 'no_authorization'
  | 'not_admin'
  | 'otp_disabled'
  | 'otp_expired'
  | 'over_email_send_rate_limit'
  | 'over_request_rate_limit'
  | 'phone_exists'
  | 'phone_provider_disabled'
  | 'reauthentication_needed'
  | 'reauthentication_not_valid'
  | 'refresh_token_already_used'
  | 'refresh_token_not_found'
  | 'same_password'
  | 'session_not_found'
  | 'signup_disabled'
  | 'unexpected_failure'
  | 'user_already_exists'
  | 'user_banned'
  | 'user_not_found'
  | 'validation_failed'
  | 'weak_password'

/** A refusal that the client is told about. */
export class AuthError extends Error {
  override name = 'AuthError'
  readonly status: number
  readonly code: AuthErrorCode
  /** Further keys of the response's body. */
  readonly extra: Record<string, unknown>

  constructor(status: number, code: AuthErrorCode, message: string, extra: Record<string, unknown> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.extra = extra
  }
}

/** Input that breaks a rule, 400. */
export function validationFailed(message: string): AuthError {
  return new AuthError(400, 'validation_failed', message)
}

/** A fault of ours, 500: the message says what could not be done, the log says why. */
export function unexpectedFailure(message: string): AuthError {
  return new AuthError(500, 'unexpected_failure', message)
}

const namedCodesSince = '2024-01-01'

/** The response for an error: clients that name a version of the API get its shape, others the older one. */
export function authErrorResponse(thrown: unknown, request: Request): Response {
  const error = asAuthError(thrown)
  const version = request.headers.get('x-supabase-api-version') ?? ''
  const headers = { 'x-sb-error-code': error.code }
  if (version >= namedCodesSince)
    return jsonResponse(
      error.status,
      { code: error.code, message: error.message, ...error.extra },
      { ...headers, 'x-supabase-api-version': namedCodesSince },
    )
  return jsonResponse(
    error.status,
    { code: error.status, error_code: error.code, msg: error.message, ...error.extra },
    headers,
  )
}

function asAuthError(error: unknown): AuthError {
  if (error instanceof AuthError) return error
  if (error instanceof BodyError) return refusedBody(error)
  if (error instanceof TokenError) return refusedToken(error)
  console.error(`Auth: ${messageOf(error)}`)
  return unexpectedFailure('Unexpected failure, please check server logs for more information')
}

function refusedBody({ issue }: BodyError): AuthError {
  if (!issue) return new AuthError(400, 'bad_json', 'Could not parse request body as JSON')
  const field = issue.code === 'custom' ? '' : issue.path.join('.')
  return validationFailed(field ? `${field}: ${issue.message}` : issue.message)
}

function refusedToken({ message }: TokenError): AuthError {
  return new AuthError(403, 'bad_jwt', `invalid JWT: unable to parse or verify signature, ${message}`)
}
