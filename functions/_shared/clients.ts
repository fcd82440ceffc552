import type { Database } from '../../types/api.ts'
import type { UserCaller } from './authenticate.ts'
import { createDataApiClient, type DataApiClient } from './data-api.ts'
import type { Environment } from './env.ts'
import type { Trace } from './trace.ts'

export type CallerClient = DataApiClient<Database>

/** A client that acts as the caller: row-level security says what it reads and writes. */
export function createCallerClient(
  { url, publishableKey }: Pick<Environment, 'url' | 'publishableKey'>,
  { token }: UserCaller,
  { traceparent }: Trace,
): CallerClient {
  return createDataApiClient(url, { apikey: publishableKey, authorization: `Bearer ${token}`, traceparent })
}
