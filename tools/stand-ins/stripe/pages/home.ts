import { Hono } from 'hono'
import { html } from 'hono/html'
import type { Account } from '../account.ts'
import type { Deliveries, Disorder } from '../deliveries.ts'
import { makePortalSession } from '../objects/session.ts'
import { button, page } from './layout.ts'

const disorders: Record<keyof Disorder, string> = {
  shuffled: 'Events arrive in any order',
  doubled: 'Events arrive twice',
  dropped: 'Events are lost',
}

/** Who has bought what, the last events, and what happens to events on their way. */
export function homePage(account: Account, { disorder }: Deliveries): Hono {
  const { state, url, now } = account
  return new Hono()
    .get('/', (c) =>
      c.html(
        page(
          'Stripe, played',
          html`<h2>Subscriptions</h2><ul>${Object.values(state.subscriptions).map(
            (one) => html`<li><form method="post" action="/portal">${one.id}: ${one.status}
              <button name="customer" value="${String(one.customer)}">Open the portal</button></form></li>`,
          )}</ul>`,
          html`<h2>Deliveries</h2><form method="post" action="/deliveries">${Object.entries(disorders).map(
            ([kind, label]) => button(kind, `${label}: ${disorder[kind as keyof Disorder] ? 'yes' : 'no'}`),
          )}</form>`,
          html`<h2>Last events</h2><ul>${state.events
            .slice(-20)
            .toReversed()
            .map(({ type, id }) => html`<li>${type} <small>${id}</small></li>`)}</ul>`,
        ),
      ),
    )
    .post('/deliveries', async (c) => {
      const { action } = await c.req.parseBody()
      const kind = Object.keys(disorders).find((one) => one === action) as keyof Disorder | undefined
      if (kind) disorder[kind] = !disorder[kind]
      return c.redirect('/', 303)
    })
    .post('/portal', async (c) => {
      const { customer } = await c.req.parseBody()
      const known = account.customer(String(customer))
      const session = makePortalSession(now(), url, { customer: known.id, return_url: `${url}/` })
      state.portals[session.id] = session
      return c.redirect(session.url, 303)
    })
    .get('/invoices/:id', (c) => {
      const invoice = state.invoices[c.req.param('id')]
      return invoice
        ? c.html(page(`Invoice ${invoice.number}`, html`<p>It is ${invoice.status}.</p>`))
        : c.html(page('There is no such invoice'), 404)
    })
}
