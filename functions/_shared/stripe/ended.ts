import type { Stripe } from 'stripe'

/** Whether nothing is paid by a subscription any more, nor can be: another one may be bought. */
export const hasEnded = ({ status }: Stripe.Subscription) =>
  status === 'canceled' || status === 'incomplete_expired'
