import { createHash } from 'node:crypto'
import type { Stripe } from 'stripe'
import type { BegunCheckout } from '../../types/billing.ts'
import { FunctionError, functionError, trustedDataOf } from '../_shared/errors.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import {
  askStripe,
  checkoutSessionDocument,
  findAtStripe,
  hasEnded,
  idOf,
  isReplayed,
  type StripeConnection,
} from '../_shared/stripe/index.ts'

interface SessionRequest extends BegunCheckout {
  workspace_id: string
  price: string
  /** What Stripe has under that key. */
  priceId: string
  customer: string
  /** Where Stripe sends the buyer back to. */
  pages: { success: string; cancel: string }
}

/** A page that the database has as the open one of a workspace. */
interface KeptSession {
  workspace_id: string
  id: string
}

/** For so long the same request makes the same page. */
const windowMilliseconds = 600_000
/** After the window in which it was opened. Until then the workspace is not deleted: it could still be paid for. */
const openMilliseconds = 4_200_000

/**
 * The page that was begun before, where it is for this price and can still be paid. One for another price is closed,
 * so that nobody pays on both; of one whose time is over, too, Stripe alone knows whether it was paid.
 *
 * @throws {FunctionError} conflict, where it has just been paid
 */
export async function sessionToGoOn(
  { stripe }: StripeConnection,
  server: SecretClient,
  { workspace_id, id, price }: KeptSession & { price: string },
): Promise<string | undefined> {
  const session = await findAtStripe(() => stripe.checkout.sessions.retrieve(id, { expand: ['line_items'] }))
  const isFor = session?.line_items?.data.every((line) => line.price?.lookup_key === price)
  if (session?.status === 'open' && session.url && isFor) return session.url
  await end(stripe, server, { workspace_id, id }, session)
  return undefined
}

/**
 * Closes the page that was begun, so that nobody pays on it any more.
 *
 * @throws {FunctionError} conflict, where it has just been paid
 */
export async function closeSession(
  { stripe }: StripeConnection,
  server: SecretClient,
  kept: KeptSession,
): Promise<void> {
  await end(stripe, server, kept, await findAtStripe(() => stripe.checkout.sessions.retrieve(kept.id)))
}

/** @throws {FunctionError} conflict, where it has just been paid */
async function end(
  stripe: Stripe,
  server: SecretClient,
  { workspace_id, id }: KeptSession,
  session: Stripe.Checkout.Session | undefined,
): Promise<void> {
  if (session?.status === 'open') await close(stripe, id)
  const isPaid = session?.status === 'complete'
  // The event that tells of it may be on its way, or lost: until the database has it, or it is over, Stripe is asked.
  if (isPaid && (await goesOn(stripe, session))) throw justPaid()
  const status = isPaid ? 'complete' : 'expired'
  trustedDataOf(await server.rpc('keep_checkout_session', { workspace_id, session: { id, status } }))
}

async function goesOn(stripe: Stripe, { subscription: bought }: Stripe.Checkout.Session): Promise<boolean> {
  const id = idOf(bought)
  if (!id) return false
  const subscription = await findAtStripe(() => stripe.subscriptions.retrieve(id))
  return subscription !== undefined && !hasEnded(subscription)
}

/** Makes a page on which the price is paid, and keeps it as the one of the workspace, or closes it again. */
export async function openSession(
  connection: StripeConnection,
  server: SecretClient,
  request: SessionRequest,
): Promise<string> {
  const { stripe } = connection
  const { workspace_id, priceId: price, price: lookup_key, trialOf: trial_of } = request
  const session = await createSession(stripe, parametersOf(request), request)
  const document = { ...checkoutSessionDocument(session), price, lookup_key, trial_of }
  let kept: BegunCheckout['openSession']
  try {
    kept = trustedDataOf(await server.rpc('keep_checkout_session', { workspace_id, session: document }))
  } catch (error) {
    // What was not kept could be paid where nobody gets anything for it, as of a workspace that is gone by then.
    await close(stripe, session.id)
    if (isTrialTaken(error))
      return openSession(connection, server, { ...request, trialDays: 0, trialOf: null })
    throw error
  }
  const url = kept?.id === session.id ? session.url : null
  if (url) return url
  // Somebody else was faster, with another price or from another page.
  await close(stripe, session.id)
  if (kept?.url) return kept.url
  throw justPaid()
}

/** Whether the buyer has begun their trial elsewhere meanwhile. */
function isTrialTaken(error: unknown): boolean {
  return error instanceof FunctionError && error.body.code === 'conflict' && error.body.details === 'trial_of'
}

function parametersOf({
  workspace_id,
  priceId,
  customer,
  trialDays,
  pages,
}: SessionRequest): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'subscription',
    customer,
    client_reference_id: workspace_id,
    line_items: [{ price: priceId, quantity: 1 }],
    subscription_data: {
      metadata: { workspace_id },
      ...(trialDays > 0 && {
        trial_period_days: trialDays,
        // What is paused is resumed by no page of Stripe; what has ended is bought again.
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      }),
    },
    allow_promotion_codes: true,
    tax_id_collection: { enabled: true },
    customer_update: { name: 'auto', address: 'auto' },
    expires_at: (thisWindow() * windowMilliseconds + openMilliseconds) / 1000,
    success_url: pages.success,
    cancel_url: pages.cancel,
  }
}

function thisWindow(): number {
  return Math.floor(Date.now() / windowMilliseconds)
}

/** Two who click at once, and one who clicks again after an answer was lost, come to the same page. */
async function createSession(
  stripe: Stripe,
  parameters: Stripe.Checkout.SessionCreateParams,
  { workspace_id, openSession: before }: SessionRequest,
): Promise<Stripe.Checkout.Session> {
  // Until when it is open says in which window it was asked for.
  const request = JSON.stringify([parameters, before?.id])
  const idempotencyKey = `checkout:${workspace_id}:${createHash('sha256').update(request).digest('hex')}`
  const create = (key: string) =>
    askStripe(() => stripe.checkout.sessions.create(parameters, { idempotencyKey: key }))
  const session = await create(idempotencyKey)
  if (!isReplayed(session)) return session
  // What is answered again is the page as it was made; since then it may have been paid, or closed.
  const now = await askStripe(() => stripe.checkout.sessions.retrieve(session.id))
  return now.status === 'open' ? now : create(`checkout:${workspace_id}:${crypto.randomUUID()}`)
}

/** @throws {FunctionError} conflict, where it was paid meanwhile */
async function close(stripe: Stripe, id: string): Promise<void> {
  try {
    await askStripe(() => stripe.checkout.sessions.expire(id))
  } catch (error) {
    const session = await findAtStripe(() => stripe.checkout.sessions.retrieve(id))
    if (session?.status === 'complete') throw justPaid()
    if (session?.status === 'open') throw error
  }
}

function justPaid() {
  return functionError('conflict', 'A plan has just been bought for this workspace.', {
    hint: 'Read the billing again in a moment; change the price in place of buying a second time.',
  })
}
