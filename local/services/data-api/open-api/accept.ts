import { RequestError } from '../request-error.ts'
import type { MediaType } from '../request/request.ts'

export const openApiContentType = 'application/openapi+json; charset=utf-8'

const accepted = new Set(['application/openapi+json', 'application/json', '*/*'])

/** @throws RequestError PGRST107 where the document is wanted in a form that it does not have */
export function requireOpenApi(accept: readonly MediaType[]): void {
  if (accept.some(({ name }) => accepted.has(name))) return
  const names = accept.map(({ name }) => name).join(', ')
  throw new RequestError(406, 'PGRST107', `None of these media types are available: ${names}`)
}
