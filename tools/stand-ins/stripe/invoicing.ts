import type { Stripe } from 'stripe'
import type { Account } from './account.ts'
import { type Line, makeInvoice } from './objects/invoice.ts'
import { makeDispute, makePayment, makeRefund } from './objects/payment.ts'

/** What becomes of invoices: they are written, paid or not, paid back, and disputed. */

export function bill(
  account: Account,
  subscription: Stripe.Subscription,
  lines: Line[],
  reason: Stripe.Invoice.BillingReason = 'subscription_cycle',
): Stripe.Invoice {
  const { state, emit } = account
  const number = `STANDIN-${String(Object.keys(state.invoices).length + 1).padStart(4, '0')}`
  const invoice = makeInvoice(account.now(), subscription, lines, { number, url: account.url, reason })
  state.invoices[invoice.id] = invoice
  subscription.latest_invoice = invoice.id
  emit('invoice.created', invoice)
  emit('invoice.finalized', invoice)
  if (invoice.amount_due > 0 && state.declined[String(subscription.customer)]) {
    Object.assign(invoice, { attempted: true, attempt_count: 1 })
    emit('invoice.payment_failed', invoice)
  } else pay(account, invoice)
  return invoice
}

export function pay({ state, emit, now }: Account, invoice: Stripe.Invoice): void {
  if (invoice.amount_due > 0) {
    const { charge, intent, invoicePayment } = makePayment(now(), invoice)
    state.charges[charge.id] = charge
    state.intents[intent.id] = intent
    state.invoicePayments[invoicePayment.id] = invoicePayment
  }
  Object.assign(invoice, {
    status: 'paid',
    attempted: true,
    amount_paid: invoice.amount_due,
    amount_remaining: 0,
  })
  invoice.status_transitions.paid_at = now()
  emit('invoice.paid', invoice)
}

/** Pays what is open, and takes the subscription back to where it was. */
export function payOpenInvoices(account: Account, subscription: Stripe.Subscription): void {
  for (const invoice of Object.values(account.state.invoices))
    if (invoice.parent?.subscription_details?.subscription === subscription.id && invoice.status === 'open')
      pay(account, invoice)
  Object.assign(subscription, { status: 'active' })
  account.emit('customer.subscription.updated', subscription)
}

export function refund({ state, emit, now }: Account, charge: Stripe.Charge): void {
  const made = makeRefund(now(), charge)
  state.refunds[made.id] = made
  Object.assign(charge, { amount_refunded: charge.amount, refunded: true })
  emit('charge.refunded', charge)
}

export function dispute({ state, emit, now }: Account, charge: Stripe.Charge): Stripe.Dispute {
  charge.disputed = true
  const made = makeDispute(now(), charge)
  state.disputes[made.id] = made
  emit('charge.dispute.created', made)
  return made
}
