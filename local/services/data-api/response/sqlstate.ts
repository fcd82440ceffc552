/** Statuses of whole classes of SQLSTATEs, as PostgREST maps them. */
const byClass: Record<string, number> = {
  '08': 503,
  '09': 500,
  '0L': 403,
  '0P': 403,
  '25': 500,
  '28': 403,
  '2D': 500,
  '38': 500,
  '39': 500,
  '3B': 500,
  '40': 500,
  '53': 503,
  '54': 500,
  '55': 500,
  '57': 500,
  '58': 500,
  F0: 500,
  HV: 500,
  P0: 500,
  XX: 500,
}

/** Where one SQLSTATE differs from its class. */
const byCode: Record<string, number> = {
  '23503': 409,
  '23505': 409,
  '25006': 405,
  '42883': 404,
  '42P01': 404,
  '42P17': 500,
  '53400': 500,
  '57P01': 503,
  P0001: 400,
}

/** The HTTP status of a Postgres error; whatever is not listed is the caller's fault. */
export function statusOfSqlState(code: string, message: string, isAnonymous: boolean): number {
  if (code.startsWith('PT')) return isStatus(Number(code.slice(2))) ? Number(code.slice(2)) : 500
  switch (code) {
    case '42501':
      return isAnonymous ? 401 : 403
    case '21000':
      return message.endsWith('requires a WHERE clause') ? 400 : 500
    case '22023':
      return /^role .* does not exist$/.test(message) ? 401 : 400
    default:
      return byCode[code] ?? byClass[code.slice(0, 2)] ?? 400
  }
}

/** Whether a number is a status that a response can carry. */
export function isStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 599
}
