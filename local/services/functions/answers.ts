import { jsonResponse } from '../shared/index.ts'
import type { Ending } from './link.ts'

// What the platform answers in the place of a function.

const endings: Record<Ending, [status: number, code: string, message: string]> = {
  boot: [503, 'BOOT_ERROR', 'Worker failed to boot (please check logs)'],
  error: [500, 'WORKER_ERROR', 'Function exited due to an error (please check logs)'],
  limit: [546, 'WORKER_LIMIT', 'Worker failed to respond due to a resource limit (please check logs)'],
}

export function endingResponse(ending: Ending): Response {
  const [status, code, message] = endings[ending]
  return jsonResponse(status, { code, message })
}

export function notFound(): Response {
  return jsonResponse(404, { code: 'NOT_FOUND', message: 'Requested function was not found' })
}

export function turnedOff(): Response {
  return jsonResponse(404, {
    code: 'NOT_FOUND',
    message: 'Edge Functions are turned off in supabase/config.toml.',
  })
}

export function idleTimeout(): Response {
  return jsonResponse(504, { code: 'IDLE_TIMEOUT', message: 'Function did not answer in time' })
}

export function unauthorized(reason: string): Response {
  return jsonResponse(401, { msg: reason })
}
