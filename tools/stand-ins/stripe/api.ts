import { Hono } from 'hono'
import type { Account } from './account.ts'
import { StripeProblem } from './errors.ts'
import { idempotency } from './idempotency.ts'
import { checkoutRoutes } from './routes/checkout.ts'
import { customerRoutes } from './routes/customers.ts'
import { invoicePaymentRoutes, invoiceRoutes } from './routes/invoices.ts'
import { eventRoutes, listedRoutes, portalRoutes, priceRoutes, readRoutes } from './routes/others.ts'
import { subscriptionRoutes } from './routes/subscriptions.ts'

/** The routes of Stripe's API that are played here. Everything else is refused as Stripe refuses it. */
export function stripeApi(account: Account): Hono {
  const { state } = account
  const api = new Hono()
  api.use(async (c, next) => {
    if (!/^Bearer (sk|rk)_test_\w+$/.test(c.req.header('authorization') ?? ''))
      throw new StripeProblem(401, 'invalid_request_error', 'Invalid API Key provided.')
    return next()
  })
  api.use(async (_c, next) => {
    if (account.isAway) throw new StripeProblem(500, 'api_error', 'Stripe is away.')
    return next()
  })
  api.use(idempotency())
  api.route('/customers', customerRoutes(account))
  api.route('/checkout/sessions', checkoutRoutes(account))
  api.route('/subscriptions', subscriptionRoutes(account))
  api.route('/prices', priceRoutes(account))
  api.route('/invoices', invoiceRoutes(account))
  api.route('/invoice_payments', invoicePaymentRoutes(account))
  api.route('/billing_portal', portalRoutes(account))
  api.route('/events', eventRoutes(account))
  api.route('/charges', readRoutes(state.charges, 'charge'))
  api.route('/refunds', listedRoutes(state.refunds, 'refund'))
  api.route('/disputes', listedRoutes(state.disputes, 'dispute'))
  api.all('*', (c) => {
    throw new StripeProblem(
      404,
      'invalid_request_error',
      `Unrecognized request URL (${c.req.method}: ${c.req.path}): the stand-in has no such route.`,
    )
  })
  return api
}
