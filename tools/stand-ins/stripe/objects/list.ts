import type { Stripe } from 'stripe'

/** A list, or a page of one, as Stripe answers it. */
export function listOf<Item>(data: Item[], url: string, hasMore = false): Stripe.ApiList<Item> {
  return { object: 'list', data, has_more: hasMore, url }
}
