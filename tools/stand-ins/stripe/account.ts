import { Stripe } from 'stripe'
import type { Deliveries } from './deliveries.ts'
import { found, missing } from './errors.ts'
import { newId } from './objects/ids.ts'
import { makePrice, type PriceOfPlan } from './objects/price.ts'
import type { StandInEvent, Store, StripeState } from './state.ts'

/** The account at Stripe that is played: what it has, and what tells of its changes. */
export interface Account {
  /** Whether every call of the API fails, as on a bad day of Stripe's. */
  isAway: boolean
  state: StripeState
  prices: Stripe.Price[]
  /** Where its pages are. */
  url: string
  /** Seconds, as Stripe counts them. */
  now(): number
  emit(type: Stripe.Event.Type, object: object): void
  /** Each by its id, and by the parameter that names it where it does not stand in the address. */
  customer(id: string, param?: string): Stripe.Customer
  subscription(id: string, param?: string): Stripe.Subscription
  price(id: string, param?: string): Stripe.Price
}

const mostEvents = 500

export function openAccount(
  { state, save }: Store,
  deliveries: Deliveries,
  { url, prices }: { url: string; prices: PriceOfPlan[] },
): Account {
  const all = prices.map(makePrice)
  const now = () => Math.floor(Date.now() / 1000)
  return {
    isAway: false,
    state,
    prices: all,
    url,
    now,
    emit(type, object) {
      const event: StandInEvent = {
        id: newId('evt'),
        object: 'event',
        api_version: Stripe.API_VERSION,
        created: now(),
        // As it is now: what becomes of the object later is another event's.
        data: { object: structuredClone(object) },
        livemode: false,
        pending_webhooks: 1,
        request: null,
        type,
      }
      state.events = [...state.events.slice(1 - mostEvents), event]
      save()
      deliveries.send(event)
    },
    customer(id, param) {
      const customer = found(state.customers, 'customer', id, param)
      if (customer.deleted) throw missing('customer', id, param)
      return customer
    },
    subscription: (id, param) => found(state.subscriptions, 'subscription', id, param),
    price(id, param) {
      const price = all.find((one) => one.id === id)
      if (!price) throw missing('price', id, param)
      return price
    },
  }
}
