import { RequestError } from '../request-error.ts'

/** A parameter that cannot be read. */
export function unreadable(message: string, details: string): RequestError {
  return new RequestError(400, 'PGRST100', message, { details })
}

export function invalidBody(message: string): RequestError {
  return new RequestError(400, 'PGRST102', message)
}

export function unsatisfiableRange(details: string): RequestError {
  return new RequestError(416, 'PGRST103', 'Requested range not satisfiable', { details })
}
