import { Hono } from 'hono'
import * as z from 'zod'
import type { Account } from '../account.ts'
import { found, missing } from '../errors.ts'
import { listOf } from '../objects/list.ts'
import { makePortalSession } from '../objects/session.ts'
import { anyCall, anyList, flag, number, readParameters } from '../parameters.ts'
import { pageOf } from './page.ts'

const pricesSchema = z.strictObject({
  ...anyList,
  lookup_keys: z.array(z.string()).max(10).optional(),
  active: flag.optional(),
})

const portalSchema = z.strictObject({ ...anyCall, customer: z.string(), return_url: z.url() })

export function priceRoutes({ prices }: Account): Hono {
  return new Hono().get('/', async (c) => {
    const { lookup_keys: keys, limit } = await readParameters(c, pricesSchema)
    const found = prices.filter(({ lookup_key: key }) => !keys || (key !== null && keys.includes(key)))
    return c.json(listOf(found.slice(0, limit), '/v1/prices'))
  })
}

export function portalRoutes(account: Account): Hono {
  return new Hono().post('/sessions', async (c) => {
    const { customer, return_url } = await readParameters(c, portalSchema)
    account.customer(customer, 'customer')
    const session = makePortalSession(account.now(), account.url, { customer, return_url })
    account.state.portals[session.id] = session
    return c.json(session)
  })
}

export function eventRoutes({ state }: Account): Hono {
  return new Hono()
    .get('/', async (c) => {
      const page = await readParameters(c, z.strictObject(anyList))
      return c.json(pageOf(state.events, { what: 'event', url: '/v1/events' }, page))
    })
    .get('/:id', (c) => {
      const event = state.events.find(({ id }) => id === c.req.param('id'))
      if (!event) throw missing('event', c.req.param('id'))
      return c.json(event)
    })
}

const sinceSchema = z.strictObject({ ...anyList, created: z.strictObject({ gte: number }).optional() })

/** What is read by its id, or listed from a time on. */
export function listedRoutes(objects: Record<string, { id: string; created: number }>, what: string): Hono {
  return readRoutes(objects, what).get('/', async (c) => {
    const { created, ...page } = await readParameters(c, sinceSchema)
    const all = Object.values(objects).filter((one) => !created || one.created >= created.gte)
    return c.json(pageOf(all, { what, url: `/v1/${what}s` }, page))
  })
}

/** What is only ever read by its id. */
export function readRoutes(objects: Record<string, object>, what: string): Hono {
  return new Hono().get('/:id', (c) => c.json(found(objects, what, c.req.param('id'))))
}
