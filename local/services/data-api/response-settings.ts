import { z } from 'zod'
import { errorResponse } from '../shared/index.ts'

/** What SQL asked for with `response.status` and `response.headers`; null where it did not. */
export interface ResponseSettings {
  status: string | null
  headers: string | null
}

const headersSchema = z.array(
  z.record(z.string(), z.string()).refine((header) => Object.keys(header).length === 1),
)

/** Statuses whose response carries no body. */
const bodiless = new Set([204, 205, 304])

/**
 * Gives a response the status and headers that SQL asked for. A setting that makes no sense is an error of its
 * own, and its transaction is rolled back as for every other error.
 *
 * @returns the response, and whether it is such an error
 */
export async function applyResponseSettings(
  response: Response,
  settings: ResponseSettings,
): Promise<{ response: Response; failed: boolean }> {
  if (settings.status === null && settings.headers === null) return { response, failed: false }
  const status = settings.status === null ? response.status : Number(settings.status)
  if (!Number.isInteger(status) || status < 200 || status > 599)
    return { response: invalidStatus(), failed: true }
  const headers = new Headers(response.headers)
  try {
    for (const header of settings.headers === null ? [] : headersSchema.parse(JSON.parse(settings.headers)))
      for (const [name, value] of Object.entries(header)) addHeader(headers, name, value)
  } catch {
    return { response: invalidHeaders(), failed: true }
  }
  if (bodiless.has(status)) headers.delete('content-length')
  const body = bodiless.has(status) || !response.body ? null : await response.arrayBuffer()
  return { response: new Response(body, { status, headers }), failed: false }
}

/** Cookies add up; any other header replaces what stood there. */
function addHeader(headers: Headers, name: string, value: string): void {
  if (name.toLowerCase() === 'set-cookie') headers.append(name, value)
  else headers.set(name, value)
}

function invalidStatus(): Response {
  return errorResponse(500, { code: 'PGRST112', message: 'response.status guc must be a valid status code' })
}

function invalidHeaders(): Response {
  return errorResponse(500, {
    code: 'PGRST111',
    message:
      'response.headers guc must be a JSON array composed of objects with a single key and a string value',
  })
}
