import type { Stripe } from 'stripe'
import type { Account } from './account.ts'
import { declined, invalid } from './errors.ts'
import { bill } from './invoicing.ts'
import type { Line } from './objects/invoice.ts'
import { planOf } from './objects/price.ts'
import { makeSubscription, periodEnd } from './objects/subscription.ts'

/** What becomes of subscriptions: they begin with a page of Checkout, change, end and go on. */

/** @throws {StripeProblem} card_declined, and nothing has begun */
export function payCheckout(account: Account, session: Stripe.Checkout.Session): void {
  if (session.status !== 'open') throw invalid('This page is over.')
  const { state, emit } = account
  const plan = state.plans[session.id]
  if (!plan) throw invalid('This page sells nothing.')
  const customer = String(session.customer)
  if (state.declined[customer]) throw declined()
  const price = account.price(plan.price)
  const subscription = makeSubscription(account.now(), { ...plan, customer, price })
  state.subscriptions[subscription.id] = subscription
  const amount = plan.trialDays > 0 ? 0 : (price.unit_amount ?? 0)
  const lines = [{ description: plan.trialDays > 0 ? 'Free trial' : 'Premium', amount }]
  emit('customer.subscription.created', subscription)
  const invoice = bill(account, subscription, lines, 'subscription_create')
  Object.assign(session, {
    status: 'complete',
    payment_status: 'paid',
    subscription: subscription.id,
    invoice: invoice.id,
    url: null,
  })
  emit('checkout.session.completed', session)
}

export function cancelNow({ emit, now }: Account, subscription: Stripe.Subscription): void {
  Object.assign(subscription, { status: 'canceled', canceled_at: now(), ended_at: now() })
  emit('customer.subscription.deleted', subscription)
}

/** As flexible billing has it: a time to end at, and no flag. */
export function cancelAtPeriodEnd({ emit, now }: Account, subscription: Stripe.Subscription): void {
  const end = subscription.items.data[0]?.current_period_end ?? now()
  Object.assign(subscription, { cancel_at: end, canceled_at: now() })
  emit('customer.subscription.updated', subscription)
}

export function goOn({ emit }: Account, subscription: Stripe.Subscription): void {
  Object.assign(subscription, { cancel_at: null, cancel_at_period_end: false, canceled_at: null })
  emit('customer.subscription.updated', subscription)
}

/** What a change of the price costs at a second: what is left of the old one back, and the new one. */
export function linesOfChange(subscription: Stripe.Subscription, price: Stripe.Price, at: number): Line[] {
  const [item] = subscription.items.data
  if (!item || subscription.status === 'trialing') return []
  const { current_period_start: start, current_period_end: end } = item
  const left = Math.min(Math.max((end - at) / (end - start), 0), 1)
  const isSameInterval = item.price.recurring?.interval === price.recurring?.interval
  const next = price.unit_amount ?? 0
  return [
    {
      description: 'Unused time',
      amount: -Math.round((item.price.unit_amount ?? 0) * left),
      proration: true,
    },
    isSameInterval
      ? { description: 'Remaining time', amount: Math.round(next * left), proration: true }
      : { description: 'Premium', amount: next },
  ]
}

/** @throws {StripeProblem} card_declined, and nothing has changed */
export function changePrice(
  account: Account,
  subscription: Stripe.Subscription,
  price: Stripe.Price,
  at: number,
): void {
  const [item] = subscription.items.data
  if (!item) return
  const lines = linesOfChange(subscription, price, at)
  const total = lines.reduce((sum, { amount }) => sum + amount, 0)
  if (total > 0 && account.state.declined[String(subscription.customer)]) throw declined()
  const isSameInterval = item.price.recurring?.interval === price.recurring?.interval
  Object.assign(item, { price, plan: planOf(price) })
  if (!isSameInterval && subscription.status !== 'trialing')
    Object.assign(item, {
      current_period_start: at,
      current_period_end: periodEnd(at, price.recurring?.interval),
    })
  account.emit('customer.subscription.updated', subscription)
  if (lines.length > 0) bill(account, subscription, lines, 'subscription_update')
}

/** The period ends, and the next one is paid, or is not. */
export function renew(account: Account, subscription: Stripe.Subscription): void {
  const [item] = subscription.items.data
  if (!item) return
  if (subscription.cancel_at !== null) {
    cancelNow(account, subscription)
    return
  }
  const start = item.current_period_end
  Object.assign(item, {
    current_period_start: start,
    current_period_end: periodEnd(start, item.price.recurring?.interval),
  })
  const isPaid = !account.state.declined[String(subscription.customer)]
  Object.assign(subscription, { status: isPaid ? 'active' : 'past_due' })
  bill(account, subscription, [{ description: 'Premium', amount: item.price.unit_amount ?? 0 }])
  account.emit('customer.subscription.updated', subscription)
}
