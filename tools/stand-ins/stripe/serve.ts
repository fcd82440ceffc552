import { once } from 'node:events'
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { type Account, openAccount } from './account.ts'
import { stripeApi } from './api.ts'
import { createDeliveries, type Deliveries, type DeliveryOptions } from './deliveries.ts'
import { StripeProblem } from './errors.ts'
import type { PriceOfPlan } from './objects/price.ts'
import { checkoutPages } from './pages/checkout.ts'
import { homePage } from './pages/home.ts'
import { portalPages } from './pages/portal.ts'
import { prices as pricesOfPlans } from './prices.ts'
import { openStore } from './state.ts'

export interface StandInOptions extends Pick<DeliveryOptions, 'retryAfter' | 'say'> {
  port: number
  /** Where events are sent: the function that takes them. */
  target: string
  /** Where the state is kept over a restart. Default: it is not. */
  file?: string
  prices?: PriceOfPlan[]
}

/** Stripe, played on a port of this machine. */
export interface StripeStandIn {
  url: string
  account: Account
  deliveries: Deliveries
  /** What functions need to take it for Stripe. */
  variables: Record<string, string>
  stop(): Promise<void>
}

/** Any key of the test mode is taken. */
const key = 'sk_test_standin'

/** What functions need to take the stand-in for Stripe, before it runs. */
export function standInVariables({
  port,
  file,
}: Pick<StandInOptions, 'port' | 'file'>): Record<string, string> {
  const store = openStore(file)
  store.save()
  return variablesOf(port, store.state.secret)
}

export async function startStripeStandIn(options: StandInOptions): Promise<StripeStandIn> {
  const { port, file, prices = pricesOfPlans } = options
  const url = `http://127.0.0.1:${port}`
  const store = openStore(file)
  const { secret } = store.state
  const deliveries = createDeliveries({
    ...options,
    secret,
    settle(event) {
      event.pending_webhooks = 0
      store.save()
    },
  })
  const account = openAccount(store, deliveries, { url, prices })
  const app = new Hono()
    .route('/v1', stripeApi(account))
    .route('/checkout', checkoutPages(account))
    .route('/portal', portalPages(account))
    .route('/', homePage(account, deliveries))
    .onError((error, c) => {
      if (error instanceof StripeProblem) return c.json(error.body, error.status)
      console.error('The stand-in for Stripe:', error)
      return c.json({ error: { type: 'api_error', message: 'The stand-in failed.' } }, 500)
    })
  const server = serve({ hostname: '127.0.0.1', port, fetch: app.fetch }) as Server
  await once(server, 'listening')
  // What was on its way when it was stopped.
  for (const event of store.state.events) if (event.pending_webhooks > 0) deliveries.send(event)
  return {
    url,
    account,
    deliveries,
    variables: variablesOf(port, secret),
    async stop() {
      deliveries.stop()
      store.save()
      server.close()
      server.closeAllConnections()
    },
  }
}

function variablesOf(port: number, secret: string): Record<string, string> {
  return {
    STRIPE_SECRET_KEY: key,
    STRIPE_API_URL: `http://127.0.0.1:${port}`,
    STRIPE_WEBHOOK_SECRETS: secret,
  }
}
