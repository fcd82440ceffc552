import { Hono } from 'hono'
import * as z from 'zod'
import type { Account } from '../account.ts'
import { found, invalid, missing } from '../errors.ts'
import { anyCall, anyList, flag, number, readParameters } from '../parameters.ts'
import { cancelAtPeriodEnd, cancelNow, changePrice, goOn } from '../subscribing.ts'
import { pageOf } from './page.ts'

const listSchema = z.strictObject({
  ...anyList,
  customer: z.string().optional(),
  status: z.literal('all').optional(),
})

const updateSchema = z.strictObject({
  ...anyCall,
  items: z
    .array(z.strictObject({ id: z.string(), price: z.string() }))
    .length(1)
    .optional(),
  proration_behavior: z.literal('always_invoice').optional(),
  proration_date: number.optional(),
  payment_behavior: z.literal('error_if_incomplete').optional(),
  cancel_at_period_end: flag.optional(),
})

export function subscriptionRoutes(account: Account): Hono {
  const { state, now } = account
  return new Hono()
    .get('/', async (c) => {
      const { customer, status, ...page } = await readParameters(c, listSchema)
      // One that was deleted has a list all the same.
      if (customer !== undefined) found(state.customers, 'customer', customer, 'customer')
      const all = Object.values(state.subscriptions).filter(
        (one) =>
          (customer === undefined || one.customer === customer) &&
          (status === 'all' || one.status !== 'canceled'),
      )
      return c.json(pageOf(all, { what: 'subscription', url: '/v1/subscriptions' }, page))
    })
    .get('/:id', (c) => c.json(account.subscription(c.req.param('id'))))
    .post('/:id', async (c) => {
      const subscription = account.subscription(c.req.param('id'))
      if (subscription.status === 'canceled') throw invalid('A canceled subscription cannot be changed.')
      const given = await readParameters(c, updateSchema)
      const [item] = given.items ?? []
      if (item && item.id !== subscription.items.data[0]?.id)
        throw missing('subscription_item', item.id, 'items[0][id]')
      if (item)
        changePrice(
          account,
          subscription,
          account.price(item.price, 'items[0][price]'),
          given.proration_date ?? now(),
        )
      if (given.cancel_at_period_end === true) cancelAtPeriodEnd(account, subscription)
      if (given.cancel_at_period_end === false) goOn(account, subscription)
      return c.json(subscription)
    })
    .delete('/:id', (c) => {
      const subscription = account.subscription(c.req.param('id'))
      if (subscription.status === 'canceled') throw invalid('It is canceled already.')
      cancelNow(account, subscription)
      return c.json(subscription)
    })
}
