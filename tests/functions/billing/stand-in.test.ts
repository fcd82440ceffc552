import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

describe('what it does not have', () => {
  let standIn: StripeStandIn
  beforeAll(async () => {
    standIn = await startStripeStandIn({ port, target: 'http://127.0.0.1:1/', retryAfter: [] })
  })
  afterAll(() => standIn.stop())

  const page = 'http://127.0.0.1:1/'
  const preview = {
    subscription: 'sub_x',
    subscription_details: {
      items: [{ id: 'si_x', price: 'price_premium_monthly_eur' }],
      proration_behavior: 'always_invoice' as const,
      proration_date: 1,
    },
  }
  const session = (customer: string, price: string) => ({
    mode: 'subscription' as const,
    customer,
    line_items: [{ price, quantity: 1 }],
    success_url: page,
  })

  it.each<[string, (stripe: Stripe) => Promise<unknown>, string]>([
    ['a customer', (stripe) => stripe.customers.retrieve('cus_x'), "No such customer: 'cus_x'"],
    ['a change of one', (stripe) => stripe.customers.update('cus_x', {}), "No such customer: 'cus_x'"],
    ['an end of one', (stripe) => stripe.customers.del('cus_x'), "No such customer: 'cus_x'"],
    ['a subscription', (stripe) => stripe.subscriptions.retrieve('sub_x'), "No such subscription: 'sub_x'"],
    ['an invoice', (stripe) => stripe.invoices.retrieve('in_x'), "No such invoice: 'in_x'"],
    ['a charge', (stripe) => stripe.charges.retrieve('ch_x'), "No such charge: 'ch_x'"],
    ['a refund', (stripe) => stripe.refunds.retrieve('re_x'), "No such refund: 're_x'"],
    ['a dispute', (stripe) => stripe.disputes.retrieve('du_x'), "No such dispute: 'du_x'"],
    ['what every object has', (stripe) => stripe.charges.retrieve('toString'), "No such charge: 'toString'"],
  ])('in an address is not found, as Stripe says it: %s', async (_, ask, message) => {
    await expect(ask(library(standIn))).rejects.toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'id',
      message,
    })
  })

  it.each<[string, (stripe: Stripe) => Promise<unknown>, string]>([
    ['customer', (stripe) => stripe.subscriptions.list({ customer: 'cus_x', status: 'all' }), 'customer'],
    ['customer', (stripe) => stripe.invoices.list({ customer: 'cus_x' }), 'customer'],
    ['invoice', (stripe) => stripe.invoicePayments.list({ invoice: 'in_x' }), 'invoice'],
    [
      'payment_intent',
      (stripe) =>
        stripe.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent: 'pi_x' } }),
      'payment[payment_intent]',
    ],
    ['refund', (stripe) => stripe.refunds.list({ starting_after: 're_x' }), 'starting_after'],
    ['subscription', (stripe) => stripe.invoices.createPreview(preview), 'subscription'],
    [
      'customer',
      (stripe) => stripe.billingPortal.sessions.create({ customer: 'cus_x', return_url: page }),
      'customer',
    ],
    [
      'customer',
      (stripe) => stripe.checkout.sessions.create(session('cus_x', 'price_premium_monthly_eur')),
      'customer',
    ],
    [
      'price',
      async (stripe) => {
        const { id } = await stripe.customers.create({})
        return stripe.checkout.sessions.create(session(id, 'price_x'))
      },
      'line_items[0][price]',
    ],
  ])('in a parameter is a refusal, and no empty list: a %s (%#)', async (what, ask, param) => {
    await expect(ask(library(standIn))).rejects.toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param,
      message: expect.stringMatching(new RegExp(`^No such ${what}: '\\w+_x'$`)),
    })
  })

  it('is not a customer that was deleted: that one is told of for good, and nothing begins for it', async () => {
    const stripe = library(standIn)
    const { id } = await stripe.customers.create({})
    await stripe.customers.del(id)
    expect(await stripe.customers.retrieve(id)).toEqual(expect.objectContaining({ id, deleted: true }))
    expect((await stripe.invoices.list({ customer: id })).data).toEqual([])
    await expect(
      stripe.billingPortal.sessions.create({ customer: id, return_url: page }),
    ).rejects.toMatchObject({ statusCode: 400, param: 'customer' })
  })
})
