import type { RateLimitResult } from '../../types/rate-limit.ts'
import type { Environment } from './env.ts'
import { functionError, trustedDataOf } from './errors.ts'
import { createSecretClient } from './secret-client.ts'
import type { Trace } from './trace.ts'

// With the secret key: a person who could charge a bucket could empty somebody else's.

/** How much is let in: `quota` at once, and again over `window` seconds. */
export interface Limit {
  /** Whose it is, as the headers name it: `person`, `workspace`, `address`. */
  name: string
  quota: number
  window: number
}

/** A limit and the one bucket of it that is charged. */
export interface Charge extends Limit {
  /** What tells this bucket from others of the same function and name: the id of a person or a workspace. */
  key: string
  cost?: number
}

/** Takes charges, in their order; what follows a refused one is not taken. */
export type TakeCharges = (charges: Charge[], trace: Trace) => Promise<RateLimitResult[]>

/** Buckets in the database, which all processes of all functions share. */
export function databaseCharges(environment: Environment, functionName: string): TakeCharges {
  return async (charges, trace) => {
    const response = await createSecretClient(environment, trace).rpc('charge_rate_limits', {
      charges: charges.map(({ key, ...charge }) => ({
        ...charge,
        bucket: `${functionName}:${charge.name}:${key}`,
      })),
    })
    return trustedDataOf(response) ?? []
  }
}

/** The headers of draft-ietf-httpapi-ratelimit-headers. */
export function rateLimitHeaders(charges: Limit[], results: RateLimitResult[]): Record<string, string> {
  return {
    'RateLimit-Policy': charges
      .map(({ name, quota, window }) => `"${name}";q=${quota};w=${window}`)
      .join(', '),
    RateLimit: results.map(({ name, remaining, reset }) => `"${name}";r=${remaining};t=${reset}`).join(', '),
  }
}

/** @throws {FunctionError} rate_limited, with `Retry-After` */
export function refuseWhatIsOver(results: RateLimitResult[]): void {
  const refused = results.find(({ allowed }) => !allowed)
  if (!refused) return
  throw functionError('rate_limited', 'Too many requests.', {
    details: refused.name,
    hint: `Try again in ${refused.reset} seconds.`,
    headers: { 'Retry-After': String(refused.reset) },
  })
}
