import type { Stripe } from 'stripe'
import { newId } from './ids.ts'

export function makeCustomer(
  now: number,
  { name, email, metadata = {} }: { name?: string; email?: string; metadata?: Stripe.Metadata },
): Stripe.Customer {
  return {
    id: newId('cus'),
    object: 'customer',
    balance: 0,
    created: now,
    default_source: null,
    description: null,
    email: email ?? null,
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata,
    name: name ?? null,
    shipping: null,
  }
}
