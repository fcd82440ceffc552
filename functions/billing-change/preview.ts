import { createHash } from 'node:crypto'
import type { Stripe } from 'stripe'
import type { ChangePreview } from '../../types/billing-functions.ts'
import { functionError } from '../_shared/errors.ts'
import { askStripe, findAtStripe, findPrice, goneAtStripe, hasEnded } from '../_shared/stripe/index.ts'

/** A subscription at Stripe, and which of its items carries the plan, as the database has it. */
export interface PlanSubscription {
  id: string
  itemId: string | null
}

interface Preview {
  answer: ChangePreview
  /** The item of the subscription whose price changes. */
  item: string
  priceId: string
}

/**
 * What changing a subscription's price at a second would cost. `version` is made of all that the answer rests on: the
 * subscription as it is, and every amount.
 *
 * @throws {FunctionError} conflict, where the price holds already or is of another currency, where the subscription is
 * not paid, has ended, has other items or is gone at Stripe, or the plan is to end: who pays for a year would lose it
 * when the month is over
 */
export async function preview(
  stripe: Stripe,
  { id: subscriptionId, itemId }: PlanSubscription,
  lookupKey: string,
  prorationDate: number,
): Promise<Preview> {
  const [subscription, price] = await Promise.all([
    findAtStripe(() => stripe.subscriptions.retrieve(subscriptionId)),
    findPrice(stripe, lookupKey),
  ])
  if (!subscription) throw goneAtStripe('subscription')
  await requirePaid(stripe, subscription)
  // What is sold beside a plan keeps its price, and a former price of the plan has no lookup key to know it by.
  const item = subscription.items.data.find(({ id }) => id === itemId)
  if (!item)
    throw functionError('conflict', 'What is paid has changed at Stripe.', {
      details: 'subscription',
      hint: 'Read the billing again in a moment, when the event that tells of it has come.',
    })
  if (item.price.id === price.id)
    throw functionError('conflict', 'This is what is paid already.', {
      details: 'price',
      hint: 'Choose another price.',
    })
  if (price.currency !== subscription.currency)
    throw functionError('conflict', 'A subscription keeps its currency.', {
      details: 'price',
      hint: `Choose a price in ${subscription.currency.toUpperCase()}.`,
    })
  if (subscription.cancel_at !== null || subscription.cancel_at_period_end)
    throw functionError('conflict', 'This plan has been canceled, and is to end.', {
      details: 'cancel_at',
      hint: 'Let it go on first (billing-portal).',
    })
  const invoice = await askStripe(() =>
    stripe.invoices.createPreview({
      subscription: subscriptionId,
      subscription_details: {
        items: [{ id: item.id, price: price.id }],
        proration_behavior: 'always_invoice',
        proration_date: prorationDate,
      },
    }),
  )
  const { currency, amount_due: amountDue } = invoice
  const lines = invoice.lines.data.map(({ description, amount }) => ({
    description: description ?? '',
    amount,
  }))
  const proration = invoice.lines.data
    .filter(
      ({ parent }) => parent?.subscription_item_details?.proration || parent?.invoice_item_details?.proration,
    )
    .reduce((sum, { amount }) => sum + amount, 0)
  const restsOn = [
    [subscription.id, subscription.status],
    [item.id, item.price.id, item.quantity, item.current_period_end],
    [price.id, price.unit_amount, prorationDate, currency, amountDue, lines.map(({ amount }) => amount)],
  ]
  const version = createHash('sha256').update(JSON.stringify(restsOn)).digest('hex')
  return {
    answer: { price: lookupKey, currency, amountDue, proration, lines, prorationDate, version },
    item: item.id,
    priceId: price.id,
  }
}

/** Threat: time that nobody paid for is counted as paid when the price changes, and given back as credit. */
async function requirePaid(stripe: Stripe, subscription: Stripe.Subscription): Promise<void> {
  const { id, status } = subscription
  if (status === 'active' || status === 'trialing') {
    // A later one may have been paid since, which makes a subscription active.
    const open = await askStripe(() => stripe.invoices.list({ subscription: id, status: 'open', limit: 1 }))
    if (open.data.length === 0) return
  }
  if (hasEnded(subscription))
    throw functionError('conflict', 'This plan has ended.', {
      details: 'status',
      hint: 'Offer the checkout (billing-checkout).',
    })
  throw functionError('conflict', 'What is due for this plan has not been paid.', {
    details: 'status',
    hint: 'Pay its open invoice first (billing-portal).',
  })
}
