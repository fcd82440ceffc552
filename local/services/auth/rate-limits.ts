/*
 * How often an address may ask: a bucket of 30 requests, filled again at the configured rate, as Supabase has it. It
 * slows down whoever guesses passwords and codes. Each gateway process counts for itself.
 */

import { AuthError } from './errors.ts'
import type { AuthSettings } from './settings.ts'

const burst = 30
const periodInMilliseconds = 5 * 60_000
/** Beyond it those who have not asked for longest are forgotten, so that many addresses take no memory. */
const addressesKept = 10_000

const limited: [RegExp, 'token_refresh' | 'token_verifications' | 'sign_in_sign_ups'][] = [
  [/^POST \/auth\/v1\/token$/, 'token_refresh'],
  [/^(GET|HEAD|POST) \/auth\/v1\/verify$/, 'token_verifications'],
  [/^POST \/auth\/v1\/(signup|otp|magiclink|recover|resend)$|^PUT \/auth\/v1\/user$/, 'sign_in_sign_ups'],
]

/** Refuses a request of an address that has asked too often. */
export type CheckRate = (method: string, path: string, address: string) => void

/** The limits of `[auth.rate_limit]` on requests. */
export function createRateLimits(
  settings: AuthSettings['rate_limit'],
  now: () => number = performance.now.bind(performance),
): CheckRate {
  const limits = limited.map(([requests, name]) => ({
    requests,
    takeFrom: createBuckets(settings[name] / periodInMilliseconds, now),
  }))
  return (method, path, address) => {
    const limit = limits.find(({ requests }) => requests.test(`${method} ${path}`))
    const wait = limit?.takeFrom(address) ?? 0
    if (wait > 0)
      throw new AuthError(429, 'over_request_rate_limit', 'Request rate limit reached', {
        retryAfter: Math.ceil(wait / 1000),
      })
  }
}

/** Takes one request from the bucket of an address; where it is empty, the milliseconds until it is not. */
function createBuckets(perMillisecond: number, now: () => number): (address: string) => number {
  const buckets = new Map<string, { left: number; at: number }>()
  return (address) => {
    const at = now()
    const bucket = buckets.get(address) ?? { left: burst, at }
    const left = Math.min(burst, bucket.left + (at - bucket.at) * perMillisecond)
    const isLeft = left >= 1
    // Behind the others, of which the first is the one that has been idle for longest.
    buckets.delete(address)
    buckets.set(address, { left: isLeft ? left - 1 : left, at })
    for (const idle of buckets.keys()) {
      if (buckets.size <= addressesKept) break
      buckets.delete(idle)
    }
    return isLeft ? 0 : (1 - left) / perMillisecond
  }
}
