import type { Stripe } from 'stripe'
import {
  type BillingObjects,
  checkoutSessionDocument,
  type InvoiceDocument,
  idOf,
  invoiceDocument,
  subscriptionDocument,
} from './documents.ts'
import { askStripe, findAtStripe } from './errors.ts'

/** What an event is about, by ids alone: what else it tells may be older than what is there. */
export interface EventSubject {
  customer?: string | null
  subscription?: string | null
  invoice?: string | null
  checkout_session?: string | null
  charge?: string | null
  dispute?: string | null
}

/**
 * The objects that an event leads to, as they are now. What Stripe has no more is left out.
 *
 * @throws {FunctionError} billing_unavailable
 */
export async function fetchObjects(stripe: Stripe, subject: EventSubject): Promise<BillingObjects> {
  const { checkout_session: sessionId, dispute: disputeId } = subject
  const [session, dispute] = await Promise.all([
    sessionId ? findAtStripe(() => stripe.checkout.sessions.retrieve(sessionId)) : undefined,
    disputeId ? findAtStripe(() => stripe.disputes.retrieve(disputeId)) : undefined,
  ])
  const chargeId = subject.charge ?? idOf(dispute?.charge)
  const charge = chargeId ? await findAtStripe(() => stripe.charges.retrieve(chargeId)) : undefined
  const invoiceId = subject.invoice ?? idOf(session?.invoice) ?? (charge && (await invoiceOf(stripe, charge)))
  const invoice = invoiceId ? await fetchInvoice(stripe, invoiceId) : undefined
  const subscriptionId = subject.subscription ?? idOf(session?.subscription) ?? invoice?.subscription
  const subscription = subscriptionId
    ? await findAtStripe(() => stripe.subscriptions.retrieve(subscriptionId))
    : undefined
  const { customer: customerId } = subject
  const customer = customerId ? await findAtStripe(() => stripe.customers.retrieve(customerId)) : undefined
  return {
    ...(subscription && { subscription: subscriptionDocument(subscription) }),
    ...(invoice && { invoice }),
    ...(customer && { customer: { id: customer.id, deleted: customer.deleted === true } }),
    ...(session && { checkout_session: checkoutSessionDocument(session) }),
    ...(charge && { charge: { id: charge.id, customer: idOf(charge.customer) } }),
    ...(dispute && { dispute: { id: dispute.id, status: dispute.status } }),
  }
}

/** An invoice with what was paid back of it. */
export async function fetchInvoice(stripe: Stripe, id: string): Promise<InvoiceDocument | undefined> {
  const invoice = await findAtStripe(() => stripe.invoices.retrieve(id))
  return invoice && invoiceDocument(invoice, invoice.amount_paid > 0 ? await refundedOf(stripe, id) : 0)
}

async function refundedOf(stripe: Stripe, invoice: string): Promise<number> {
  const { data } = await askStripe(() =>
    stripe.invoicePayments.list({
      invoice,
      limit: 100,
      expand: ['data.payment.payment_intent.latest_charge'],
    }),
  )
  return data.reduce((sum, { payment: { charge, payment_intent: intent } }) => {
    const paid = charge ?? (typeof intent === 'object' ? intent.latest_charge : null)
    return sum + (paid && typeof paid === 'object' ? paid.amount_refunded : 0)
  }, 0)
}

/** The invoice that a charge paid: a charge does not name it. */
async function invoiceOf(stripe: Stripe, charge: Stripe.Charge): Promise<string | null> {
  const intent = idOf(charge.payment_intent)
  if (!intent) return null
  const { data } = await askStripe(() =>
    stripe.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent: intent }, limit: 1 }),
  )
  return idOf(data[0]?.invoice)
}

/**
 * Every subscription of a customer, also those that have ended.
 *
 * @throws {FunctionError} billing_unavailable
 */
export function listSubscriptions(stripe: Stripe, customer: string): Promise<Stripe.Subscription[]> {
  return askStripe(() =>
    stripe.subscriptions.list({ customer, status: 'all', limit: 100 }).autoPagingToArray({ limit: 1000 }),
  )
}
