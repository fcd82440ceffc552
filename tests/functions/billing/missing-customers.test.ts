import { expect, it } from 'vitest'
import { type Buyer, billingSuite, page } from '../../support/functions/billing-suite.ts'

// Customers that Stripe does not know at all: test data that was cleared, a backup, or the key of another account, with
// which nobody may lose what is paid for.

const suite = billingSuite()
const price = 'premium_monthly_eur'
const conflict = (details?: string) => ({
  status: 409,
  body: { error: { code: 'conflict', ...(details && { details }), hint: expect.stringMatching(/\.$/) } },
})

const customerOf = (subscription: string) =>
  String(suite().stripe.account.subscription(subscription).customer)

/** Makes Stripe forget customers with all that they have; what is returned has it know them again. */
function forget(...customers: string[]): () => void {
  const { state } = suite().stripe.account
  const before = { ...state }
  const others = <Item>(of: Record<string, Item>, isTheirs: (item: Item) => boolean) =>
    Object.fromEntries(Object.entries(of).filter(([, item]) => !isTheirs(item)))
  const isOne = ({ customer }: { customer: unknown }) => customers.includes(String(customer))
  Object.assign(state, {
    customers: others(state.customers, ({ id }) => customers.includes(id)),
    subscriptions: others(state.subscriptions, isOne),
    invoices: others(state.invoices, isOne),
    sessions: others(state.sessions, isOne),
  })
  return () => {
    for (const kind of ['customers', 'subscriptions', 'invoices', 'sessions'] as const)
      Object.assign(state[kind], before[kind])
  }
}

async function reconcile(body: object = {}) {
  const { app } = suite()
  const response = await fetch(`${app.gateway.url}/functions/v1/billing-reconcile`, {
    method: 'POST',
    headers: { apikey: app.gateway.secretKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const invoke = (name: string, by: Buyer, body: object = {}) =>
  suite().app.call(name, { workspace_id: by.workspace, ...body }, by.token)
const portal = (by: Buyer) => invoke('billing-portal', by, { return_url: page })
const checkout = (by: Buyer) => invoke('billing-checkout', by, { return_url: page, price })

it('with the key of another account nobody loses a plan, and it is said', async () => {
  const [ada, mia, eve] = [await suite().buyer(), await suite().buyer('Mia'), await suite().buyer('Eve')]
  await ada.buy()
  await mia.buy()
  const remember = forget(...Object.keys(suite().stripe.account.state.customers))
  const refusal = { status: 501, body: { error: { code: 'not_configured', details: 'STRIPE_SECRET_KEY' } } }
  expect(await reconcile()).toMatchObject(refusal)
  // Nor once somebody has bought with that key.
  await eve.buy()
  expect(await reconcile()).toMatchObject(refusal)
  expect([await ada.plan(), await mia.plan()]).toEqual(['premium', 'premium'])
  expect(suite().app.lines.join('\n')).toMatch(/"failures":\[\{"id":"cus_\w+","code":"resource_missing"\}/)
  expect(await portal(ada)).toMatchObject(conflict())
  expect(await checkout(ada)).toMatchObject(conflict('subscription'))
  for (const name of ['billing-change/preview', 'billing-change'])
    expect(
      await invoke(name, ada, {
        price: 'premium_yearly_eur',
        ...(name === 'billing-change' && {
          proration_date: Math.floor(Date.now() / 1000),
          version: '0'.repeat(64),
        }),
      }),
    ).toMatchObject(conflict('subscription'))
  remember()
  expect(await reconcile()).toMatchObject({ status: 200, body: { failed: 0, gone: 0, failures: [] } })
  expect(await portal(ada)).toMatchObject({ status: 200 })
})

it('without what is sold here no customer is replaced: it is another account', async () => {
  const { account } = suite().stripe
  const ada = await suite().buyer()
  const customer = customerOf(await ada.buy())
  await ada.inPortal('end')
  const remember = forget(customer)
  const prices = account.prices.splice(0)
  expect(await checkout(ada)).toMatchObject({ status: 501, body: { error: { code: 'not_configured' } } })
  account.prices.push(...prices)
  remember()
  expect(customerOf(await ada.buy())).toBe(customer)
})

it('the next checkout makes another customer, once however many click', async () => {
  const { account } = suite().stripe
  const ada = await suite().buyer()
  const customer = customerOf(await ada.buy())
  await ada.inPortal('end')
  forget(customer)
  expect(await portal(ada)).toMatchObject(conflict())
  const urls = await Promise.all(Array.from({ length: 4 }, () => ada.checkout()))
  expect(new Set(urls).size).toBe(1)
  const made = Object.values(account.state.customers).filter(
    (one) => !one.deleted && one.metadata.workspace_id === ada.workspace,
  )
  expect(made).toHaveLength(1)
  await ada.pay(urls[0] ?? '')
  expect(await ada.plan()).toBe('premium')
  expect(await portal(ada)).toMatchObject({ status: 200 })
})

it('also where Stripe has deleted the customer and the event is lost', async () => {
  const { stripe } = suite()
  const ada = await suite().buyer()
  const customer = customerOf(await ada.buy())
  await ada.inPortal('end')
  stripe.account.state.customers[customer] = { id: customer, object: 'customer', deleted: true }
  expect(await portal(ada)).toMatchObject(conflict())
  expect(customerOf(await ada.buy())).not.toBe(customer)
})

it('the comparison records one that is missing among others, and ends what it paid for', async () => {
  const [ada, mia, eve] = [await suite().buyer(), await suite().buyer('Mia'), await suite().buyer('Eve')]
  const subscription = await ada.buy()
  const customer = customerOf(subscription)
  const other = await mia.buy()
  await eve.buy()
  forget(customer)
  // What no event told of another is found all the same.
  await suite().app.server.query("update public.subscriptions set status = 'unpaid' where id = $1", [other])
  expect(await reconcile()).toMatchObject({ status: 200, body: { gone: 1, failed: 0, next: null } })
  expect(await suite().row('subscriptions', other)).toMatchObject({ status: 'trialing' })
  expect(await suite().row('subscriptions', subscription)).toMatchObject({
    status: 'canceled',
    ended_at: expect.any(Date),
    event_id: null,
  })
  expect([await ada.plan(), await mia.plan()]).toEqual(['free', 'premium'])
  expect(await reconcile()).toMatchObject({ status: 200, body: { gone: 0, repaired: 0 } })
  expect(customerOf(await ada.buy())).not.toBe(customer)
  expect(await ada.plan()).toBe('premium')
})

it('one of which Stripe refuses something is named, and the others are compared', async () => {
  const { stripe, app } = suite()
  const [ada, mia] = [await suite().buyer(), await suite().buyer('Mia')]
  const customer = customerOf(await ada.buy())
  const other = await mia.buy()
  // It goes while it is compared: there when it is asked for, and not when its subscriptions are.
  const { customers } = stripe.account.state
  const known = customers[customer]
  let reads = 0
  const get = () => {
    reads += 1
    return reads === 1 ? known : undefined
  }
  Object.defineProperty(customers, customer, { get, configurable: true })
  await app.server.query("update public.subscriptions set status = 'unpaid' where id = $1", [other])
  const answer = await reconcile()
  Object.defineProperty(customers, customer, { value: known, writable: true, enumerable: true })
  expect(answer).toMatchObject({ status: 200, body: { failed: 1 } })
  expect(answer.body.failures).toEqual([{ id: customer, code: 'resource_missing' }])
  expect(await suite().row('subscriptions', other)).toMatchObject({ status: 'trialing' })
})

it('a Stripe that is away ends the comparison, and nothing is recorded as gone', async () => {
  const { stripe } = suite()
  const ada = await suite().buyer()
  await ada.buy()
  stripe.account.isAway = true
  expect(await reconcile()).toMatchObject({ status: 503, body: { error: { code: 'billing_unavailable' } } })
  expect(await portal(ada)).toMatchObject({ status: 503 })
  stripe.account.isAway = false
  expect(await ada.plan()).toBe('premium')
  expect(await reconcile()).toMatchObject({ status: 200, body: { gone: 0 } })
})

it('where all are gone for good, who runs the project says so', async () => {
  const { state } = suite().stripe.account
  const ada = await suite().buyer()
  await ada.buy()
  forget(...Object.keys(state.customers))
  expect(await reconcile()).toMatchObject({ status: 501 })
  expect(await ada.plan()).toBe('premium')
  const answer = await reconcile({ missing_are_gone: true })
  expect(answer).toMatchObject({ status: 200, body: { failed: 0 } })
  expect(answer.body.gone).toBeGreaterThanOrEqual(1)
  expect(await ada.plan()).toBe('free')
  await ada.buy()
  expect(await ada.plan()).toBe('premium')
  expect(await reconcile()).toMatchObject({ status: 200, body: { customers: 1, gone: 0 } })
})
