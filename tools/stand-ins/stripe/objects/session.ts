import type { Stripe } from 'stripe'
import { newId } from './ids.ts'

/** What is kept of a page of Checkout beside what Stripe tells of it. */
export interface CheckoutPlan {
  price: string
  trialDays: number
  metadata: Stripe.Metadata
}

export function makeCheckoutSession(
  now: number,
  url: string,
  given: Pick<
    Stripe.Checkout.Session,
    'customer' | 'success_url' | 'cancel_url' | 'client_reference_id' | 'expires_at'
  > & {
    price: Stripe.Price
    trialDays: number
  },
): Stripe.Checkout.Session {
  const id = newId('cs_test')
  const amount = given.trialDays > 0 ? 0 : (given.price.unit_amount ?? 0)
  return {
    id,
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: true,
    allowed_payment_method_types: null,
    amount_subtotal: amount,
    amount_total: amount,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: given.cancel_url,
    client_reference_id: given.client_reference_id,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: now,
    currency: given.price.currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: given.customer,
    customer_account: null,
    customer_creation: null,
    customer_details: null,
    customer_email: null,
    discounts: [],
    expires_at: given.expires_at,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: null,
    managed_payments: null,
    metadata: {},
    mode: 'subscription',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'always',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: null,
    subscription: null,
    success_url: given.success_url,
    tax_id_collection: { enabled: true, required: 'never' },
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: null,
    url: `${url}/checkout/${id}`,
    wallet_options: null,
  }
}

export function makePortalSession(
  now: number,
  url: string,
  { customer, return_url }: { customer: string; return_url: string },
): Stripe.BillingPortal.Session {
  const id = newId('bps')
  return {
    id,
    object: 'billing_portal.session',
    configuration: 'bpc_stand_in',
    created: now,
    customer,
    customer_account: null,
    flow: null,
    livemode: false,
    locale: null,
    on_behalf_of: null,
    return_url,
    url: `${url}/portal/${id}`,
  }
}
