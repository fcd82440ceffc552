import type { Stripe } from 'stripe'
import { listOf } from '../objects/list.ts'

/** A page of a list, latest first, as every list of Stripe is read. */
export function pageOf<Item extends { id: string }>(
  all: Item[],
  url: string,
  { limit, starting_after: after }: { limit: number; starting_after?: string | undefined },
): Stripe.ApiList<Item> {
  const latestFirst = all.toReversed()
  const start = after === undefined ? 0 : latestFirst.findIndex(({ id }) => id === after) + 1
  return listOf(latestFirst.slice(start, start + limit), url, latestFirst.length > start + limit)
}
