import type { DataApiResponse, ErrorBody } from './data-api.ts'

/**
 * The status of each code that a function gives itself. `private.error_status` says the same of the database's; a test
 * holds the two together, and `docs/errors.md` explains the codes.
 */
export const errorStatuses = {
  invalid_input: 400,
  not_signed_in: 401,
  api_key_not_valid: 401,
  payment_required: 402,
  budget_spent: 402,
  payment_failed: 402,
  permission_denied: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  last_admin: 409,
  invitation_not_valid: 410,
  payload_too_large: 413,
  data_not_valid: 422,
  content_refused: 422,
  rate_limited: 429,
  internal_error: 500,
  not_configured: 501,
  source_failed: 502,
  model_failed: 502,
  billing_unavailable: 503,
} as const

export type FunctionErrorCode = keyof typeof errorStatuses

/** An error that the client is told of. Everything else that is thrown becomes `internal_error`. */
export class FunctionError extends Error {
  override name = 'FunctionError'
  readonly status: number
  readonly body: ErrorBody
  readonly headers: Record<string, string>

  constructor(status: number, body: ErrorBody, headers: Record<string, string> = {}) {
    super(body.code)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/**
 * An error with a registered code.
 *
 * @param message one clear sentence
 * @param particulars `details` names what it is about, `hint` says what would be right: never a secret, and nothing of
 *   another person's
 */
export function functionError(
  code: FunctionErrorCode,
  message: string,
  particulars: { details?: string | null; hint?: string | null; headers?: Record<string, string> } = {},
): FunctionError {
  const { details = null, hint = null, headers } = particulars
  return new FunctionError(errorStatuses[code], { code, message, details, hint }, headers)
}

/**
 * The data of a call that was made **as the caller**, who is told what the Data API would have told them.
 *
 * @throws {FunctionError} with the code and status of the Data API
 */
export function dataOf<Data>(response: DataApiResponse<Data>): NonNullable<Data> | Data {
  const { data, error, status } = response
  if (!error) return data
  if (!error.code || status < 400) throw new DataApiError(error.code, status)
  const { code, message, details, hint } = error
  throw new FunctionError(status, { code, message, details: details || null, hint: hint || null })
}

/**
 * The data of a call that was made **with the secret key**. The caller is told of registered codes alone: what else
 * the Data API says may be about rows that they must not know of.
 *
 * @throws {FunctionError} with a registered code
 * @throws {DataApiError} for anything else
 */
export function trustedDataOf<Data>(response: DataApiResponse<Data>): NonNullable<Data> | Data {
  const { data, error, status } = response
  if (!error) return data
  if (isRegistered(error.code)) return dataOf(response)
  if (status === errorStatuses.rate_limited)
    throw functionError('rate_limited', 'Too much is asked of the project at once.', {
      hint: 'Try again in a moment.',
    })
  throw new DataApiError(error.code, status)
}

/** Whether an error has a code whose words are meant to be read. */
export function isRegistered(code: string): code is FunctionErrorCode {
  return Object.hasOwn(errorStatuses, code)
}

/** A call of the Data API that failed in a way that no client is told of: its code, without a text. */
export class DataApiError extends Error {
  override name = 'DataApiError'

  constructor(code: string, status: number) {
    super(`The Data API answered ${status} (${/^\w{1,40}$/.test(code) ? code : 'no code'}).`)
  }
}
