import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import type { Account } from '../account.ts'
import { StripeProblem } from '../errors.ts'
import { payCheckout } from '../subscribing.ts'
import { button, money, page } from './layout.ts'

/** The page on which somebody pays, fails to, or thinks better of it. */
export function checkoutPages(account: Account): Hono {
  const { state } = account
  const show = (c: Context, id: string, problem?: string) => {
    const session = state.sessions[id]
    const plan = state.plans[id]
    if (!session || !plan) return c.html(page('There is no such page'), 404)
    if (session.status !== 'open')
      return c.html(page('Checkout', html`<p>This page is over: it is ${session.status}.</p>`), 410)
    const price = account.price(plan.price)
    return c.html(
      page(
        'Checkout',
        html`<p>Premium, ${money(price.unit_amount, price.currency)} a ${price.recurring?.interval}.</p>`,
        html`<p>${plan.trialDays > 0 ? `${plan.trialDays} days are free. ` : ''}To pay now:
          <strong>${money(session.amount_total, session.currency)}</strong></p>`,
        html`${problem ? html`<p class="alert" role="alert">${problem}</p>` : ''}`,
        html`<form method="post">${button('paid', 'Pay')}${button('failed', 'The payment fails')}
          ${button('abandoned', 'Leave without paying')}</form>`,
      ),
    )
  }
  return new Hono()
    .get('/:id', (c) => show(c, c.req.param('id')))
    .post('/:id', async (c) => {
      const id = c.req.param('id')
      const session = state.sessions[id]
      const { action } = await c.req.parseBody()
      if (session?.status !== 'open') return show(c, id)
      if (action === 'abandoned') return c.redirect(session.cancel_url ?? '/', 303)
      if (action !== 'paid') return show(c, id, 'The card was declined. Nothing was paid.')
      try {
        payCheckout(account, session)
      } catch (error) {
        if (error instanceof StripeProblem) return show(c, id, error.message)
        throw error
      }
      return c.redirect(session.success_url ?? '/', 303)
    })
}
