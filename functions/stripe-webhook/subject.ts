import { idOf } from '../_shared/stripe/index.ts'
import type { StripeEvent } from './signature.ts'

/** The ids of what an event is about. */
export interface Subject {
  customer: string | null
  subscription: string | null
  invoice: string | null
  charge: string | null
  checkout_session: string | null
  dispute: string | null
}

type Reference = string | { id: string } | null | undefined

/** The fields of Stripe's objects that name other objects, in whichever of them. */
interface Referring {
  object?: string
  id?: string
  customer?: Reference
  subscription?: Reference
  invoice?: Reference
  charge?: Reference
  parent?: { subscription_details?: { subscription?: Reference } | null } | null
}

/**
 * Reads the ids alone. An event keeps the form of the API version that the account had, so every place is looked at in
 * which a version names its subscription; whatever an event says beyond that is asked of Stripe.
 */
export function subjectOf({ data }: StripeEvent): Subject {
  const one = data.object as Referring
  const own = (object: string) => (one.object === object ? idOf(one.id) : null)
  return {
    customer: own('customer') ?? idOf(one.customer),
    subscription:
      own('subscription') ?? idOf(one.subscription) ?? idOf(one.parent?.subscription_details?.subscription),
    invoice: own('invoice') ?? idOf(one.invoice),
    charge: own('charge') ?? idOf(one.charge),
    checkout_session: own('checkout.session'),
    dispute: own('dispute'),
  }
}
