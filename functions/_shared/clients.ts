import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { Database } from '../../types/api.ts'
import type { UserCaller } from './authenticate.ts'
import type { Environment } from './env.ts'
import type { Trace } from './trace.ts'

export type CallerClient = SupabaseClient<Database>

/** A client that acts as the caller: row-level security says what it reads and writes. */
export function createCallerClient(
  { url, publishableKey }: Pick<Environment, 'url' | 'publishableKey'>,
  { token }: UserCaller,
  { traceparent }: Trace,
): CallerClient {
  return createClient<Database>(url, publishableKey, {
    ...withoutSession,
    accessToken: async () => token,
    global: { headers: { traceparent } },
  })
}

/** A function keeps no session: one request's must never be another's. */
export const withoutSession = {
  auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
} as const
