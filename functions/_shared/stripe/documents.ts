import type { Stripe } from 'stripe'

// What Stripe answers, in the form that the database takes: ids in place of what is expanded, times as ISO, and the
// fields alone that count here. Metadata is left out: whoever has a key of the account could have written it.
// Types and no interfaces, which could have more fields than JSON may hold.

type Reference = string | { id: string } | null | undefined

export type ItemDocument = {
  id: string
  price: string
  lookup_key: string | null
  currency: string
  interval: string | null
  unit_amount: number | null
  quantity: number | null
  current_period_start: string
  current_period_end: string
}

export type SubscriptionDocument = {
  id: string
  customer: string
  /** Stripe may add statuses; the database takes one that it does not know for the safest. */
  status: string
  livemode: boolean
  items: ItemDocument[]
  /** Where a subscription with flexible billing ends, `cancel_at_period_end` may be false: both are to be read. */
  cancel_at: string | null
  cancel_at_period_end: boolean
  canceled_at: string | null
  ended_at: string | null
  trial_end: string | null
  pause_collection: boolean
}

export type InvoiceDocument = {
  id: string
  customer: string | null
  subscription: string | null
  number: string | null
  status: string | null
  currency: string
  total: number
  amount_due: number
  amount_paid: number
  amount_refunded: number
  created: string
  due_date: string | null
  paid_at: string | null
  hosted_invoice_url: string | null
  invoice_pdf: string | null
}

export type CheckoutSessionDocument = {
  id: string
  customer: string | null
  subscription: string | null
  status: string
  livemode: boolean
  url: string | null
  expires_at: string
  lookup_key?: string
}

/** What an event leads to, as it is at the time of asking. */
export type BillingObjects = {
  subscription?: SubscriptionDocument
  invoice?: InvoiceDocument
  /** `missing` is one that Stripe does not know, not even as deleted. */
  customer?: { id: string; deleted: boolean; missing?: boolean }
  checkout_session?: CheckoutSessionDocument
  charge?: { id: string; customer: string | null }
  dispute?: { id: string; status: string }
}

/** Seconds, as Stripe counts them. */
export function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

const timeOrNull = (seconds: number | null | undefined) => (seconds ? timeOf(seconds) : null)

export function idOf(reference: Reference): string | null {
  return typeof reference === 'string' ? reference : (reference?.id ?? null)
}

const requiredId = (reference: string | { id: string }) =>
  typeof reference === 'string' ? reference : reference.id

export function subscriptionDocument(subscription: Stripe.Subscription): SubscriptionDocument {
  const { id, status, livemode, cancel_at_period_end } = subscription
  return {
    id,
    customer: requiredId(subscription.customer),
    status,
    livemode,
    items: subscription.items.data.map((item) => ({
      id: item.id,
      price: item.price.id,
      lookup_key: item.price.lookup_key,
      currency: item.price.currency,
      interval: item.price.recurring?.interval ?? null,
      unit_amount: item.price.unit_amount,
      quantity: item.quantity ?? null,
      current_period_start: timeOf(item.current_period_start),
      current_period_end: timeOf(item.current_period_end),
    })),
    cancel_at: timeOrNull(subscription.cancel_at),
    cancel_at_period_end,
    canceled_at: timeOrNull(subscription.canceled_at),
    ended_at: timeOrNull(subscription.ended_at),
    trial_end: timeOrNull(subscription.trial_end),
    pause_collection: subscription.pause_collection !== null,
  }
}

/** @param amountRefunded Stripe keeps it with the charges that paid the invoice */
export function invoiceDocument(invoice: Stripe.Invoice, amountRefunded: number): InvoiceDocument {
  const { id, number, status, currency, total, amount_due, amount_paid } = invoice
  return {
    id,
    customer: idOf(invoice.customer),
    subscription: subscriptionOf(invoice),
    number,
    status,
    currency,
    total,
    amount_due,
    amount_paid,
    amount_refunded: amountRefunded,
    created: timeOf(invoice.created),
    due_date: timeOrNull(invoice.due_date),
    paid_at: timeOrNull(invoice.status_transitions.paid_at),
    hosted_invoice_url: invoice.hosted_invoice_url ?? null,
    invoice_pdf: invoice.invoice_pdf ?? null,
  }
}

/** The subscription that an invoice is for, where it is for one. */
export function subscriptionOf({ parent }: Pick<Stripe.Invoice, 'parent'>): string | null {
  return idOf(parent?.subscription_details?.subscription)
}

export function checkoutSessionDocument(session: Stripe.Checkout.Session): CheckoutSessionDocument {
  return {
    id: session.id,
    customer: idOf(session.customer),
    subscription: idOf(session.subscription),
    status: session.status ?? 'open',
    livemode: session.livemode,
    url: session.url,
    expires_at: timeOf(session.expires_at),
  }
}
