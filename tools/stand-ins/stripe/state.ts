import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Stripe } from 'stripe'
import type { CheckoutPlan } from './objects/session.ts'

/** An event as it is sent; of its many types those that this stand-in knows carry these objects. */
export interface StandInEvent extends Omit<Stripe.EventBase, 'data'> {
  data: { object: object }
}

/** All that the stand-in remembers, by id. */
export interface StripeState {
  /** What it signs with. */
  secret: string
  customers: Record<string, Stripe.Customer | Stripe.DeletedCustomer>
  subscriptions: Record<string, Stripe.Subscription>
  invoices: Record<string, Stripe.Invoice>
  invoicePayments: Record<string, Stripe.InvoicePayment>
  intents: Record<string, Stripe.PaymentIntent>
  charges: Record<string, Stripe.Charge>
  refunds: Record<string, Stripe.Refund>
  disputes: Record<string, Stripe.Dispute>
  sessions: Record<string, Stripe.Checkout.Session>
  /** What is bought on each page of Checkout. */
  plans: Record<string, CheckoutPlan>
  portals: Record<string, Stripe.BillingPortal.Session>
  /** Customers whose bank refuses. */
  declined: Record<string, true>
  events: StandInEvent[]
}

export interface Store {
  state: StripeState
  /** Writes what has changed, for the next start. */
  save(): void
}

/** @param file where the state is kept; without one it ends with the process */
export function openStore(file?: string): Store {
  const isThere = file !== undefined && existsSync(file)
  const state: StripeState = { ...emptyState(), ...(isThere && JSON.parse(readFileSync(file, 'utf8'))) }
  return {
    state,
    save() {
      if (file === undefined) return
      mkdirSync(dirname(file), { recursive: true })
      // In one step: who is stopped in the middle finds what was there before.
      writeFileSync(`${file}.next`, JSON.stringify(state), { mode: 0o600 })
      renameSync(`${file}.next`, file)
    },
  }
}

function emptyState(): StripeState {
  return {
    secret: `whsec_${randomBytes(24).toString('hex')}`,
    customers: {},
    subscriptions: {},
    invoices: {},
    invoicePayments: {},
    intents: {},
    charges: {},
    refunds: {},
    disputes: {},
    sessions: {},
    plans: {},
    portals: {},
    declined: {},
    events: [],
  }
}
