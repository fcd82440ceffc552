import { inTurns } from '../_shared/in-turns.ts'
import { askStripe, fetchObjects, idOf, type StripeConnection } from '../_shared/stripe/index.ts'
import { byItself, type Comparison } from './comparison.ts'
import type { WriteCompared } from './write-compared.ts'

/** A payer may dispute a payment for months, and a dispute is decided within three. */
const disputesSinceSeconds = 120 * 86_400
const mostDisputes = 100
/** As long as people notice that something was not told. */
const refundsSinceSeconds = 30 * 86_400
const mostRefunds = 1000

/**
 * Writes what became of charges of the account: what was paid back, whenever it was paid, and the latest disputes.
 * Stripe lists them by no customer, and they are few.
 */
export async function compareCharges(
  { stripe }: StripeConnection,
  write: WriteCompared,
  { comparison, atOnce }: { comparison: Comparison; atOnce: number },
): Promise<void> {
  const now = Math.floor(Date.now() / 1000)
  const refunds = await askStripe(() =>
    stripe.refunds
      .list({ created: { gte: now - refundsSinceSeconds }, limit: 100 })
      .autoPagingToArray({ limit: mostRefunds }),
  )
  const refunded = new Set(refunds.flatMap(({ charge }) => idOf(charge) ?? []))
  await inTurns([...refunded], atOnce, (id) =>
    byItself(comparison, id, async () => {
      const { invoice, charge } = await fetchObjects(stripe, { charge: id })
      if (invoice && charge) await write({ invoice, charge })
    }),
  )
  const { data: disputes } = await askStripe(() =>
    stripe.disputes.list({ created: { gte: now - disputesSinceSeconds }, limit: mostDisputes }),
  )
  await inTurns(disputes, atOnce, ({ id }) =>
    byItself(comparison, id, async () => {
      const { invoice, charge, dispute } = await fetchObjects(stripe, { dispute: id })
      if (invoice && charge && dispute) await write({ invoice, charge, dispute })
    }),
  )
}
