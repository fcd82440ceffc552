import { beforeEach, expect, it } from 'vitest'
import { begunCheckoutSchema, billingStateSchema } from '../../../types/billing.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about paying, as far as the database answers: what the functions make of it with Stripe
// is in tests/functions/billing.

let app: FrontEnd
let ada: Person
let mia: Person
let eve: Person
let workspace_id: string

const people = endpointSuite()
beforeEach(() => {
  ;({ app, ada, mia, eve, workspace_id } = people())
})
const price = 'premium_monthly_eur'
const customer_id = () => `cus_${crypto.randomUUID().replaceAll('-', '')}`

it('checkout', async () => {
  const begin = (by: Person, key = price) => by.supabase.rpc('begin_checkout', { workspace_id, price: key })
  expect(begunCheckoutSchema.parse((await begin(ada)).data)).toMatchObject({
    workspaceName: 'Studio',
    email: ada.email,
    customerId: null,
    openSession: null,
  })
  expect((await begin(mia)).error).toMatchObject({ code: 'permission_denied' })
  expect((await begin(eve)).error).toMatchObject({ code: 'not_found' })
  expect((await begin(ada, 'unheard_of')).error).toMatchObject({
    code: 'invalid_input',
    details: 'price',
  })
})

it('checkout close', async () => {
  const state = (by: Person) => by.supabase.rpc('billing_state', { workspace_id })
  const customer = customer_id()
  const server = app.gateway.adminClient()
  await server
    .rpc('keep_billing_customer', { workspace_id, customer_id: customer, livemode: false })
    .throwOnError()
  const id = `cs_${customer}`
  const keep = (status: string) =>
    server
      .rpc('keep_checkout_session', {
        workspace_id,
        session: { id, customer, status, url: 'https://pay.example.com/', lookup_key: price },
      })
      .throwOnError()
  await keep('open')
  const { openCheckout } = billingStateSchema.parse((await state(ada)).data)
  expect(openCheckout).toMatchObject({ id, url: 'https://pay.example.com/', lookupKey: price })
  expect((await state(mia)).error).toMatchObject({ code: 'permission_denied' })
  // What the function tells, once Stripe has closed it.
  await keep('expired')
  expect(billingStateSchema.parse((await state(ada)).data)).toMatchObject({ openCheckout: null })
})

it('portal', async () => {
  const state = (by: Person) => by.supabase.rpc('billing_state', { workspace_id })
  expect(billingStateSchema.parse((await state(ada)).data)).toMatchObject({ customerId: null })
  const id = customer_id()
  await app.gateway
    .adminClient()
    .rpc('keep_billing_customer', { workspace_id, customer_id: id, livemode: false })
    .throwOnError()
  expect((await state(ada)).data).toMatchObject({ customerId: id })
  expect((await state(mia)).error).toMatchObject({ code: 'permission_denied' })
  expect((await state(eve)).error).toMatchObject({ code: 'not_found' })
})

it('change', async () => {
  const state = (by: Person) => by.supabase.rpc('billing_state', { workspace_id })
  expect(billingStateSchema.parse((await state(ada)).data)).toMatchObject({
    planType: 'free',
    subscription: null,
  })
  expect((await state(mia)).error).toMatchObject({ code: 'permission_denied' })
})

it('billing repair', async () => {
  const server = app.gateway.adminClient()
  const after = customer_id()
  await server.rpc('request_billing_comparison', { after }).throwOnError()
  expect((await server.rpc('request_billing_comparison', { after: 'not an id' })).error).toMatchObject({
    code: 'invalid_input',
    details: 'after',
  })
  expect((await ada.supabase.rpc('request_billing_comparison' as never)).error).toMatchObject({
    code: '42501',
  })
})
