import {
  askStripe,
  fetchInvoice,
  findAtStripe,
  listSubscriptions,
  type StripeConnection,
  subscriptionDocument,
} from '../_shared/stripe/index.ts'
import type { WriteCompared } from './write-compared.ts'

/** A customer with what the database knows of it. */
export interface KnownCustomer {
  customerId: string
  subscriptions: { id: string }[]
  /** The status of each. */
  invoices: Record<string, string | null>
}

/** The latest are looked at closely, whatever their status: events are sent for three days, and a night may fail. */
const lookedAtSeconds = 7 * 86_400
const mostInvoices = 1000

/** Writes what Stripe has of a customer where it is another than what is there; says whether Stripe knows it at all. */
export async function compareCustomer(
  { stripe }: StripeConnection,
  write: WriteCompared,
  { customerId: customer, subscriptions, invoices }: KnownCustomer,
): Promise<boolean> {
  const there = await findAtStripe(() => stripe.customers.retrieve(customer))
  if (!there) return false
  if (there.deleted) await write({ customer: { id: customer, deleted: true } })

  const listed = there.deleted ? [] : await listSubscriptions(stripe, customer)
  const ids = new Set(listed.map(({ id }) => id))
  for (const one of listed) await write({ subscription: subscriptionDocument(one) })
  // One that the list has no more ended with its customer.
  for (const { id } of subscriptions.filter((known) => !ids.has(known.id))) {
    const one = await findAtStripe(() => stripe.subscriptions.retrieve(id))
    if (one) await write({ subscription: subscriptionDocument(one) })
  }

  if (there.deleted) return true
  const since = Math.floor(Date.now() / 1000) - lookedAtSeconds
  const all = await askStripe(() =>
    stripe.invoices.list({ customer, limit: 100 }).autoPagingToArray({ limit: mostInvoices }),
  )
  for (const { id } of all.filter(({ id, created, status }) => created >= since || invoices[id] !== status)) {
    const invoice = await fetchInvoice(stripe, id)
    if (invoice) await write({ invoice })
  }
  return true
}
