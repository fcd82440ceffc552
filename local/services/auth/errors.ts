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
  | 'feature_disabled'
  | 'flow_state_expired'
  | 'flow_state_not_found'
  | 'invalid_credentials'
  | 'manual_linking_disabled'
  | 'mfa_factor_not_found'
  | 'mfa_phone_enroll_not_enabled'
  | 'mfa_totp_enroll_not_enabled'
  | 'mfa_webauthn_enroll_not_enabled'
  | 'no_authorization'
  | 'not_admin'
  | 'otp_disabled'
  | 'otp_expired'
  | 'over_email_send_rate_limit'
  | 'over_request_rate_limit'
  | 'passkey_disabled'
  | 'phone_exists'
  | 'phone_provider_disabled'
  | 'provider_disabled'
  | 'reauthentication_needed'
  | 'reauthentication_not_valid'
  | 'refresh_token_already_used'
  | 'refresh_token_not_found'
  | 'saml_provider_disabled'
  | 'same_password'
  | 'session_not_found'
  | 'signup_disabled'
  | 'unexpected_failure'
  | 'user_already_exists'
  | 'user_banned'
  | 'user_not_found'
  | 'validation_failed'
  | 'weak_password'
  | 'web3_provider_disabled'

interface ErrorDetails {
  /** Further keys of the response's body. */
  extra?: Record<string, unknown>
  /** Seconds after which the same request may pass. */
  retryAfter?: number
}

/** A refusal that the client is told about. */
export class AuthError extends Error {
  override name = 'AuthError'
  readonly status: number
  readonly code: AuthErrorCode
  readonly extra: Record<string, unknown>
  readonly retryAfter: number | undefined

  constructor(status: number, code: AuthErrorCode, message: string, details: ErrorDetails = {}) {
    super(message)
    this.status = status
    this.code = code
    this.extra = details.extra ?? {}
    this.retryAfter = details.retryAfter
  }
}

/** Input that breaks a rule, 400. */
export function validationFailed(message: string): AuthError {
  return new AuthError(400, 'validation_failed', message)
}

/** A fault of ours, 500: the message says what could not be done, the log says why. */
export function unexpectedFailure(
  message = 'Unexpected failure, please check server logs for more information',
): AuthError {
  return new AuthError(500, 'unexpected_failure', message)
}

const namedCodesSince = '2024-01-01'

/** The response for an error: clients that name a version of the API get its shape, others the older one. */
export function authErrorResponse(thrown: unknown, request: Request): Response {
  const error = asAuthError(thrown)
  const { status, code, message, extra } = error
  const version = request.headers.get('x-supabase-api-version') ?? ''
  const isCurrent = version >= namedCodesSince
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (error.retryAfter !== undefined) headers['retry-after'] = String(error.retryAfter)
  if (isCurrent) headers['x-supabase-api-version'] = namedCodesSince
  // As on Supabase, the one code that stands in the body alone.
  if (!isCurrent || code !== 'weak_password') headers['x-sb-error-code'] = code
  const body = isCurrent ? { code, message } : { code: status, error_code: code, msg: message }
  return jsonResponse(status, { ...body, ...extra }, headers)
}

function asAuthError(error: unknown): AuthError {
  if (error instanceof AuthError) return error
  if (error instanceof BodyError) return refusedBody(error)
  if (error instanceof TokenError) return refusedToken(error)
  console.error(`Auth: ${messageOf(error)}`)
  return unexpectedFailure()
}

function refusedBody({ reason, issue, message }: BodyError): AuthError {
  if (reason === 'refused') return validationFailed(message)
  const detail = issue ? `: ${[issue.path.join('.'), message].filter(Boolean).join(': ')}` : ''
  return new AuthError(400, 'bad_json', `Could not parse request body as JSON${detail}`)
}

function refusedToken({ message }: TokenError): AuthError {
  return new AuthError(403, 'bad_jwt', `invalid JWT: unable to parse or verify signature, ${message}`)
}
