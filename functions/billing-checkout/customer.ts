import type { Stripe } from 'stripe'
import type { BegunCheckout } from '../../types/billing.ts'
import { trustedDataOf } from '../_shared/errors.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import {
  askStripe,
  findAtStripe,
  goneAtStripe,
  isReplayed,
  type StripeConnection,
} from '../_shared/stripe/index.ts'

/**
 * The customer of a workspace at Stripe, which is made with its first checkout.
 *
 * However many administrators click at once, and however often a call is lost half way, there is one: the same key
 * makes the same customer, for which the request has to be the same too, and the database takes the first.
 *
 * One that Stripe has deleted, or does not know, is replaced, without waiting for an event that may never come. Threat:
 * the key of another account, which knows none of them. So one of which the database has a subscription that lives is
 * kept, here and in `keep_billing_customer`; without one nothing is lost but its way to pay.
 *
 * @throws {FunctionError} conflict, where a subscription of a customer that is gone lives
 */
export async function customerOf(
  { stripe, livemode }: StripeConnection,
  server: SecretClient,
  workspace_id: string,
  { customerId, workspaceName: name, email }: BegunCheckout,
): Promise<string> {
  const known = customerId && (await findAtStripe(() => stripe.customers.retrieve(customerId)))
  if (known && !known.deleted) return known.id
  const made = await createCustomer(stripe, workspace_id, customerId ?? 'first')
  const kept = trustedDataOf(
    await server.rpc('keep_billing_customer', {
      workspace_id,
      customer_id: made.id,
      livemode,
      ...(customerId && { in_place_of: customerId }),
    }),
  )
  if (kept !== made.id) {
    await askStripe(() => stripe.customers.del(made.id))
    if (!kept || kept === customerId) throw goneAtStripe('customer')
    return kept
  }
  await askStripe(() => stripe.customers.update(made.id, { name, ...(email && { email }) }))
  return made.id
}

async function createCustomer(
  stripe: Stripe,
  workspace_id: string,
  before: string,
): Promise<Stripe.Customer> {
  const key = `customer:${workspace_id}:${before}`
  const create = (idempotencyKey: string) =>
    askStripe(() => stripe.customers.create({ metadata: { workspace_id } }, { idempotencyKey }))
  const made = await create(key)
  if (!isReplayed(made)) return made
  // What is answered again is the customer as it was made; since then it may have been deleted at Stripe.
  const now = await findAtStripe(() => stripe.customers.retrieve(made.id))
  return now && !now.deleted ? now : create(`${key}:${made.id}`)
}
