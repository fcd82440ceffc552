import {
  askStripe,
  fetchInvoice,
  findAtStripe,
  type StripeConnection,
  subscriptionDocument,
} from '../_shared/stripe/index.ts'
import type { WriteCompared } from './write-compared.ts'

/** A customer with what the database knows of it. */
export interface KnownCustomer {
  customerId: string
  subscriptions: { id: string }[]
}

/** Events are sent for three days, and a night that was missed is made up for. */
const invoicesSinceSeconds = 7 * 86_400

/** Writes what Stripe has of a customer where it is another than what is there. */
export async function compareCustomer(
  { stripe }: StripeConnection,
  write: WriteCompared,
  { customerId: customer, subscriptions }: KnownCustomer,
): Promise<void> {
  const there = await findAtStripe(() => stripe.customers.retrieve(customer))
  if (there?.deleted) await write({ customer: { id: customer, deleted: true } })

  const listed = there?.deleted
    ? []
    : await askStripe(() =>
        stripe.subscriptions.list({ customer, status: 'all', limit: 100 }).autoPagingToArray({ limit: 1000 }),
      )
  const ids = new Set(listed.map(({ id }) => id))
  for (const one of listed) await write({ subscription: subscriptionDocument(one) })
  // One that the list has no more ended with its customer.
  for (const { id } of subscriptions.filter((known) => !ids.has(known.id))) {
    const one = await findAtStripe(() => stripe.subscriptions.retrieve(id))
    if (one) await write({ subscription: subscriptionDocument(one) })
  }

  if (there?.deleted) return
  const since = Math.floor(Date.now() / 1000) - invoicesSinceSeconds
  const invoices = await askStripe(() =>
    stripe.invoices
      .list({ customer, created: { gte: since }, limit: 100 })
      .autoPagingToArray({ limit: 1000 }),
  )
  for (const { id } of invoices) {
    const invoice = await fetchInvoice(stripe, id)
    if (invoice) await write({ invoice })
  }
}
