import type { Environment } from '../../_shared/env.ts'
import type { Trace } from '../../_shared/trace.ts'
import type { HandOver } from './state.ts'

const patienceMilliseconds = 15_000

/** Calls the function itself, as the server, so that an answer goes on with the time of another invocation. */
export function createHandOver(
  { url, secretKeys }: Pick<Environment, 'url' | 'secretKeys'>,
  functionUrl: string = `${url}/functions/v1/ai-chat`,
) {
  const key = secretKeys.default ?? Object.values(secretKeys)[0] ?? ''
  return async (work: HandOver, { traceparent }: Trace): Promise<boolean> => {
    try {
      const response = await fetch(`${functionUrl}/resume`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', apikey: key, traceparent },
        body: JSON.stringify(work),
        signal: AbortSignal.timeout(patienceMilliseconds),
      })
      await response.body?.cancel()
      return response.ok
    } catch {
      return false
    }
  }
}
