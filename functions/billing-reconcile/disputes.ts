import { inTurns } from '../_shared/in-turns.ts'
import { askStripe, fetchObjects, type StripeConnection } from '../_shared/stripe/index.ts'
import type { WriteCompared } from './write-compared.ts'

/** A payer may dispute a payment for months, and a dispute is decided within three. */
const disputesSinceSeconds = 120 * 86_400
const mostDisputes = 100

/** Writes the latest disputes of the account. Stripe lists them by no customer, and they are few. */
export async function compareDisputes(
  { stripe }: StripeConnection,
  write: WriteCompared,
  atOnce: number,
): Promise<void> {
  const since = Math.floor(Date.now() / 1000) - disputesSinceSeconds
  const { data } = await askStripe(() =>
    stripe.disputes.list({ created: { gte: since }, limit: mostDisputes }),
  )
  await inTurns(data, atOnce, async ({ id }) => {
    const { invoice, charge, dispute } = await fetchObjects(stripe, { dispute: id })
    if (invoice && charge && dispute) await write({ invoice, charge, dispute })
  })
}
