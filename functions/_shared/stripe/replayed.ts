import type { Stripe } from 'stripe'

/**
 * Whether Stripe answered what it had been asked before, by the idempotency key. What it says of a thing is then how
 * the thing was made, and not how it is. With `fetch` the library gives a `Headers`, whatever its types say.
 */
export function isReplayed({ lastResponse }: Stripe.Response<object>): boolean {
  return new Headers(lastResponse.headers).get('idempotent-replayed') === 'true'
}
