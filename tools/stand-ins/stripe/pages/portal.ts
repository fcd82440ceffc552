import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import type { Stripe } from 'stripe'
import type { Account } from '../account.ts'
import { StripeProblem } from '../errors.ts'
import { payOpenInvoices } from '../invoicing.ts'
import { cancelAtPeriodEnd, cancelNow, changePrice, goOn, renew } from '../subscribing.ts'
import { button, money, page } from './layout.ts'

/** What somebody can do with what they bought, and what time and their bank do to it. */
export function portalPages(account: Account): Hono {
  const { state } = account
  const latestOf = (customer: string) =>
    Object.values(state.subscriptions)
      .filter((one) => one.customer === customer)
      .at(-1)

  const show = (c: Context, session: Stripe.BillingPortal.Session, problem?: string) => {
    const subscription = latestOf(session.customer)
    const invoices = Object.values(state.invoices).filter((one) => one.customer === session.customer)
    return c.html(
      page(
        'Billing portal',
        html`${problem ? html`<p class="alert" role="alert">${problem}</p>` : ''}`,
        html`${subscription ? subscriptionOf(account, subscription) : html`<p>Nothing is bought.</p>`}`,
        html`<h2>Invoices</h2><ul>${invoices.map(
          (one) => html`<li>${one.number}: ${money(one.total, one.currency)}, ${one.status}</li>`,
        )}</ul>`,
        html`<p><a href="${session.return_url ?? '/'}">Back</a></p>`,
      ),
    )
  }
  return new Hono()
    .get('/:id', (c) => {
      const session = state.portals[c.req.param('id')]
      return session ? show(c, session) : c.html(page('There is no such page'), 404)
    })
    .post('/:id', async (c) => {
      const session = state.portals[c.req.param('id')]
      const subscription = session && latestOf(session.customer)
      if (!session || !subscription) return c.html(page('There is no such page'), 404)
      const { action } = await c.req.parseBody()
      try {
        const [what = '', price = ''] = String(action).split(':')
        actions[what]?.(account, subscription, price)
      } catch (error) {
        if (error instanceof StripeProblem) return show(c, session, error.message)
        throw error
      }
      return c.redirect(`/portal/${session.id}`, 303)
    })
}

type Action = (account: Account, subscription: Stripe.Subscription, price: string) => void

const actions: Record<string, Action> = {
  cancel: cancelAtPeriodEnd,
  end: cancelNow,
  keep: goOn,
  renew,
  pay: payOpenInvoices,
  change: (account, subscription, price) =>
    changePrice(account, subscription, account.price(price), account.now()),
  decline({ state }, { customer }) {
    state.declined[String(customer)] = true
  },
  accept({ state }, { customer }) {
    delete state.declined[String(customer)]
  },
}

function subscriptionOf(account: Account, subscription: Stripe.Subscription) {
  const [item] = subscription.items.data
  if (!item) return html``
  const { status, cancel_at: cancelAt } = subscription
  const others = account.prices.filter(
    ({ id, currency }) => id !== item.price.id && currency === item.price.currency,
  )
  const isDeclined = account.state.declined[String(subscription.customer)] === true
  const date = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 10)
  const { unit_amount: amount, currency, recurring } = item.price
  return html`<dl>
    <dt>Plan</dt><dd>Premium, ${money(amount, currency)} a ${recurring?.interval}</dd>
    <dt>Status</dt><dd>${status}${cancelAt ? `, ends on ${date(cancelAt)}` : ''}</dd>
    <dt>Period ends</dt><dd>${date(item.current_period_end)}</dd></dl>
    ${
      status === 'canceled'
        ? ''
        : html`<form method="post">
      ${cancelAt ? button('keep', 'Keep it') : button('cancel', 'Cancel at the end of the period')}
      ${button('end', 'Cancel now')}
      ${others.map(({ id, unit_amount: cost, recurring: every }) =>
        button(`change:${id}`, `Change to ${money(cost, currency)} a ${every?.interval}`),
      )}</form>
      <h2>What else may happen</h2>
      <form method="post">${button('renew', 'The period ends')}
      ${isDeclined ? button('accept', 'Payments succeed again') : button('decline', 'Payments fail from now on')}
      ${status === 'past_due' ? button('pay', 'Pay what is open') : ''}</form>`
    }`
}
