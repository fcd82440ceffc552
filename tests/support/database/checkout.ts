import type pg from 'pg'
import { begunCheckoutSchema, type OpenCheckout } from '../../../types/billing.ts'
import { ours } from '../people/cast.ts'
import { type Actor, service } from './act.ts'
import { customer, inDays, monthly } from './billing.ts'
import { call } from './call.ts'

// The checkouts of a workspace as their functions give them; of `ours` unless it says otherwise.

/** What a function needs to open a page of Stripe. */
export const begin = async (client: pg.Client, actor: Actor, key: unknown = monthly, workspace = ours) =>
  begunCheckoutSchema.parse(await call(client, actor, 'begin_checkout', [workspace, key]))

/** An open session of Stripe for the customer of `ours`; what is not given is that of one that was begun now. */
export const session = (changes: Record<string, unknown> = {}) => ({
  id: 'cs_1',
  customer,
  status: 'open',
  url: 'https://checkout.stripe.com/c/pay/cs_1',
  lookup_key: monthly,
  expires_at: inDays(1),
  ...changes,
})

/** Keeps a session, as the server; gives the one that is open then. */
export const keep = (client: pg.Client, told: unknown, workspace = ours) =>
  call<OpenCheckout | null>(client, service, 'keep_checkout_session', [workspace, JSON.stringify(told)])
