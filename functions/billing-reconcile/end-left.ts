import {
  askStripe,
  findAtStripe,
  hasEnded,
  listSubscriptions,
  type StripeConnection,
} from '../_shared/stripe/index.ts'
import type { Comparison } from './comparison.ts'

/**
 * Cancels what the customer of a workspace that was deleted still has: it was resumed at Stripe in that minute, or paid
 * on a page that was left open, and is charged for what nobody has.
 */
export async function endLeft(
  { stripe }: StripeConnection,
  comparison: Comparison,
  customer: string,
): Promise<void> {
  const there = await findAtStripe(() => stripe.customers.retrieve(customer))
  if (!there || there.deleted) return
  const listed = await listSubscriptions(stripe, customer)
  for (const { id } of listed.filter((one) => !hasEnded(one))) {
    await askStripe(() => stripe.subscriptions.cancel(id))
    comparison.ended += 1
  }
}
