import { type BillingPage, checkoutRequestSchema } from '../../types/billing-functions.ts'
import type { Dependencies } from '../_shared/dependencies.ts'
import { endpoint } from '../_shared/endpoint.ts'
import { dataOf } from '../_shared/errors.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import { type Handler, serveFunction } from '../_shared/serve.ts'
import { type ConnectStripe, findPrice, returnUrl } from '../_shared/stripe/index.ts'
import type { Trace } from '../_shared/trace.ts'
import { customerOf } from './customer.ts'
import { closeSession, openSession, sessionToGoOn } from './session.ts'

export interface CheckoutDependencies extends Dependencies {
  /** Acts as the server, for what the database has been asked as the caller. */
  server(trace: Trace): SecretClient
  connect: ConnectStripe
}

/**
 * Leads who manages billing to the page of Stripe on which a plan is bought.
 *
 * Threats: a workspace that pays twice (one customer, one open page, and no page where a subscription lives); a page
 * that sends its buyer elsewhere (origins of the project alone). Who leaves a page has it closed, since a workspace
 * that can still be paid for is not deleted.
 */
export function createHandler({ connect, server, ...dependencies }: CheckoutDependencies): Handler {
  const { allowedOrigins } = dependencies
  const limit = { name: 'person', quota: 20, window: 60 }
  return serveFunction(dependencies, {
    'POST /': endpoint({
      body: checkoutRequestSchema,
      limit,
      async handle({ body, supabase, trace }): Promise<BillingPage> {
        const { workspace_id, price, return_url } = body
        const pages = {
          success: returnUrl(return_url, allowedOrigins, { checkout: 'done' }),
          cancel: returnUrl(return_url, allowedOrigins, { checkout: 'canceled' }),
        }
        const connection = connect()
        const begun = dataOf(
          await supabase().rpc('begin_checkout', {
            workspace_id,
            price,
            livemode: connection.livemode,
          }),
        )
        if (!begun) throw new Error('begin_checkout answered nothing.')
        const client = server(trace)
        const id = begun.openSession?.id
        const open = id && (await sessionToGoOn(connection, client, { workspace_id, id, price }))
        if (open) return { url: open }
        // First: an account that does not sell it may be another one, in which no customer of ours is to be looked for.
        const { id: priceId } = await findPrice(connection.stripe, price)
        const customer = await customerOf(connection, client, workspace_id, begun)
        return { url: await openSession(connection, client, { ...body, ...begun, priceId, customer, pages }) }
      },
    }),

    'POST /close': endpoint({
      body: checkoutRequestSchema.pick({ workspace_id: true }),
      limit,
      async handle({ body: { workspace_id }, supabase, trace }): Promise<void> {
        const { openCheckout } = dataOf(await supabase().rpc('billing_state', { workspace_id })) ?? {}
        if (openCheckout) await closeSession(connect(), server(trace), { workspace_id, id: openCheckout.id })
      },
    }),
  })
}
