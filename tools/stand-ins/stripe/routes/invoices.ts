import { Hono } from 'hono'
import * as z from 'zod'
import type { Account } from '../account.ts'
import { found, missing } from '../errors.ts'
import { makeInvoice } from '../objects/invoice.ts'
import { anyCall, anyList, number, readParameters } from '../parameters.ts'
import { linesOfChange } from '../subscribing.ts'
import { pageOf } from './page.ts'

const listSchema = z.strictObject({
  ...anyList,
  customer: z.string().optional(),
  subscription: z.string().optional(),
  status: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']).optional(),
  created: z.strictObject({ gte: number }).optional(),
})

const previewSchema = z.strictObject({
  ...anyCall,
  subscription: z.string(),
  subscription_details: z.strictObject({
    items: z.array(z.strictObject({ id: z.string(), price: z.string() })).length(1),
    proration_behavior: z.literal('always_invoice'),
    proration_date: number,
  }),
})

const paymentsSchema = z.strictObject({
  ...anyList,
  invoice: z.string().optional(),
  payment: z.strictObject({ type: z.literal('payment_intent'), payment_intent: z.string() }).optional(),
})

export function invoiceRoutes(account: Account): Hono {
  const { state } = account
  return new Hono()
    .get('/', async (c) => {
      const { customer, subscription, status, created, ...page } = await readParameters(c, listSchema)
      // One that was deleted has a list all the same.
      if (customer !== undefined) found(state.customers, 'customer', customer, 'customer')
      const all = Object.values(state.invoices).filter(
        (one) =>
          (customer === undefined || one.customer === customer) &&
          (subscription === undefined || one.parent?.subscription_details?.subscription === subscription) &&
          (status === undefined || one.status === status) &&
          (!created || one.created >= created.gte),
      )
      return c.json(pageOf(all, { what: 'invoice', url: '/v1/invoices' }, page))
    })
    .post('/create_preview', async (c) => {
      const given = await readParameters(c, previewSchema)
      const { items, proration_date: at } = given.subscription_details
      const subscription = account.subscription(given.subscription, 'subscription')
      const [item] = items
      if (item && item.id !== subscription.items.data[0]?.id)
        throw missing('subscription_item', item.id, 'subscription_details[items][0][id]')
      const price = account.price(item?.price ?? '', 'subscription_details[items][0][price]')
      const lines = linesOfChange(subscription, price, at)
      const numbered = { number: null, url: account.url, reason: 'subscription_update' as const }
      return c.json({ ...makeInvoice(at, subscription, lines, numbered), status: 'draft' })
    })
    .get('/:id', (c) => c.json(found(state.invoices, 'invoice', c.req.param('id'))))
}

export function invoicePaymentRoutes({ state }: Account): Hono {
  return new Hono().get('/', async (c) => {
    const { invoice, payment, expand = [], ...page } = await readParameters(c, paymentsSchema)
    if (invoice !== undefined) found(state.invoices, 'invoice', invoice, 'invoice')
    if (payment) found(state.intents, 'payment_intent', payment.payment_intent, 'payment[payment_intent]')
    const all = Object.values(state.invoicePayments).filter(
      (one) =>
        (invoice === undefined || one.invoice === invoice) &&
        (!payment || one.payment.payment_intent === payment.payment_intent),
    )
    const isExpanded = expand.includes('data.payment.payment_intent.latest_charge')
    const shown = all.map((one) => {
      const intent = state.intents[String(one.payment.payment_intent)]
      if (!isExpanded || !intent) return one
      const charge = state.charges[String(intent.latest_charge)] ?? null
      return { ...one, payment: { ...one.payment, payment_intent: { ...intent, latest_charge: charge } } }
    })
    return c.json(pageOf(shown, { what: 'invoice_payment', url: '/v1/invoice_payments' }, page))
  })
}
