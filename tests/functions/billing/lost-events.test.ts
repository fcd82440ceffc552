import * as fc from 'fast-check'
import type { Stripe } from 'stripe'
import { expect, it } from 'vitest'
import { dispute, refund, renew } from '../../../tools/stand-ins/index.ts'
import { billingSuite, page } from '../../support/functions/billing-suite.ts'

// What is lost, doubled and late on the way from Stripe. The comparison looks at every customer: nothing else is bought
// in this project.

const suite = billingSuite()

/** Half a year of a workspace, of which events come in this order. */
async function lived(pick: (count: number) => number[]) {
  const { stripe, buyer } = suite()
  stripe.deliveries.disorder.dropped = false
  const ada = await buyer()
  const url = await ada.checkout()
  await stripe.deliveries.settled()
  stripe.deliveries.hold()
  const post = fetch(url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ action: 'paid' }),
  })
  await post
  const id = String(stripe.account.state.sessions[url.split('/').at(-1) ?? '']?.subscription)
  const subscription = stripe.account.subscription(id)
  renew(stripe.account, subscription)
  stripe.account.state.declined[String(subscription.customer)] = true
  renew(stripe.account, subscription)
  await stripe.deliveries.release((held) => pick(held.length).flatMap((index) => held[index] ?? []))
  await stripe.deliveries.settled()
  return { ada, subscription }
}
const expectAsAtStripe = async ({ ada, subscription }: Awaited<ReturnType<typeof lived>>) => {
  expect(await suite().row('subscriptions', subscription.id)).toMatchObject({ status: 'past_due' })
  expect(await ada.plan()).toBe('premium')
  const { rows } = await suite().app.server.query(
    'select status from public.invoices where workspace_id = $1 order by number',
    [ada.workspace],
  )
  expect(rows.map(({ status }) => status)).toEqual(['paid', 'paid', 'open'])
}
const all = (count: number) => Array.from({ length: count }, (_, index) => index)

async function reconcile() {
  const { app } = suite()
  const response = await fetch(`${app.gateway.url}/functions/v1/billing-reconcile`, {
    method: 'POST',
    headers: { apikey: app.gateway.secretKey, 'content-type': 'application/json' },
    body: '{}',
  })
  return { status: response.status, body: (await response.json()) as { repaired: number; ended: number } }
}

it('ends the same: all at once, in any order, twice, or not at all and then repaired', async () => {
  // Each event comes as often as its place is named.
  const order = fc.array(fc.nat(99), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(order, fc.boolean(), async (places, isComplete) => {
      const lives = await lived((count) => [
        ...places.map((place) => place % count),
        ...(isComplete ? all(count).toReversed() : []),
      ])
      if (!isComplete) await reconcile()
      await expectAsAtStripe(lives)
      expect(await reconcile()).toMatchObject({ status: 200, body: { repaired: 0, failed: 0 } })
    }),
    { numRuns: 4, examples: [[all(12).flatMap((place) => [place, place]), true]] },
  )
})

it('is repaired by the comparison of the night, which finds nothing the second time', async () => {
  const { app } = suite()
  const lost = await lived(() => [])
  expect(await suite().row('subscriptions', lost.subscription.id)).toBeUndefined()
  const first = await reconcile()
  expect(first, JSON.stringify(first)).toMatchObject({ status: 200, body: { next: null } })
  expect(first.body.repaired).toBeGreaterThanOrEqual(4)
  await expectAsAtStripe(lost)
  const [charge] = Object.values(suite().stripe.account.state.charges).filter(
    ({ customer }) => customer === lost.subscription.customer,
  )
  suite().stripe.deliveries.disorder.dropped = true
  dispute(suite().stripe.account, charge as Stripe.Charge)
  expect(await reconcile()).toMatchObject({ body: { repaired: 1 } })
  const { rows } = await app.server.query(
    'select dispute_status from public.invoices where workspace_id = $1 and dispute_status is not null',
    [lost.ada.workspace],
  )
  expect(rows).toEqual([{ dispute_status: 'needs_response' }])
  expect(await reconcile()).toMatchObject({ status: 200, body: { repaired: 0 } })
  expect(app.lines.join('\n')).toMatch(/billing-reconcile: \{.*"counts":\{"customers":\d+/)
  const { status } = await app.call('billing-reconcile', {}, lost.ada.token)
  expect(status).toBe(401)
})

it('is repaired whenever it happened: an old invoice that was paid, or paid back, and one that nobody told of', async () => {
  const { stripe } = suite()
  const { account } = stripe
  const { ada, subscription } = await lived(all)
  stripe.deliveries.disorder.dropped = true
  const invoices = Object.values(account.state.invoices).filter(
    ({ customer }) => customer === subscription.customer,
  )
  const paid = invoices.find(({ amount_paid: amount }) => amount > 0)
  const open = invoices.find(({ status }) => status === 'open')
  // Half a year ago, which no night looks at closely.
  for (const invoice of invoices) invoice.created -= 180 * 86_400
  await reconcile()
  delete account.state.declined[String(subscription.customer)]
  await ada.inPortal('pay')
  const [payment] = Object.values(account.state.invoicePayments).filter(({ invoice }) => invoice === paid?.id)
  const charge = account.state.charges[
    String(account.state.intents[String(payment?.payment.payment_intent)]?.latest_charge)
  ] as Stripe.Charge
  charge.created -= 180 * 86_400
  refund(account, charge)
  expect(await suite().row('invoices', String(open?.id))).toMatchObject({ status: 'open' })
  expect(await reconcile()).toMatchObject({ status: 200, body: { failed: 0 } })
  expect(await suite().row('invoices', String(open?.id))).toMatchObject({ status: 'paid' })
  expect(await suite().row('invoices', String(paid?.id))).toMatchObject({
    status: 'paid',
    amount_refunded: String(charge.amount),
  })
  await suite().app.server.query('delete from public.invoices where id = $1', [paid?.id])
  await reconcile()
  expect(await suite().row('invoices', String(paid?.id))).toMatchObject({ status: 'paid' })
  expect(await reconcile()).toMatchObject({ status: 200, body: { repaired: 0, failed: 0 } })
})

it('is ended where the workspace was deleted before anything told that it goes on', async () => {
  const { stripe } = suite()
  stripe.deliveries.disorder.dropped = false
  const [ada, mia] = [await suite().buyer(), await suite().buyer('Mia')]
  const [left, kept] = [await ada.buy(), await mia.buy()]
  await ada.inPortal('cancel')
  stripe.deliveries.disorder.dropped = true
  await ada.inPortal('keep')
  const remove = { workspace_id: ada.workspace, name: 'Studio' }
  expect((await ada.supabase.rpc('delete_workspace', remove)).error).toBeNull()
  expect(stripe.account.subscription(left)).toMatchObject({ status: 'trialing', cancel_at: null })
  expect(await reconcile()).toMatchObject({ status: 200, body: { ended: 1, failed: 0, gone: 0 } })
  expect(stripe.account.subscription(left)).toMatchObject({ status: 'canceled' })
  expect(stripe.account.subscription(kept)).toMatchObject({ status: 'trialing' })
  expect(await reconcile()).toMatchObject({ status: 200, body: { ended: 0, failed: 0 } })
  stripe.deliveries.disorder.dropped = false
})

it('is asked of Stripe where the time of a page is over and nothing told whether it was paid', async () => {
  const { app, stripe } = suite()
  stripe.deliveries.disorder.dropped = false
  const ada = await suite().buyer()
  const url = await ada.checkout()
  const isOver = () =>
    app.server.query(
      "update private.checkout_sessions set expires_at = now() - interval '1 second' where workspace_id = $1",
      [ada.workspace],
    )
  stripe.deliveries.hold()
  await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ action: 'paid' }) })
  await isOver()
  const another = await app.createWorkspace(ada)
  const begun = { workspace_id: another, price: 'premium_monthly_eur', livemode: false }
  expect((await ada.supabase.rpc('begin_checkout', begun)).data).toMatchObject({ trialDays: 0 })
  const again = { workspace_id: ada.workspace, price: 'premium_monthly_eur', return_url: page }
  for (let time = 0; time < 3; time += 1)
    expect(await app.call('billing-checkout', again, ada.token)).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict' } },
    })
  const remove = { workspace_id: ada.workspace, name: 'Studio' }
  expect((await ada.supabase.rpc('delete_workspace', remove)).error).toMatchObject({
    code: 'conflict',
    details: 'checkout',
  })
  await stripe.deliveries.release()
  await stripe.deliveries.settled()
  expect(await ada.plan()).toBe('premium')

  // One that nobody paid makes way for another.
  const bob = await suite().buyer('Bob')
  const left = await bob.checkout()
  stripe.deliveries.disorder.dropped = true
  const { STRIPE_API_URL: api, STRIPE_SECRET_KEY: key } = stripe.variables
  const id = left.split('/').at(-1)
  const headers = { authorization: `Bearer ${key}` }
  const expired = await fetch(`${api}/v1/checkout/sessions/${id}/expire`, { method: 'POST', headers })
  expect(expired.status).toBe(200)
  stripe.deliveries.disorder.dropped = false
  expect(await bob.buy()).toMatch(/^sub_/)
})
