import * as z from 'zod'
import { RequestError } from '../request-error.ts'

/** What SQL asked for with `response.status` and `response.headers`; null where it did not. */
export interface ResponseSettings {
  status: string | null
  headers: string | null
}

const headersSchema = z.array(
  z.record(z.string(), z.string()).refine((header) => Object.keys(header).length === 1),
)

/**
 * Gives a response the headers that SQL asked for, which take the place of what stood there; among themselves those of
 * one name add up.
 *
 * @returns the status that SQL asked for, else the one that was there
 * @throws RequestError PGRST111 or PGRST112 for a setting that makes no sense
 */
export function applyResponseSettings(
  usualStatus: number,
  headers: Headers,
  settings: ResponseSettings,
): number {
  const status = settings.status === null ? usualStatus : Number(settings.status)
  if (!Number.isInteger(status) || status < 200 || status > 599) throw invalidStatus()
  if (settings.headers === null) return status
  try {
    const asked = headersSchema
      .parse(JSON.parse(settings.headers))
      .flatMap((header) => Object.entries(header))
    for (const [name] of asked) headers.delete(name)
    for (const [name, value] of asked) headers.append(name, value)
  } catch {
    throw invalidHeaders()
  }
  return status
}

function invalidStatus(): RequestError {
  return new RequestError(500, 'PGRST112', 'response.status guc must be a valid status code')
}

function invalidHeaders(): RequestError {
  return new RequestError(
    500,
    'PGRST111',
    'response.headers guc must be a JSON array composed of objects with a single key and a string value',
  )
}
