import type pg from 'pg'
import { expect } from 'vitest'
import { billingStateSchema } from '../../../types/billing.ts'
import { createCast, ours } from '../people/cast.ts'
import { type Actor, service } from './act.ts'
import { call } from './call.ts'

// Events and objects of Stripe in the form in which functions hand them to the database.

export const monthly = 'premium_monthly_eur'
export const yearly = 'premium_yearly_eur'

/** The customer of `ours` in these stories, and a subscription and an invoice of theirs. */
export const customer = 'cus_ours'
export const subscriptionId = 'sub_ours'

const today = Math.floor(Date.now() / 1000)

/** A time some days from now, to the second, as Stripe tells times; in one run the same for the same days. */
export const inDays = (days: number) => new Date(Math.floor(today + days * 86_400) * 1000).toISOString()

/** A subscription; what is not given is that of one that is paid for this month. */
export const subscription = (changes: Record<string, unknown> = {}) => ({
  id: subscriptionId,
  customer,
  status: 'active',
  livemode: false,
  items: [item()],
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  ended_at: null,
  trial_end: null,
  pause_collection: null,
  ...changes,
})

export const item = (changes: Record<string, unknown> = {}) => ({
  id: 'si_ours',
  price: 'price_monthly',
  lookup_key: monthly,
  currency: 'eur',
  interval: 'month',
  unit_amount: 1900,
  quantity: 1,
  current_period_start: inDays(-1),
  current_period_end: inDays(29),
  ...changes,
})

export const invoice = (changes: Record<string, unknown> = {}) => ({
  id: 'in_ours',
  customer,
  subscription: subscriptionId,
  number: 'OURS-0001',
  status: 'paid',
  currency: 'eur',
  total: 1900,
  amount_due: 1900,
  amount_paid: 1900,
  amount_refunded: 0,
  created: inDays(-1),
  due_date: null,
  paid_at: inDays(-1),
  hosted_invoice_url: 'https://invoice.stripe.com/i/ours',
  invoice_pdf: 'https://pay.stripe.com/invoice/ours/pdf',
  ...changes,
})

let events = 0
const nextEvent = () => {
  events += 1
  return `evt_${events}`
}

/** An event as it arrives; what is not given is that a subscription of `ours` changed. */
export const event = (changes: Record<string, unknown> = {}) => ({
  id: nextEvent(),
  type: 'customer.subscription.updated',
  created: inDays(0),
  livemode: false,
  account: null,
  customer,
  subscription: subscriptionId,
  invoice: null,
  charge: null,
  ...changes,
})

export interface Claim {
  state: 'claimed' | 'applied' | 'ignored'
  ticket: number | null
  reason: string | null
}

export interface Applied {
  state: 'applied' | 'ignored'
  changed: string[]
}

export const keepCustomer = (client: pg.Client, id = customer, workspace = ours, livemode = false) =>
  call<string>(client, service, 'keep_billing_customer', [workspace, id, livemode])

/** The cast, in which `ours` is a customer of Stripe. */
export async function castWithCustomer(client: pg.Client): Promise<void> {
  await createCast(client)
  await keepCustomer(client)
}

export const claim = (client: pg.Client, told: unknown) =>
  call<Claim>(client, service, 'claim_billing_event', [JSON.stringify(told)])

export const apply = (client: pg.Client, id: string, ticket: number | null, objects: unknown) =>
  call<Applied>(client, service, 'apply_billing_event', [id, ticket, JSON.stringify(objects)])

/** An event that arrives and leads to these objects. */
export async function deliver(client: pg.Client, objects: unknown, changes: Record<string, unknown> = {}) {
  const told = event(changes)
  const { state, ticket } = await claim(client, told)
  return state === 'claimed' ? apply(client, told.id, ticket, objects) : { state, changed: [] }
}

/** What a workspace is on, past every policy. */
export async function planOf(client: pg.Client, workspace = ours): Promise<string> {
  const { rows } = await client.query('select plan_type from public.workspaces where id = $1', [workspace])
  return rows[0]?.plan_type
}

/** All that is known of what was bought and who has what, past every policy. */
export const everything = async (client: pg.Client) =>
  (
    await client.query(
      `select (select jsonb_agg(to_jsonb(s) order by s.id) from public.subscriptions s) as subscriptions,
         (select jsonb_agg(to_jsonb(i) order by i.id) from public.invoices i) as invoices,
         (select jsonb_agg(to_jsonb(c) order by c.id) from private.billing_customers c) as customers,
         (select jsonb_agg(to_jsonb(x) order by x.id) from private.checkout_sessions x) as checkouts,
         (select jsonb_agg(jsonb_build_array(w.id, w.plan_type) order by w.id) from public.workspaces w) as plans`,
    )
  ).rows[0]

/** How an event is recorded, past every policy. */
export const eventRow = async (client: pg.Client, id: string) =>
  (await client.query('select state, reason, attempts from private.billing_events where id = $1', [id]))
    .rows[0]

/** What a workspace bought, as an actor learns it. */
export const billingStateOf = async (client: pg.Client, actor: Actor, workspace = ours) =>
  billingStateSchema.parse(await call(client, actor, 'billing_state', [workspace]))

/** What `ours` has of a plan, past every policy; undefined where it neither bought nor was given one. */
export const period = async (client: pg.Client) => {
  const { rows } = await client.query('select * from private.billing_periods(array[$1])', [ours])
  expect(rows.length).toBeLessThanOrEqual(1)
  return rows[0]
}

/** What the job does: who has which plan once something ended by itself. */
export const keepDuePlans = async (client: pg.Client) =>
  (await client.query('select private.keep_due_plans(10) as n')).rows[0]?.n

/** Gives a plan, as the server. */
export const grant = (client: pg.Client, plan: unknown, until: unknown, reason: unknown, workspace = ours) =>
  call<void>(client, service, 'grant_plan', [workspace, plan, until, reason])

/** Lets what ends by itself end. */
export const letEnd = (client: pg.Client) =>
  client.query(
    `update public.subscriptions set current_period_start = current_period_start - interval '8 days';
     update private.plan_grants set granted_until = now() - interval '1 second' where granted_until is not null;
     update private.workspace_plans set changes_at = now() - interval '1 second' where changes_at is not null`,
  )
