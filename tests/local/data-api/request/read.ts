import { type ApiRequest, readRequest } from '../../../../local/services/data-api/request/index.ts'
import { RequestError } from '../../../../local/services/data-api/request-error.ts'

const schemas = ['public', 'private']

/** Reads a request below the prefix; parameters may stand as they are, unencoded. */
export function read(path: string, init: RequestInit = {}): Promise<ApiRequest> {
  return readRequest(new Request(`http://localhost/rest/v1${path}`, init), { prefix: '/rest/v1', schemas })
}

/** The refusal of a request. */
export async function refusal(path: string, init: RequestInit = {}): Promise<RequestError> {
  try {
    await read(path, init)
  } catch (error) {
    if (error instanceof RequestError) return error
    throw error
  }
  throw new Error(`${path} was read`)
}
