import type { ServerDatabase } from '../../types/api.ts'
import { createDataApiClient, type DataApiClient } from './data-api.ts'
import { type Environment, EnvironmentError } from './env.ts'
import type { Trace } from './trace.ts'

// The one file that makes a client with the secret key. Row-level security does not hold it: whoever imports this says
// in their file why, asks what the caller may do first, and reads answers with trustedDataOf.

export type SecretClient = DataApiClient<ServerDatabase>

/** A client that acts as the server, in every workspace. */
export function createSecretClient(
  { url, secretKeys }: Pick<Environment, 'url' | 'secretKeys'>,
  trace?: Trace,
): SecretClient {
  const key = secretKeys.default ?? Object.values(secretKeys)[0]
  if (!key) throw new EnvironmentError('SUPABASE_SECRET_KEYS holds no key.')
  return createDataApiClient(url, { apikey: key, ...(trace && { traceparent: trace.traceparent }) })
}
