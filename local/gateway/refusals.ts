import { errorResponse, jsonResponse } from '../services/shared/index.ts'

/** Why a request does not reach its service. */
export type RefusalReason = keyof typeof statuses

const statuses = {
  malformed_url: 400,
  unsafe_name: 400,
  token_too_long: 401,
  payload_too_large: 413,
  too_many_requests: 429,
}

/** Answers in the place of a service, in the shape that its clients read. */
export type Refuse = (reason: RefusalReason, message: string) => Response

const waitSeconds = '1'

function headersOf(reason: RefusalReason): Record<string, string> {
  return reason === 'too_many_requests' ? { 'Retry-After': waitSeconds } : {}
}

export const refuseAsDataApi: Refuse = (reason, message) => {
  const codes: Partial<Record<RefusalReason, string>> = {
    malformed_url: 'PGRST100',
    unsafe_name: 'PGRST100',
    token_too_long: 'PGRST301',
  }
  return errorResponse(statuses[reason], { code: codes[reason] ?? reason, message }, headersOf(reason))
}

export const refuseAsAuth: Refuse = (reason, message) => {
  const codes: Record<RefusalReason, string> = {
    malformed_url: 'validation_failed',
    unsafe_name: 'validation_failed',
    token_too_long: 'bad_jwt',
    payload_too_large: 'request_entity_too_large',
    too_many_requests: 'over_request_rate_limit',
  }
  const code = codes[reason]
  const headers = { 'x-sb-error-code': code, ...headersOf(reason) }
  return jsonResponse(statuses[reason], { code: statuses[reason], error_code: code, msg: message }, headers)
}

export const refuseAsStorage: Refuse = (reason, message) => {
  const codes: Record<RefusalReason, [code: string, label: string]> = {
    malformed_url: ['InvalidKey', 'InvalidKey'],
    unsafe_name: ['InvalidRequest', 'Error'],
    token_too_long: ['AccessDenied', 'Unauthorized'],
    payload_too_large: ['EntityTooLarge', 'Payload too large'],
    too_many_requests: ['SlowDown', 'too_many_connections'],
  }
  const [code, error] = codes[reason]
  const statusCode = String(statuses[reason])
  return jsonResponse(statuses[reason], { statusCode, code, error, message }, headersOf(reason))
}

export const refuseAsFunctions: Refuse = (reason, message) =>
  jsonResponse(statuses[reason], { code: reason.toUpperCase(), message }, headersOf(reason))

export const refuseAsRealtime: Refuse = (reason, message) =>
  jsonResponse(statuses[reason], { error: message }, headersOf(reason))
