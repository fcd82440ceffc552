import { Stripe } from 'stripe'
import { functionError } from '../_shared/errors.ts'
import type { StripeConnection } from '../_shared/stripe/index.ts'

/** An event as far as it is read here: what its object says is asked of Stripe again. */
export interface StripeEvent extends Pick<Stripe.EventBase, 'id' | 'type' | 'created' | 'livemode'> {
  /** Of an account that is connected to ours: not ours. */
  account?: string
  context?: string
  data: { object: object }
}

/** To both sides of now: the library lets anything from the future pass. */
const toleranceSeconds = 300

/**
 * The event of a body that Stripe signed, with any of the secrets that count.
 *
 * @throws {FunctionError} invalid_input, where it did not, or not now; not_configured, without a secret
 */
export async function verifiedEvent(
  { stripe, webhookSecrets }: StripeConnection,
  body: string,
  header: string | null,
): Promise<StripeEvent> {
  if (webhookSecrets.length === 0)
    throw functionError('not_configured', 'No secret says what Stripe signs with.', {
      details: 'STRIPE_WEBHOOK_SECRETS',
      hint: 'Set it to the secret of the endpoint at Stripe.',
    })
  const time = Number(/(?:^|,)t=(\d+)(?:,|$)/.exec(header ?? '')?.[1])
  if (!header || !(time <= Date.now() / 1000 + toleranceSeconds)) throw notSigned()
  for (const secret of webhookSecrets) {
    try {
      return await stripe.webhooks.constructEventAsync(
        body,
        header,
        secret,
        toleranceSeconds,
        Stripe.createSubtleCryptoProvider(),
      )
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw notSigned()
    }
  }
  throw notSigned()
}

function notSigned() {
  return functionError('invalid_input', 'Stripe did not sign this, or not now.', {
    details: 'stripe-signature',
    hint: 'Check the secret of the endpoint in STRIPE_WEBHOOK_SECRETS, and the clock.',
  })
}
