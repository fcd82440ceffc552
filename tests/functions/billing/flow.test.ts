import { describe, expect, it } from 'vitest'
import { renew } from '../../../tools/stand-ins/index.ts'
import { billingSuite, page } from '../../support/functions/billing-suite.ts'

// Buying, changing and ending a plan, from the call of a front end to what the database believes.

const suite = billingSuite()

/** What the database knows of a workspace's subscription. */
async function subscriptionOf(workspace: string) {
  const { rows } = await suite().app.server.query(
    'select status, lookup_key, cancel_at from public.subscriptions where workspace_id = $1 order by created_at desc',
    [workspace],
  )
  return rows[0]
}

describe('a checkout', () => {
  it('leads to a page, and what was paid there works when Stripe says so', async () => {
    const ada = await suite().buyer()
    expect(await ada.plan()).toBe('free')
    const url = await ada.checkout()
    expect(await (await fetch(url)).text()).toContain('This is a stand-in for Stripe.')
    const paid = await ada.pay(url)
    expect([paid.status, paid.headers.get('location')]).toEqual([303, `${page}?checkout=done`])
    expect(await ada.plan()).toBe('premium')
    expect(await subscriptionOf(ada.workspace)).toMatchObject({ lookup_key: 'premium_monthly_eur' })
  })

  it('is the same page when it is asked for again, and another for another price', async () => {
    const ada = await suite().buyer()
    const first = await ada.checkout()
    expect(await ada.checkout()).toBe(first)
    const yearly = await ada.checkout('premium_yearly_eur')
    expect(yearly).not.toBe(first)
    expect((await fetch(first)).status).toBe(410)
    expect(await ada.checkout('premium_yearly_eur')).toBe(yearly)
  })

  it('makes one customer and one page, however many click at once', async () => {
    const { stripe } = suite()
    const ada = await suite().buyer()
    const customers = () =>
      Object.values(stripe.account.state.customers).filter(
        (one) => !one.deleted && one.metadata.workspace_id === ada.workspace,
      )
    const urls = await Promise.all(Array.from({ length: 6 }, () => ada.checkout()))
    expect(new Set(urls).size).toBe(1)
    expect(customers()).toHaveLength(1)
    const open = Object.values(stripe.account.state.sessions).filter(
      (one) => one.client_reference_id === ada.workspace && one.status === 'open',
    )
    expect(open).toHaveLength(1)
  })

  it('makes another customer where the first was deleted at Stripe', async () => {
    const { stripe } = suite()
    const ada = await suite().buyer()
    const customer = String(stripe.account.subscription(await ada.buy()).customer)
    const { STRIPE_API_URL: url, STRIPE_SECRET_KEY: key } = stripe.variables
    const headers = { authorization: `Bearer ${key}` }
    expect((await fetch(`${url}/v1/customers/${customer}`, { method: 'DELETE', headers })).status).toBe(200)
    await stripe.deliveries.settled()
    expect(await ada.plan()).toBe('free')
    expect(stripe.account.subscription(await ada.buy()).customer).not.toBe(customer)
    expect(await ada.plan()).toBe('premium')
  })

  it('ends free where the payment fails, or nobody pays', async () => {
    const ada = await suite().buyer()
    const url = await ada.checkout()
    const failed = await ada.pay(url, 'failed')
    expect(await failed.text()).toContain('Nothing was paid.')
    const left = await ada.pay(url, 'abandoned')
    expect(left.headers.get('location')).toBe(`${page}?checkout=canceled`)
    expect(await ada.plan()).toBe('free')
    await ada.pay(url)
    expect(await ada.plan()).toBe('premium')
  })

  it('begins with a trial once a person, in whatever workspace', async () => {
    const { app, stripe } = suite()
    const ada = await suite().buyer()
    expect(stripe.account.subscription(await ada.buy())).toMatchObject({ status: 'trialing' })
    const workspace_id = await app.createWorkspace(ada)
    const body = { workspace_id, price: 'premium_monthly_eur', return_url: page }
    const second = await app.call('billing-checkout', body, ada.token)
    expect(second).toMatchObject({ status: 200 })
    await ada.pay((second.body as { url: string }).url)
    expect(await subscriptionOf(workspace_id)).toMatchObject({ status: 'active' })
    expect(await subscriptionOf(ada.workspace)).toMatchObject({ status: 'trialing' })
  })

  it('begins with one trial where one person asks for several pages at the same moment', async () => {
    const { app } = suite()
    const ada = await suite().buyer()
    const workspaces = [ada.workspace, await app.createWorkspace(ada), await app.createWorkspace(ada)]
    const pages = await Promise.all(
      workspaces.map((workspace_id) =>
        app.call(
          'billing-checkout',
          { workspace_id, price: 'premium_monthly_eur', return_url: page },
          ada.token,
        ),
      ),
    )
    for (const { status, body } of pages) {
      expect(status).toBe(200)
      await ada.pay((body as { url: string }).url)
    }
    const bought = await Promise.all(workspaces.map(subscriptionOf))
    expect(bought.map((subscription) => subscription?.status).sort()).toEqual([
      'active',
      'active',
      'trialing',
    ])
  })

  it('is refused where a subscription lives, and to who may not', async () => {
    const { app } = suite()
    const [ada, eve] = [await suite().buyer(), await suite().buyer('Eve')]
    const body = { workspace_id: ada.workspace, price: 'premium_monthly_eur', return_url: page }
    expect(await app.call('billing-checkout', body, eve.token)).toMatchObject({ status: 404 })
    expect(await app.call('billing-checkout', body)).toMatchObject({ status: 401 })
    await ada.buy()
    const again = await app.call('billing-checkout', body, ada.token)
    expect(again).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } })
  })

  it.each([
    'https://evil.example.com/',
    'https://app.example.com.evil.example.com/',
    'https://app.example.com@evil.example.com/',
    'javascript:alert(1)',
    '//app.example.com/',
    'http://app.example.com/',
  ])('leads nobody back to %s', async (return_url) => {
    const { app } = suite()
    const ada = await suite().buyer()
    const body = { workspace_id: ada.workspace, price: 'premium_monthly_eur', return_url }
    const refusal = { status: 400, body: { error: { code: 'invalid_input', details: 'return_url' } } }
    expect(await app.call('billing-checkout', body, ada.token)).toMatchObject(refusal)
    const { price: _, ...portal } = body
    expect(await app.call('billing-portal', portal, ada.token)).toMatchObject(refusal)
  })
})

describe('a page on which to pay', () => {
  it('is closed again where the workspace goes before it is kept', async () => {
    const { app, stripe } = suite()
    const ada = await suite().buyer()
    // Goes with the customer that is kept before the page is opened.
    await app.server.query(`
      create function public.go() returns trigger language plpgsql security definer as $$
      begin
        delete from public.workspaces where id = new.workspace_id;
        return null;
      end
      $$;
      create constraint trigger go after insert on private.billing_customers deferrable initially deferred
        for each row when (new.workspace_id = '${ada.workspace}') execute function public.go();`)
    try {
      const body = { workspace_id: ada.workspace, price: 'premium_monthly_eur', return_url: page }
      expect(await app.call('billing-checkout', body, ada.token)).toMatchObject({
        status: 404,
        body: { error: { code: 'not_found' } },
      })
    } finally {
      await app.server.query('drop function public.go cascade')
    }
    const sessions = Object.values(stripe.account.state.sessions)
    const pages = sessions.filter((one) => one.client_reference_id === ada.workspace)
    expect(pages.map(({ status }) => status)).toEqual(['expired'])
  })

  it('is closed by who leaves it, and the workspace can be deleted', async () => {
    const { app } = suite()
    const [ada, eve] = [await suite().buyer(), await suite().buyer('Eve')]
    const url = await ada.checkout()
    const close = (token?: string) =>
      app.call('billing-checkout/close', { workspace_id: ada.workspace }, token)
    const { data: workspace } = await ada.supabase
      .from('workspaces')
      .select('name')
      .eq('id', ada.workspace)
      .single()
    const end = () =>
      ada.supabase.rpc('delete_workspace', { workspace_id: ada.workspace, name: workspace?.name ?? '' })
    expect((await end()).error).toMatchObject({
      details: 'checkout',
      hint: expect.stringContaining('billing-checkout/close'),
    })
    expect(await close()).toMatchObject({ status: 401 })
    expect(await close(eve.token)).toMatchObject({ status: 404 })
    expect((await fetch(url)).status).toBe(200)
    for (let time = 0; time < 2; time += 1) expect(await close(ada.token)).toMatchObject({ status: 204 })
    expect((await fetch(url)).status).toBe(410)
    expect(await ada.checkout()).not.toBe(url)
    expect(await close(ada.token)).toMatchObject({ status: 204 })
    expect((await end()).error).toBeNull()
  })

  it('is not closed once it is paid, though nobody was told of it yet', async () => {
    const { app, stripe } = suite()
    const ada = await suite().buyer()
    const url = await ada.checkout()
    await stripe.deliveries.settled()
    stripe.deliveries.hold()
    await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ action: 'paid' }) })
    expect(
      await app.call('billing-checkout/close', { workspace_id: ada.workspace }, ada.token),
    ).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict' } },
    })
    await stripe.deliveries.release((held) => held)
    await stripe.deliveries.settled()
    expect(await ada.plan()).toBe('premium')
  })

  it('is for the price that it was made with, though the lookup key moves before it is paid', async () => {
    const { app } = suite()
    const ada = await suite().buyer()
    await ada.checkout('premium_yearly_usd')
    const { rows } = await app.server.query(
      "select price_id, plan_key from private.sold_prices where lookup_key = 'premium_yearly_usd'",
    )
    expect(rows).toEqual([{ price_id: 'price_premium_yearly_usd', plan_key: 'premium' }])
  })
})

describe('a change of the price', () => {
  it('costs what was previewed, and is refused where that has changed', async () => {
    const { app, stripe } = suite()
    const ada = await suite().buyer()
    const id = await ada.buy()
    const subscription = stripe.account.subscription(id)
    // Past the trial, in which a change costs nothing.
    renew(stripe.account, subscription)
    await stripe.deliveries.settled()
    const workspace_id = ada.workspace
    const preview = async (price = 'premium_yearly_eur') =>
      (await app.call('billing-change/preview', { workspace_id, price }, ada.token)).body as {
        amountDue: number
        proration: number
        currency: string
        prorationDate: number
        version: string
      }
    const { prorationDate: proration_date, version, amountDue, proration, currency } = await preview()
    expect(currency).toBe('eur')
    expect(proration).toBeLessThan(0)
    expect(amountDue).toBe(19_000 + proration)
    const change = { workspace_id, price: 'premium_yearly_eur', proration_date, version }

    stripe.account.state.declined[String(subscription.customer)] = true
    expect(await app.call('billing-change', change, ada.token)).toMatchObject({
      status: 402,
      body: { error: { code: 'payment_failed' } },
    })
    delete stripe.account.state.declined[String(subscription.customer)]
    await stripe.deliveries.settled()
    expect((await subscriptionOf(workspace_id))?.lookup_key).toBe('premium_monthly_eur')

    // What is to end would take along what is paid for a year.
    await ada.inPortal('cancel')
    const isRefused = (details: string) => ({ status: 409, body: { error: { code: 'conflict', details } } })
    expect(await app.call('billing-change', change, ada.token)).toMatchObject(isRefused('cancel_at'))
    const asked = { workspace_id, price: change.price }
    expect(await app.call('billing-change/preview', asked, ada.token)).toMatchObject(isRefused('cancel_at'))
    await ada.inPortal('keep')
    const other = { ...change, version: '0'.repeat(64) }
    expect(await app.call('billing-change', other, ada.token)).toMatchObject(isRefused('version'))
    const { prorationDate, version: now } = await preview()
    const agreed = { ...change, proration_date: prorationDate, version: now }
    expect(await app.call('billing-change', agreed, ada.token)).toEqual({
      status: 200,
      body: { price: 'premium_yearly_eur' },
    })
    await stripe.deliveries.settled()
    expect((await subscriptionOf(workspace_id))?.lookup_key).toBe('premium_yearly_eur')
    const { rows } = await app.server.query(
      "select total::int from public.invoices where workspace_id = $1 and total > 1900 and status = 'paid'",
      [workspace_id],
    )
    expect(rows).toHaveLength(1)
    expect(await app.call('billing-change/preview', change, ada.token)).toMatchObject({ status: 400 })
  })

  it('is refused in another currency, to the same price, and where nothing is paid', async () => {
    const { app } = suite()
    const ada = await suite().buyer()
    const preview = (price: string) =>
      app.call('billing-change/preview', { workspace_id: ada.workspace, price }, ada.token)
    const conflict = { status: 409, body: { error: { code: 'conflict' } } }
    expect(await preview('premium_yearly_eur')).toMatchObject(conflict)
    await ada.buy()
    expect(await preview('premium_monthly_eur')).toMatchObject(conflict)
    expect(await preview('premium_yearly_usd')).toMatchObject(conflict)
  })

  it('gives no credit for what was not paid, and is of nothing that has ended', async () => {
    const { app, stripe } = suite()
    const ada = await suite().buyer()
    const subscription = stripe.account.subscription(await ada.buy('premium_yearly_eur'))
    const { workspace: workspace_id, token } = ada
    const asked = { workspace_id, price: 'premium_monthly_eur' }
    const previewed = (await app.call('billing-change/preview', asked, token)).body as Record<string, unknown>
    const agreed = { ...asked, proration_date: previewed.prorationDate, version: previewed.version }
    const refusal = { status: 409, body: { error: { code: 'conflict', details: 'status' } } }
    const expectRefused = async () => {
      expect(await app.call('billing-change/preview', asked, token)).toMatchObject(refusal)
      expect(await app.call('billing-change', agreed, token)).toMatchObject(refusal)
      expect((await subscriptionOf(workspace_id))?.lookup_key).toBe('premium_yearly_eur')
    }
    stripe.account.state.declined[String(subscription.customer)] = true
    renew(stripe.account, subscription)
    await stripe.deliveries.settled()
    expect(await subscriptionOf(workspace_id)).toMatchObject({ status: 'past_due' })
    await expectRefused()

    // Active again by what was paid later.
    delete stripe.account.state.declined[String(subscription.customer)]
    renew(stripe.account, subscription)
    await stripe.deliveries.settled()
    expect(await subscriptionOf(workspace_id)).toMatchObject({ status: 'active' })
    await expectRefused()

    await ada.inPortal('pay')
    expect(await app.call('billing-change/preview', asked, token)).toMatchObject({ status: 200 })
    await ada.inPortal('end')
    expect(await subscriptionOf(workspace_id)).toMatchObject({ status: 'canceled' })
    await expectRefused()
  })

  it('is to the price of today for who pays a former one, whose lookup key has moved', async () => {
    const { app, stripe } = suite()
    const ada = await suite().buyer()
    const subscription = stripe.account.subscription(await ada.buy())
    const { prices } = stripe.account
    const at = prices.findIndex(({ lookup_key }) => lookup_key === 'premium_monthly_eur')
    const sold = prices[at] as (typeof prices)[number]
    const price = { ...sold, id: 'price_of_today', unit_amount: 2500 }
    prices.splice(at, 1, price)
    for (const one of subscription.items.data) one.price = { ...one.price, lookup_key: null }
    renew(stripe.account, subscription)
    await stripe.deliveries.settled()
    expect(await ada.plan()).toBe('premium')
    expect(await subscriptionOf(ada.workspace)).toMatchObject({ lookup_key: 'premium_monthly_eur' })

    const asked = { workspace_id: ada.workspace, price: 'premium_monthly_eur' }
    const { body } = await app.call('billing-change/preview', asked, ada.token)
    const { prorationDate: proration_date, version } = body as { prorationDate: number; version: string }
    expect(await app.call('billing-change', { ...asked, proration_date, version }, ada.token)).toMatchObject({
      status: 200,
    })
    await stripe.deliveries.settled()
    const { rows } = await app.server.query(
      'select price_id, unit_amount::int from public.subscriptions where workspace_id = $1',
      [ada.workspace],
    )
    expect(rows).toEqual([{ price_id: 'price_of_today', unit_amount: 2500 }])
    prices.splice(at, 1, sold)
  })

  it('is made again where it was taken back, though Stripe has answered the same before', async () => {
    const { app, stripe } = suite()
    const ada = await suite().buyer()
    await ada.buy()
    const { workspace: workspace_id, token } = ada
    const preview = async (price: string) => {
      const asked = { workspace_id, price }
      const { body } = await app.call('billing-change/preview', asked, token)
      const { prorationDate, version } = body as { prorationDate: number; version: string }
      return { ...asked, proration_date: prorationDate, version }
    }
    const change = async (agreed: object) => {
      expect(await app.call('billing-change', agreed, token)).toMatchObject({ status: 200 })
      await stripe.deliveries.settled()
      return (await subscriptionOf(workspace_id))?.lookup_key
    }
    // While a trial lasts both cost nothing, and are the same.
    const yearly = await preview('premium_yearly_eur')
    expect(await change(yearly)).toBe('premium_yearly_eur')
    expect(await change(await preview('premium_monthly_eur'))).toBe('premium_monthly_eur')
    expect(await change(yearly)).toBe('premium_yearly_eur')
  })

  it('is to a price of the plans, and to none that Stripe has besides', async () => {
    const { app, stripe } = suite()
    const ada = await suite().buyer()
    await ada.buy()
    const { workspace: workspace_id, token } = ada
    const [price] = stripe.account.prices
    if (!price) throw new Error('There is no price.')
    stripe.account.prices.push({
      ...price,
      id: 'price_of_another_product',
      lookup_key: 'staff_cheap',
      unit_amount: 1,
    })
    const agreed = { proration_date: Math.floor(Date.now() / 1000), version: '0'.repeat(64) }
    const refusal = { status: 400, body: { error: { code: 'invalid_input', details: 'price' } } }
    for (const price of ['staff_cheap', 'unheard_of'])
      for (const [name, body] of [
        ['billing-change/preview', {}],
        ['billing-change', agreed],
        ['billing-checkout', { return_url: page }],
      ] as const)
        expect(await app.call(name, { workspace_id, price, ...body }, token), name).toMatchObject(refusal)
    stripe.account.prices.pop()
    expect(await subscriptionOf(workspace_id)).toMatchObject({ lookup_key: 'premium_monthly_eur' })

    const yearly = stripe.account.prices.findIndex(({ lookup_key }) => lookup_key === 'premium_yearly_eur')
    const [missing] = stripe.account.prices.splice(yearly, 1)
    const asked = { workspace_id, price: 'premium_yearly_eur' }
    expect(await app.call('billing-change/preview', asked, token)).toMatchObject({
      status: 501,
      body: { error: { code: 'not_configured', details: 'price' } },
    })
    if (missing) stripe.account.prices.splice(yearly, 0, missing)
  })
})

describe('the portal', () => {
  it('cancels at the end of the period or at once, and keeps', async () => {
    const ada = await suite().buyer()
    await ada.buy()
    await ada.inPortal('cancel')
    expect((await subscriptionOf(ada.workspace))?.cancel_at).not.toBeNull()
    expect(await ada.plan()).toBe('premium')
    await ada.inPortal('keep')
    expect((await subscriptionOf(ada.workspace))?.cancel_at).toBeNull()
    await ada.inPortal('end')
    expect((await subscriptionOf(ada.workspace))?.status).toBe('canceled')
    expect(await ada.plan()).toBe('free')
    // And it is bought again, and again, as soon as somebody likes.
    for (let time = 0; time < 2; time += 1) {
      await ada.buy()
      expect(await ada.plan()).toBe('premium')
      await ada.inPortal('end')
    }
  })

  it('has nothing to show where nothing was ever bought', async () => {
    const { app } = suite()
    const ada = await suite().buyer()
    const body = { workspace_id: ada.workspace, return_url: page }
    expect(await app.call('billing-portal', body, ada.token)).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict' } },
    })
  })
})
