import { Hono } from 'hono'
import * as z from 'zod'
import type { Account } from '../account.ts'
import { found } from '../errors.ts'
import { makeCustomer } from '../objects/customer.ts'
import { anyCall, metadata, readParameters } from '../parameters.ts'
import { cancelNow } from '../subscribing.ts'

const customerSchema = z.strictObject({
  ...anyCall,
  name: z.string().optional(),
  email: z.string().optional(),
  metadata: metadata.optional(),
})

export function customerRoutes(account: Account): Hono {
  const { state, emit, now } = account
  return new Hono()
    .post('/', async (c) => {
      const { name, email, metadata } = await readParameters(c, customerSchema)
      const customer = makeCustomer(now(), {
        ...(name !== undefined && { name }),
        ...(email !== undefined && { email }),
        ...(metadata && { metadata }),
      })
      state.customers[customer.id] = customer
      emit('customer.created', customer)
      return c.json(customer)
    })
    .get('/:id', (c) => c.json(found(state.customers, 'customer', c.req.param('id'))))
    .post('/:id', async (c) => {
      const customer = account.customer(c.req.param('id'))
      const { expand: _, ...changes } = await readParameters(c, customerSchema)
      Object.assign(customer, changes)
      emit('customer.updated', customer)
      return c.json(customer)
    })
    .delete('/:id', (c) => {
      const customer = account.customer(c.req.param('id'))
      for (const one of Object.values(state.subscriptions))
        if (one.customer === customer.id && one.status !== 'canceled') cancelNow(account, one)
      const deleted = { id: customer.id, object: 'customer', deleted: true } as const
      emit('customer.deleted', customer)
      state.customers[customer.id] = deleted
      return c.json(deleted)
    })
}
