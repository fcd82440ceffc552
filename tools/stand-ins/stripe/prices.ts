import type { PriceOfPlan } from './objects/price.ts'

/** What an operator makes at Stripe for the rows of `plan_prices`; a test holds the two together. */
export const prices: PriceOfPlan[] = [
  { lookupKey: 'premium_monthly_eur', interval: 'month', currency: 'eur', unitAmount: 1900 },
  { lookupKey: 'premium_yearly_eur', interval: 'year', currency: 'eur', unitAmount: 19_000 },
  { lookupKey: 'premium_monthly_usd', interval: 'month', currency: 'usd', unitAmount: 1900 },
  { lookupKey: 'premium_yearly_usd', interval: 'year', currency: 'usd', unitAmount: 19_000 },
]
