import { afterAll, beforeAll, expect } from 'vitest'
import { freePorts } from '../../../local/stack/index.ts'
import { type StripeStandIn, startStripeStandIn } from '../../../tools/stand-ins/index.ts'
import type { Person } from '../http/front-end.ts'
import type { TestGatewayOptions } from '../http/gateway.ts'
import { type ServedProject, serveProject } from './served-functions.ts'

export interface BillingSuite {
  app: ServedProject
  stripe: StripeStandIn
  /** Somebody with a workspace that nobody pays for. */
  buyer(name?: string): Promise<Buyer>
  /** What is stored of an object of Stripe. */
  row(table: 'subscriptions' | 'invoices', id: string): Promise<Record<string, unknown> | undefined>
}

/** Somebody who manages the billing of a workspace. */
export interface Buyer extends Person {
  workspace: string
  token: string
  /** The page on which a price is paid. */
  checkout(price?: string): Promise<string>
  /** Pays on a page, and waits until the project was told. */
  pay(url: string, action?: 'paid' | 'failed' | 'abandoned'): Promise<Response>
  /** Buys premium: returns the id of the subscription. */
  buy(price?: string): Promise<string>
  /** Does something in the portal, and waits until the project was told. */
  inPortal(action: string): Promise<void>
  plan(): Promise<string | undefined>
}

export const page = 'https://app.example.com/billing'

/** The functions of billing on the Deno of hosted Supabase, the project behind them, and Stripe, played. */
export function billingSuite(
  options: TestGatewayOptions = {},
  allowedOrigin = 'https://app.example.com',
): () => BillingSuite {
  let suite: BillingSuite
  beforeAll(async () => {
    let stripe: StripeStandIn | undefined
    const app = await serveProject(async (url) => {
      const [port = 0] = await freePorts(1)
      const target = `${url}/functions/v1/stripe-webhook`
      stripe = await startStripeStandIn({ port, target, retryAfter: [50, 200, 500, 1000] })
      return { ...stripe.variables, ALLOWED_ORIGINS: allowedOrigin }
    }, options)
    if (!stripe) throw new Error('The stand-in did not start.')
    suite = {
      app,
      stripe,
      buyer: (name) => newBuyer(suite, name),
      async row(table, id) {
        const { rows } = await app.server.query(`select * from public.${table} where id = $1`, [id])
        return rows[0]
      },
    }
  }, 90_000)
  afterAll(async () => {
    await suite.stripe.stop()
    await suite.app[Symbol.asyncDispose]()
  })
  return () => suite
}

async function newBuyer({ app, stripe }: BillingSuite, name = 'Ada'): Promise<Buyer> {
  const person = await app.signUp(name)
  const workspace = await app.createWorkspace(person)
  const { data } = await person.supabase.auth.getSession()
  const token = data.session?.access_token ?? ''
  const post = (url: string, action: string) =>
    fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ action }) })
  const urlOf = async (path: string, body: object) => {
    const answer = await app.call(path, body, token)
    expect(answer, JSON.stringify([answer, app.lines.slice(-5)])).toMatchObject({ status: 200 })
    return (answer.body as { url: string }).url
  }
  const buyer: Buyer = {
    ...person,
    workspace,
    token,
    checkout: (price = 'premium_monthly_eur') =>
      urlOf('billing-checkout', { workspace_id: workspace, price, return_url: page }),
    async pay(url, action = 'paid') {
      const response = await post(url, action)
      await stripe.deliveries.settled()
      return response
    },
    async buy(price) {
      const url = await buyer.checkout(price)
      await buyer.pay(url)
      return String(stripe.account.state.sessions[url.split('/').at(-1) ?? '']?.subscription)
    },
    async inPortal(action) {
      await post(await urlOf('billing-portal', { workspace_id: workspace, return_url: page }), action)
      await stripe.deliveries.settled()
    },
    async plan() {
      const { rows } = await app.server.query('select plan_type from public.workspaces where id = $1', [
        workspace,
      ])
      return rows[0]?.plan_type
    },
  }
  return buyer
}
