import { Stripe } from 'stripe'
import type { Deliveries } from './deliveries.ts'
import { missing } from './errors.ts'
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
  customer(id: string): Stripe.Customer
  subscription(id: string): Stripe.Subscription
  price(id: string): Stripe.Price
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
    customer(id) {
      const found = state.customers[id]
      if (!found || found.deleted) throw missing('customer', id)
      return found
    },
    subscription(id) {
      const found = state.subscriptions[id]
      if (!found) throw missing('subscription', id)
      return found
    },
    price(id) {
      const found = all.find((price) => price.id === id)
      if (!found) throw missing('price', id)
      return found
    },
  }
}
