import { Stripe } from 'stripe'
import {
  type ChangedPrice,
  type ChangePreview,
  changePreviewRequestSchema,
  changeRequestSchema,
} from '../../types/billing-functions.ts'
import type { CallerClient } from '../_shared/clients.ts'
import type { Dependencies } from '../_shared/dependencies.ts'
import { endpoint } from '../_shared/endpoint.ts'
import { dataOf, functionError } from '../_shared/errors.ts'
import { type Handler, serveFunction } from '../_shared/serve.ts'
import { askStripe, type ConnectStripe, isReplayed } from '../_shared/stripe/index.ts'
import { type PlanSubscription, preview } from './preview.ts'

export interface ChangeDependencies extends Dependencies {
  connect: ConnectStripe
}

const limit = { name: 'person', quota: 20, window: 60 }
/** For so long what was previewed may be agreed to. */
const longestThoughtSeconds = 1800

/** Changes what a workspace pays, from one price to another, without another checkout. */
export function createHandler({ connect, ...dependencies }: ChangeDependencies): Handler {
  return serveFunction(dependencies, {
    'POST /preview': endpoint({
      body: changePreviewRequestSchema,
      limit,
      async handle({ body: { workspace_id, price }, supabase }): Promise<ChangePreview> {
        const { stripe } = connect()
        const subscription = await subscriptionToChange(supabase(), workspace_id, price)
        return (await preview(stripe, subscription, price, Math.floor(Date.now() / 1000))).answer
      },
    }),

    'POST /': endpoint({
      body: changeRequestSchema,
      limit,
      async handle({ body, supabase }): Promise<ChangedPrice> {
        const { workspace_id, price, proration_date, version } = body
        const { stripe } = connect()
        const subscription = await subscriptionToChange(supabase(), workspace_id, price)
        const age = Date.now() / 1000 - proration_date
        if (age < -60 || age > longestThoughtSeconds) throw notAsPreviewed()
        const { answer, item, priceId } = await preview(stripe, subscription, price, proration_date)
        if (answer.version !== version) throw notAsPreviewed()
        const update = (idempotencyKey: string) =>
          stripe.subscriptions.update(
            subscription.id,
            {
              items: [{ id: item, price: priceId }],
              proration_behavior: 'always_invoice',
              proration_date,
              payment_behavior: 'error_if_incomplete',
            },
            { idempotencyKey },
          )
        const key = `change:${subscription.id}:${version}`
        const again = () => update(`${key}:${crypto.randomUUID()}`)
        await askStripe(async () => {
          const changed = await update(key).catch((error: unknown) => {
            // A refusal is answered again too, when there may be another way to pay by now.
            if (isReplayedRefusal(error)) return again()
            throw error
          })
          if (!isReplayed(changed)) return
          // So is a change that was taken back since.
          const now = await stripe.subscriptions.retrieve(subscription.id)
          if (now.items.data.find(({ id }) => id === item)?.price.id !== priceId) await again()
        })
        return { price }
      },
    }),
  })
}

/**
 * The subscription of a workspace, which is to have another price.
 *
 * @throws {FunctionError} invalid_input (price), for one that no plan has, as an account at Stripe may have others;
 * conflict, where there is nothing to change
 */
async function subscriptionToChange(
  supabase: CallerClient,
  workspace_id: string,
  price: string,
): Promise<PlanSubscription> {
  const state = dataOf(await supabase.rpc('billing_state', { workspace_id }))
  if (!state?.prices.includes(price))
    throw functionError('invalid_input', 'There is no such price.', {
      details: 'price',
      hint: 'Give a key of plan_prices.',
    })
  if (state.subscription) return state.subscription
  throw functionError('conflict', 'No plan is paid for this workspace.', {
    hint: 'Offer the checkout (billing-checkout).',
  })
}

function isReplayedRefusal(error: unknown): boolean {
  const { StripeCardError } = Stripe.errors
  return error instanceof StripeCardError && error.headers?.['idempotent-replayed'] === 'true'
}

function notAsPreviewed() {
  return functionError('conflict', 'It has changed since it was previewed. Nothing was changed.', {
    details: 'version',
    hint: 'Show the preview again, and let the person agree to that.',
  })
}
