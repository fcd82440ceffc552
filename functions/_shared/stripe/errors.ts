import { Stripe } from 'stripe'
import { type FunctionError, functionError } from '../errors.ts'

const {
  StripeAPIError,
  StripeCardError,
  StripeConnectionError,
  StripeInvalidRequestError,
  StripeRateLimitError,
} = Stripe.errors

/**
 * Asks Stripe something, and says what became of it in registered codes. What it says of a request of ours that is
 * wrong, or of a key that does not count, is for the log alone.
 *
 * @throws {FunctionError} billing_unavailable, where it does not answer or asks us to wait; payment_failed, where the
 *   bank refuses
 */
export async function askStripe<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    throw toldOf(error) ?? error
  }
}

/** The same for what may be gone: undefined where Stripe has it no more. */
export async function findAtStripe<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await askStripe(ask)
  } catch (error) {
    if (refusalOf(error) === 'resource_missing') return undefined
    throw error
  }
}

/**
 * The code with which Stripe refused one request, 400 or 404; undefined where it is away, where the key does not count
 * (401) or may not (403), and for what was not thrown by Stripe: all of that fails with the next request too.
 */
export function refusalOf(error: unknown): string | undefined {
  return error instanceof StripeInvalidRequestError ? (error.code ?? 'invalid_request') : undefined
}

/** The refusal where Stripe no longer has what a subscription that lives here rests on: its customer, or itself. */
export function goneAtStripe(what: 'customer' | 'subscription'): FunctionError {
  return functionError('conflict', `Stripe no longer has the ${what} of this workspace.`, {
    details: 'subscription',
    hint: 'Whoever runs the project compares with Stripe (billing-reconcile); then it can be bought again.',
  })
}

function toldOf(error: unknown): FunctionError | undefined {
  if (error instanceof StripeCardError)
    return functionError('payment_failed', 'The payment was refused, and nothing was changed.', {
      hint: 'Give another way to pay in the portal.',
    })
  const isAway = [StripeAPIError, StripeConnectionError, StripeRateLimitError].some(
    (one) => error instanceof one,
  )
  if (!isAway) return undefined
  return functionError('billing_unavailable', 'Stripe does not answer. Nothing was begun.', {
    hint: 'Try again in a moment.',
    headers: { 'Retry-After': '10' },
  })
}
