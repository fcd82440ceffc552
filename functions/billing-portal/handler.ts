import { type BillingPage, portalRequestSchema } from '../../types/billing-functions.ts'
import type { Dependencies } from '../_shared/dependencies.ts'
import { endpoint } from '../_shared/endpoint.ts'
import { dataOf, functionError } from '../_shared/errors.ts'
import { type Handler, serveFunction } from '../_shared/serve.ts'
import { type ConnectStripe, findAtStripe, returnUrl } from '../_shared/stripe/index.ts'

export interface PortalDependencies extends Dependencies {
  connect: ConnectStripe
}

/** Leads who manages billing to Stripe's own pages: ways to pay, invoices, canceling and going on. */
export function createHandler({ connect, ...dependencies }: PortalDependencies): Handler {
  return serveFunction(dependencies, {
    'POST /': endpoint({
      body: portalRequestSchema,
      limit: { name: 'person', quota: 20, window: 60 },
      async handle({ body: { workspace_id, return_url }, supabase }): Promise<BillingPage> {
        const page = returnUrl(return_url, dependencies.allowedOrigins)
        const { stripe } = connect()
        const { customerId: customer } = dataOf(await supabase().rpc('billing_state', { workspace_id })) ?? {}
        if (!customer)
          throw functionError('conflict', 'Nothing was ever bought for this workspace.', {
            hint: 'Offer the checkout (billing-checkout).',
          })
        const session = await findAtStripe(() =>
          stripe.billingPortal.sessions.create({ customer, return_url: page }),
        )
        if (session) return { url: session.url }
        // Nothing is written: the checkout makes another customer, where none is paid for, and the comparison ends it.
        throw functionError('conflict', 'Stripe no longer has the customer of this workspace.', {
          details: 'customer',
          hint: 'Offer the checkout (billing-checkout); where it refuses, an operator compares with Stripe.',
        })
      },
    }),
  })
}
