import type { BegunCheckout } from '../../types/billing.ts'
import { functionError, trustedDataOf } from '../_shared/errors.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import { askStripe, findAtStripe, type StripeConnection } from '../_shared/stripe/index.ts'

/**
 * The customer of a workspace at Stripe, which is made with its first checkout.
 *
 * However many administrators click at once, and however often a call is lost half way, there is one: the same key
 * makes the same customer, for which the request has to be the same too, and the database takes the first.
 */
export async function customerOf(
  { stripe, livemode }: StripeConnection,
  server: SecretClient,
  workspace_id: string,
  { customerId, workspaceName: name, email }: BegunCheckout,
): Promise<string> {
  const known = customerId && (await findAtStripe(() => stripe.customers.retrieve(customerId)))
  if (known && !known.deleted) return known.id
  const made = await askStripe(() =>
    stripe.customers.create(
      { metadata: { workspace_id } },
      { idempotencyKey: `customer:${workspace_id}:${customerId ?? 'first'}` },
    ),
  )
  const kept = trustedDataOf(
    await server.rpc('keep_billing_customer', { workspace_id, customer_id: made.id, livemode }),
  )
  if (kept !== made.id) {
    await askStripe(() => stripe.customers.del(made.id))
    if (!kept || kept === customerId)
      throw functionError('conflict', 'Stripe no longer has the customer of this workspace.', {
        hint: 'Try again in a moment, when Stripe has told of it.',
      })
    return kept
  }
  await askStripe(() => stripe.customers.update(made.id, { name, ...(email && { email }) }))
  return made.id
}
