import { beforeEach, expect, it } from 'vitest'
import {
  appliedBillingObjectsSchema,
  begunCheckoutSchema,
  billingComparisonSchema,
  billingStateSchema,
  claimedBillingEventSchema,
  openCheckoutSchema,
} from '../../../types/billing.ts'
import { event, inDays, invoice, subscription } from '../../support/database/billing.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about what was bought.

let app: FrontEnd
let ada: Person
let mia: Person
let eve: Person
let workspace_id: string
let customer_id: string

const people = endpointSuite()
const server = () => app.gateway.adminClient()
const refused = { status: 403, error: { code: '42501' } }

let workspaces = 0

beforeEach(async () => {
  ;({ app, ada, mia, eve, workspace_id } = people())
  workspaces += 1
  customer_id = `cus_${workspaces}`
  const { error } = await server().rpc('keep_billing_customer', {
    workspace_id,
    customer_id,
    livemode: false,
  })
  expect(error).toBeNull()
})

const bought = () => ({
  subscription: subscription({ id: `sub_${workspaces}`, customer: customer_id }),
  invoice: invoice({ id: `in_${workspaces}`, customer: customer_id, subscription: `sub_${workspaces}` }),
})

/** What Stripe tells of a subscription that is paid for. */
async function buy() {
  const told = event({ id: `evt_${workspaces}`, customer: customer_id })
  const claim = await server().rpc('claim_billing_event', { event: told })
  const { state, ticket } = claimedBillingEventSchema.parse(claim.data)
  expect(state).toBe('claimed')
  const { data } = await server().rpc('apply_billing_event', {
    event_id: told.id,
    ticket: ticket ?? 0,
    objects: bought(),
  })
  return { told, applied: appliedBillingObjectsSchema.parse(data) }
}

it('subscription get', async () => {
  await buy()
  const read = ({ supabase }: Person) =>
    supabase.from('subscriptions').select().match({ workspace_id }).order('updated_at', { ascending: false })
  expect((await read(ada)).data).toMatchObject([
    { status: 'active', lookup_key: 'premium_monthly_eur', cancel_at: null, grace_until: null },
  ])
  for (const other of [mia, eve]) expect(await read(other)).toMatchObject({ data: [], error: null })
  expect(await app.gateway.client().from('subscriptions').select()).toMatchObject({
    error: { code: '42501' },
  })
})

it('invoices list', async () => {
  await buy()
  const read = ({ supabase }: Person) =>
    supabase.from('invoices').select().match({ workspace_id }).order('created_at', { ascending: false })
  expect((await read(ada)).data).toMatchObject([
    { number: 'OURS-0001', status: 'paid', total: 1900, amount_refunded: 0, currency: 'eur' },
  ])
  for (const other of [mia, eve]) expect(await read(other)).toMatchObject({ data: [], error: null })
  expect(await app.gateway.client().from('invoices').select()).toMatchObject({ error: { code: '42501' } })
})

it('billing state', async () => {
  const ask = ({ supabase }: Person) => supabase.rpc('billing_state', { workspace_id })
  await buy()
  expect(billingStateSchema.parse((await ask(ada)).data)).toMatchObject({
    planType: 'premium',
    source: 'subscription',
    customerId: customer_id,
    subscription: { status: 'active', interval: 'month', unitAmount: 1900 },
  })
  expect(await ask(mia)).toMatchObject({ error: { code: 'permission_denied', details: 'billing.manage' } })
  expect(await ask(eve)).toMatchObject({ status: 404, error: { code: 'not_found' } })
})

it('billing begin', async () => {
  const ask = ({ supabase }: Person, price = 'premium_yearly_eur') =>
    supabase.rpc('begin_checkout', { workspace_id, price, livemode: false })
  expect(begunCheckoutSchema.parse((await ask(ada)).data)).toMatchObject({
    customerId: customer_id,
    trialDays: 14,
    openSession: null,
  })
  expect(await ask(ada, 'gold')).toMatchObject({ status: 400, error: { code: 'invalid_input' } })
  expect(await ask(mia)).toMatchObject({ error: { code: 'permission_denied' } })
  expect(await ask(eve)).toMatchObject({ error: { code: 'not_found' } })
  await buy()
  expect(await ask(ada)).toMatchObject({ status: 409, error: { code: 'conflict', details: 'subscription' } })
})

it('billing keep', async () => {
  const first = { workspace_id, customer_id: 'cus_later', livemode: false }
  expect((await server().rpc('keep_billing_customer', first)).data).toBe(customer_id)
  const session = {
    id: `cs_${workspaces}`,
    customer: customer_id,
    status: 'open',
    url: 'https://checkout.stripe.com/c/pay/1',
    lookup_key: 'premium_monthly_eur',
    expires_at: inDays(1),
  }
  const kept = await server().rpc('keep_checkout_session', { workspace_id, session })
  expect(openCheckoutSchema.parse(kept.data)).toMatchObject({ id: session.id, url: session.url })
  const strange = { ...session, id: 'cs_strange', customer: 'cus_strange' }
  expect(await server().rpc('keep_checkout_session', { workspace_id, session: strange })).toMatchObject({
    status: 409,
    error: { code: 'conflict', details: 'customer' },
  })
  const { supabase } = ada
  expect(await supabase.rpc('keep_billing_customer', first)).toMatchObject(refused)
  expect(await supabase.rpc('keep_checkout_session', { workspace_id, session })).toMatchObject(refused)
})

it('billing events', async () => {
  const { told, applied } = await buy()
  expect(applied).toEqual({ state: 'applied', changed: ['subscription', 'invoice'] })
  expect((await server().rpc('claim_billing_event', { event: told })).data).toMatchObject({
    state: 'applied',
  })
  const next = event({ id: `evt_next_${workspaces}`, customer: customer_id })
  const { ticket } = claimedBillingEventSchema.parse(
    (await server().rpc('claim_billing_event', { event: next })).data,
  )
  const of = (customer: string) => ({ ...bought(), invoice: invoice({ customer }) })
  const forged = { event_id: next.id, ticket: ticket ?? 0, objects: of('cus_strange') }
  expect(await server().rpc('apply_billing_event', forged)).toMatchObject({
    status: 409,
    error: { code: 'conflict', details: 'customer' },
  })
  const failed = { event_id: next.id, reason_code: 'conflict' }
  expect((await server().rpc('fail_billing_event', failed)).error).toBeNull()
  const { supabase } = ada
  expect(await supabase.rpc('claim_billing_event', { event: told })).toMatchObject(refused)
  expect(await supabase.rpc('apply_billing_event', forged)).toMatchObject(refused)
  expect(await supabase.rpc('fail_billing_event', failed)).toMatchObject(refused)
})

it('billing compare', async () => {
  const page = await server().rpc('billing_subscriptions_to_compare', { most: 100 })
  const { ticket, customers } = billingComparisonSchema.parse(page.data)
  expect(customers).toContainEqual({
    workspaceId: workspace_id,
    customerId: customer_id,
    livemode: false,
    subscriptions: [],
    invoices: {},
  })
  const repaired = await server().rpc('apply_billing_objects', { ticket, objects: bought() })
  expect(repaired.data).toEqual({ state: 'applied', changed: ['subscription', 'invoice'] })
  const ahead = { ticket: ticket + 1_000_000, objects: bought() }
  expect(await server().rpc('apply_billing_objects', ahead)).toMatchObject({
    error: { code: 'invalid_input' },
  })
  const { supabase } = ada
  expect(await supabase.rpc('billing_subscriptions_to_compare', {})).toMatchObject(refused)
  expect(await supabase.rpc('apply_billing_objects', ahead)).toMatchObject(refused)
})

it('plans grant', async () => {
  const grant = { workspace_id, plan: 'premium', until: inDays(30), reason: 'A partner' }
  expect((await server().rpc('grant_plan', grant)).error).toBeNull()
  const read = () => ada.supabase.from('workspaces').select('plan_type').eq('id', workspace_id).single()
  expect((await read()).data).toEqual({ plan_type: 'premium' })
  expect(await server().rpc('grant_plan', { ...grant, reason: '' })).toMatchObject({
    error: { code: 'invalid_input', details: 'reason' },
  })
  expect(await server().rpc('grant_plan', { ...grant, workspace_id: 'WK-ZZZZZZZZZ' })).toMatchObject({
    error: { code: 'not_found' },
  })
  const { supabase } = ada
  expect(await supabase.rpc('grant_plan', grant)).toMatchObject(refused)
})
