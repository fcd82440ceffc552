import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePorts } from '../../../local/stack/index.ts'
import { type StripeStandIn, standInVariables, startStripeStandIn } from '../../../tools/stand-ins/index.ts'

// What is bought at the stand-in is bought after a restart, and what was on its way to the project arrives.

const directory = mkdtempSync(join(tmpdir(), 'stand-in-'))
const file = join(directory, 'stack', 'stripe.json')
/** What the project was told and took. */
const taken: string[] = []
let isUp = true
let project: Server
let port: number

beforeAll(async () => {
  project = createServer(async (request, response) => {
    const { type } = JSON.parse(await text(request))
    if (isUp) taken.push(type)
    response.writeHead(isUp ? 200 : 503).end()
  })
  await new Promise<void>((resolve) => project.listen(0, '127.0.0.1', resolve))
  ;[port = 0] = await freePorts(1)
})
afterAll(() => {
  project.close()
  rmSync(directory, { recursive: true, force: true })
})

const start = () =>
  startStripeStandIn({
    port,
    file,
    target: `http://127.0.0.1:${(project.address() as AddressInfo).port}/`,
    retryAfter: [20, 20],
  })
const library = ({ variables }: StripeStandIn) =>
  new Stripe(variables.STRIPE_SECRET_KEY ?? '', { host: '127.0.0.1', port, protocol: 'http' })
const pay = (url: string) =>
  fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ action: 'paid' }) })

it('a restart forgets nothing, signs as before, and sends what was not taken', async () => {
  const before = standInVariables({ port, file })
  const first = await start()
  expect(first.variables).toEqual(before)
  const customer = await library(first).customers.create({ name: 'Ours' })
  const [price] = (await library(first).prices.list({ lookup_keys: ['premium_monthly_eur'] })).data
  const { url } = await library(first).checkout.sessions.create({
    mode: 'subscription',
    customer: customer.id,
    line_items: [{ price: price?.id ?? '', quantity: 1 }],
    success_url: 'http://127.0.0.1:1/',
    cancel_url: 'http://127.0.0.1:1/',
  })
  await first.deliveries.settled()
  expect(taken).toEqual(['customer.created'])
  isUp = false
  await pay(url ?? '')
  await first.deliveries.settled()
  await first.stop()

  isUp = true
  const second = await start()
  await second.deliveries.settled()
  expect(second.variables).toEqual(before)
  expect(taken.toSorted()).toEqual([
    'checkout.session.completed',
    'customer.created',
    'customer.subscription.created',
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
  ])
  const [subscription] = (await library(second).subscriptions.list({ customer: customer.id })).data
  expect(subscription).toMatchObject({ status: 'active', customer: customer.id })
  const portal = await library(second).billingPortal.sessions.create({
    customer: customer.id,
    return_url: 'http://127.0.0.1:1/',
  })
  await fetch(portal.url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ action: 'end' }),
  })
  await second.deliveries.settled()
  expect(taken.at(-1)).toBe('customer.subscription.deleted')
  await second.stop()

  const third = await start()
  await third.deliveries.settled()
  expect(taken).toHaveLength(7)
  expect(await library(third).subscriptions.retrieve(subscription?.id ?? '')).toMatchObject({
    status: 'canceled',
  })
  await third.stop()
})
