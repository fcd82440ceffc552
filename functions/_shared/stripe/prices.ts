import type { Stripe } from 'stripe'
import { functionError } from '../errors.ts'
import { askStripe } from './errors.ts'

/**
 * The price that Stripe has under a lookup key.
 *
 * @throws {FunctionError} not_configured, where there is none
 */
export async function findPrice(stripe: Stripe, lookupKey: string): Promise<Stripe.Price> {
  const { data } = await askStripe(() =>
    stripe.prices.list({ lookup_keys: [lookupKey], active: true, limit: 1 }),
  )
  const [price] = data
  if (price) return price
  throw functionError('not_configured', 'Stripe has no price under this lookup key.', {
    details: 'price',
    hint: 'Make it at Stripe, with the lookup key, currency and amount that plan_prices has.',
  })
}
