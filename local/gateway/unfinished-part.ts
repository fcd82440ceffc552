import { errorResponse } from '../services/shared/index.ts'

/** The answer of a service that this stack does not have; `what` is the service as people call it. */
export function notImplemented(what: string): Response {
  return errorResponse(501, {
    code: 'not_implemented',
    message: `The embedded stack does not serve ${what} yet.`,
  })
}
