import type { Stripe } from 'stripe'
import { beforeAll, describe, expect, it } from 'vitest'
import { cancelNow, dispute, refund, renew } from '../../../tools/stand-ins/index.ts'
import { type Buyer, billingSuite } from '../../support/functions/billing-suite.ts'
import { type EventOptions, eventOf, postSigned } from '../../support/functions/signed-event.ts'

// What Stripe tells: every type of event that counts, each really signed; and what nobody at Stripe sent.

const suite = billingSuite()

const endpoint = () => `${suite().app.gateway.url}/functions/v1/stripe-webhook`
const secret = () => suite().stripe.account.state.secret
const send = (event: object, how: { secret?: string; age?: number; header?: string } = {}) =>
  postSigned(endpoint(), JSON.stringify(event), { secret: secret(), ...how })

/** Everything that was bought, of all workspaces, and all that is recorded. */
async function everything() {
  const { rows } = await suite().app.server.query(`
    select
      (select jsonb_agg(to_jsonb(s) order by s.id) from public.subscriptions s) as subscriptions,
      (select jsonb_agg(to_jsonb(i) order by i.id) from public.invoices i) as invoices,
      (select jsonb_agg(w.plan_type order by w.id) from public.workspaces w) as plans`)
  return rows[0]
}

/** A workspace that pays, of which nothing that happens from now on is told by the stand-in itself. */
async function subscribed() {
  const { stripe } = suite()
  stripe.deliveries.disorder.dropped = false
  const ada = await suite().buyer()
  const id = await ada.buy()
  const subscription = stripe.account.subscription(id)
  renew(stripe.account, subscription)
  await stripe.deliveries.settled()
  stripe.deliveries.disorder.dropped = true
  const { state } = stripe.account
  const invoice = state.invoices[String(subscription.latest_invoice)] as Stripe.Invoice
  const payment = Object.values(state.invoicePayments).find((one) => one.invoice === invoice.id)
  const intent = state.intents[String(payment?.payment.payment_intent)]
  const charge = state.charges[String(intent?.latest_charge)] as Stripe.Charge
  return { ada, subscription, invoice, charge, customer: String(subscription.customer) }
}

type World = Awaited<ReturnType<typeof subscribed>>

/** What happens at Stripe, the object that its event carries, and what is then known here. */
type Story = [
  type: Stripe.Event.Type,
  happen: (world: World) => object,
  known: (world: World) => Promise<void>,
]

const statusOf = (status: string) => async (world: World) => {
  expect(await suite().row('subscriptions', world.subscription.id)).toMatchObject({ status })
}
const invoiceWith = (values: object) => async (world: World) => {
  expect(await suite().row('invoices', world.invoice.id)).toMatchObject(values)
}
const withStatus = (status: Stripe.Subscription.Status) => (world: World) =>
  Object.assign(world.subscription, { status })

const disputed =
  (status: Stripe.Dispute.Status) =>
  ({ charge }: World) =>
    Object.assign(dispute(suite().stripe.account, charge), { status })

const stories: Story[] = [
  ['customer.subscription.created', (world) => world.subscription, statusOf('active')],
  ['customer.subscription.updated', withStatus('past_due'), statusOf('past_due')],
  ['customer.subscription.paused', withStatus('paused'), statusOf('paused')],
  ['customer.subscription.resumed', withStatus('active'), statusOf('active')],
  ['customer.subscription.trial_will_end', withStatus('trialing'), statusOf('trialing')],
  [
    'customer.subscription.deleted',
    ({ subscription }) => {
      cancelNow(suite().stripe.account, subscription)
      return subscription
    },
    async (world) => {
      await statusOf('canceled')(world)
      expect(await world.ada.plan()).toBe('free')
    },
  ],
  [
    'customer.subscription.updated',
    withStatus('unheard_of' as never),
    async ({ ada }) => {
      expect(await ada.plan()).toBe('free')
    },
  ],
  ['customer.created', ({ customer }) => suite().stripe.account.customer(customer), async () => {}],
  ['customer.updated', ({ customer }) => suite().stripe.account.customer(customer), async () => {}],
  [
    'customer.deleted',
    ({ customer }) => {
      const { state } = suite().stripe.account
      const before = state.customers[customer] ?? {}
      state.customers[customer] = { id: customer, object: 'customer', deleted: true }
      return before
    },
    async ({ customer }) => {
      const { rows } = await suite().app.server.query(
        'select deleted_at from private.billing_customers where id = $1',
        [customer],
      )
      expect(rows[0]?.deleted_at).not.toBeNull()
    },
  ],
  [
    'invoice.finalized',
    ({ invoice }) => Object.assign(invoice, { status: 'open' }),
    invoiceWith({ status: 'open' }),
  ],
  ['invoice.paid', ({ invoice }) => invoice, invoiceWith({ status: 'paid', amount_paid: '1900' })],
  [
    'invoice.payment_failed',
    ({ invoice }) => Object.assign(invoice, { status: 'open' }),
    invoiceWith({ status: 'open' }),
  ],
  [
    'invoice.payment_action_required',
    ({ invoice }) => Object.assign(invoice, { status: 'open' }),
    invoiceWith({ status: 'open' }),
  ],
  [
    'invoice.voided',
    ({ invoice }) => Object.assign(invoice, { status: 'void' }),
    invoiceWith({ status: 'void' }),
  ],
  [
    'invoice.marked_uncollectible',
    ({ invoice }) => Object.assign(invoice, { status: 'uncollectible' }),
    invoiceWith({ status: 'uncollectible' }),
  ],
  [
    'charge.refunded',
    ({ charge }) => {
      refund(suite().stripe.account, charge)
      return charge
    },
    invoiceWith({ amount_refunded: '1900' }),
  ],
  [
    'charge.dispute.created',
    ({ charge }) => dispute(suite().stripe.account, charge),
    invoiceWith({ dispute_status: 'needs_response' }),
  ],
  ['charge.dispute.updated', disputed('under_review'), invoiceWith({ dispute_status: 'under_review' })],
  ['charge.dispute.closed', disputed('lost'), invoiceWith({ dispute_status: 'lost' })],
  ['charge.dispute.funds_withdrawn', disputed('lost'), invoiceWith({ dispute_status: 'lost' })],
  ['charge.dispute.funds_reinstated', disputed('won'), invoiceWith({ dispute_status: 'won' })],
  [
    'checkout.session.async_payment_succeeded',
    ({ ada }) => sessionOf(ada, 'complete'),
    async ({ ada }) => expect(await ada.plan()).toBe('premium'),
  ],
  [
    'checkout.session.async_payment_failed',
    (world) => {
      withStatus('incomplete')(world)
      return sessionOf(world.ada, 'complete')
    },
    async ({ ada }) => expect(await ada.plan()).toBe('free'),
  ],
  [
    'checkout.session.completed',
    ({ ada }) => sessionOf(ada, 'complete'),
    async ({ ada }) => expect(await ada.plan()).toBe('premium'),
  ],
  ['checkout.session.expired', ({ ada }) => sessionOf(ada, 'expired'), async () => {}],
]

function sessionOf({ workspace }: Buyer, status: 'complete' | 'expired') {
  const [session] = Object.values(suite().stripe.account.state.sessions).filter(
    (one) => one.client_reference_id === workspace,
  )
  if (status === 'expired') Object.assign(session ?? {}, { subscription: null, invoice: null })
  return Object.assign(session ?? {}, { status })
}

describe('an event', () => {
  it.each(stories)('%s is applied, once', async (type, happen, known) => {
    const world = await subscribed()
    const event = eventOf(type, structuredClone(happen(world)))
    expect(await send(event)).toEqual({ status: 200, body: { state: 'applied' } })
    await known(world)
    const after = await everything()
    expect(await send(event)).toEqual({ status: 200, body: { state: 'applied' } })
    expect(await everything()).toEqual(after)
  })

  it('of a type that is not known is answered and changes nothing', async () => {
    const { subscription, ada } = await subscribed()
    const event = eventOf('payment_intent.created', Object.assign(subscription, { status: 'canceled' }))
    expect(await send(event)).toEqual({ status: 200, body: { state: 'ignored' } })
    expect(await ada.plan()).toBe('premium')
  })

  it('waits for Stripe where it is away, is seen to have failed, and is applied when it comes again', async () => {
    const { account } = suite().stripe
    const { subscription } = await subscribed()
    const event = eventOf(
      'customer.subscription.updated',
      Object.assign(subscription, { status: 'past_due' }),
    )
    account.isAway = true
    try {
      expect(await send(event)).toMatchObject({
        status: 503,
        body: { error: { code: 'billing_unavailable' } },
      })
    } finally {
      account.isAway = false
    }
    const { rows } = await suite().app.server.query(
      'select state, reason from private.billing_events where id = $1',
      [event.id],
    )
    expect(rows).toEqual([{ state: 'failed', reason: 'billing_unavailable' }])
    expect(await suite().row('subscriptions', subscription.id)).toMatchObject({ status: 'active' })
    expect(await send(event)).toEqual({ status: 200, body: { state: 'applied' } })
    expect(await suite().row('subscriptions', subscription.id)).toMatchObject({ status: 'past_due' })
  })
})

describe('what nobody at Stripe sent, or sent to somebody else', () => {
  let world: World
  beforeAll(async () => {
    world = await subscribed()
    cancelNow(suite().stripe.account, world.subscription)
  })
  const ended = (options: EventOptions = {}) =>
    eventOf('customer.subscription.deleted', world.subscription, options)

  it.each([
    ['signed with another secret', { secret: 'whsec_another' }],
    ['six minutes old', { age: 360 }],
    ['six minutes from the future', { age: -360 }],
    ['without a signature', { header: 't=1,v1=00' }],
    ['with a header that is none', { header: 'whatever' }],
  ])('is refused: %s', async (_, how) => {
    const before = await everything()
    expect(await send(ended(), how)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_input', details: 'stripe-signature' } },
    })
    expect(await everything()).toEqual(before)
  })

  it.each<[string, EventOptions]>([
    ["another account's", { account: 'acct_another' }],
    ['of the live mode', { livemode: true }],
  ])('is left alone: %s', async (_, options) => {
    const before = await everything()
    expect(await send(ended(options))).toEqual({ status: 200, body: { state: 'ignored' } })
    expect(await everything()).toEqual(before)
  })

  it('is left alone: of a customer that nobody here has, whatever its metadata says', async () => {
    const { account } = suite().stripe
    const before = await everything()
    const stranger: Stripe.Subscription = {
      ...structuredClone(world.subscription),
      id: 'sub_stranger',
      customer: 'cus_stranger',
      status: 'active',
      metadata: { workspace_id: world.ada.workspace },
    }
    account.state.subscriptions[stranger.id] = stranger
    expect(await send(eventOf('customer.subscription.created', stranger))).toEqual({
      status: 200,
      body: { state: 'ignored' },
    })
    expect(await everything()).toEqual(before)
  })

  it('is refused: a subscription that its event gives to the customer of another workspace', async () => {
    const { account } = suite().stripe
    const [eve, before] = [await suite().buyer('Eve'), await everything()]
    await eve.checkout()
    const hers = Object.values(account.state.customers).find(
      (one) => !one.deleted && one.metadata.workspace_id === eve.workspace,
    )
    const moved = { ...structuredClone(world.subscription), customer: hers?.id ?? '' }
    expect(await send(eventOf('customer.subscription.updated', moved))).toMatchObject({
      status: 500,
      body: { error: { code: 'internal_error', details: 'conflict' } },
    })
    account.state.subscriptions[moved.id] = Object.assign(moved, { status: 'active' })
    expect(await send(eventOf('customer.subscription.updated', moved))).toMatchObject({ status: 500 })
    expect(await eve.plan()).toBe('free')
    expect((await everything())?.subscriptions).toEqual(before?.subscriptions)
  })

  it('is read by no page of a browser', async () => {
    const { headers } = await fetch(endpoint(), {
      method: 'POST',
      headers: { origin: 'https://app.example.com' },
    })
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('where Stripe is away', () => {
  it('what is there goes on, and checkout says so and has begun nothing', async () => {
    const { app, stripe, buyer } = suite()
    const ada = await buyer()
    stripe.account.isAway = true
    try {
      const body = {
        workspace_id: ada.workspace,
        price: 'premium_monthly_eur',
        return_url: 'https://app.example.com/',
      }
      expect(await app.call('billing-checkout', body, ada.token)).toMatchObject({
        status: 503,
        body: { error: { code: 'billing_unavailable' } },
      })
    } finally {
      stripe.account.isAway = false
    }
    const { rows } = await app.server.query('select from private.billing_customers where workspace_id = $1', [
      ada.workspace,
    ])
    expect(rows).toEqual([])
    expect(await ada.plan()).toBe('free')
  })
})
