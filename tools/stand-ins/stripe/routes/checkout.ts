import { Hono } from 'hono'
import type { Stripe } from 'stripe'
import * as z from 'zod'
import type { Account } from '../account.ts'
import { found, invalid } from '../errors.ts'
import { listOf } from '../objects/list.ts'
import { makeCheckoutSession } from '../objects/session.ts'
import { anyCall, flag, metadata, number, readParameters } from '../parameters.ts'

/** As long as Stripe keeps a page open where nobody says for how long. */
const day = 86_400

const sessionSchema = z.strictObject({
  ...anyCall,
  mode: z.literal('subscription'),
  customer: z.string(),
  client_reference_id: z.string().optional(),
  line_items: z.array(z.strictObject({ price: z.string(), quantity: z.literal('1') })).length(1),
  subscription_data: z
    .strictObject({
      metadata: metadata.optional(),
      trial_period_days: number.min(1).optional(),
      trial_settings: z
        .strictObject({
          end_behavior: z.strictObject({ missing_payment_method: z.enum(['pause', 'cancel']) }),
        })
        .optional(),
    })
    .default({}),
  allow_promotion_codes: flag.optional(),
  tax_id_collection: z.strictObject({ enabled: flag }).optional(),
  customer_update: z.strictObject({ name: z.literal('auto'), address: z.literal('auto') }).optional(),
  expires_at: number.optional(),
  success_url: z.url(),
  cancel_url: z.url().optional(),
})

export function checkoutRoutes(account: Account): Hono {
  const { state, emit, now } = account
  const find = (id: string) => found(state.sessions, 'checkout.session', id)
  return new Hono()
    .post('/', async (c) => {
      const given = await readParameters(c, sessionSchema)
      account.customer(given.customer, 'customer')
      const price = account.price(given.line_items[0]?.price ?? '', 'line_items[0][price]')
      const trialDays = given.subscription_data.trial_period_days ?? 0
      const session = makeCheckoutSession(now(), account.url, {
        customer: given.customer,
        success_url: given.success_url,
        cancel_url: given.cancel_url ?? null,
        client_reference_id: given.client_reference_id ?? null,
        expires_at: given.expires_at ?? now() + day,
        price,
        trialDays,
      })
      state.sessions[session.id] = session
      state.plans[session.id] = {
        price: price.id,
        trialDays,
        metadata: given.subscription_data.metadata ?? {},
      }
      return c.json(session)
    })
    .get('/:id', async (c) => {
      const session = find(c.req.param('id'))
      const { expand = [] } = await readParameters(c, z.strictObject(anyCall))
      return c.json(expand.includes('line_items') ? withLines(account, session) : session)
    })
    .post('/:id/expire', (c) => {
      const session = find(c.req.param('id'))
      if (session.status !== 'open')
        throw invalid(`Only open sessions can be expired: it is ${session.status}.`)
      Object.assign(session, { status: 'expired', url: null })
      emit('checkout.session.expired', session)
      return c.json(session)
    })
}

function withLines(account: Account, session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  const price = account.price(account.state.plans[session.id]?.price ?? '')
  const amount = session.amount_total ?? 0
  const line: Stripe.LineItem = {
    id: `li_${session.id}`,
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: 'Premium',
    metadata: {},
    price,
    quantity: 1,
  }
  return { ...session, line_items: listOf([line], `/v1/checkout/sessions/${session.id}/line_items`) }
}
