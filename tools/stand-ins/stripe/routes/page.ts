import type { Stripe } from 'stripe'
import { missing } from '../errors.ts'
import { listOf } from '../objects/list.ts'

/**
 * A page of a list, latest first, as every list of Stripe is read.
 *
 * @param what is listed, in the words of Stripe
 * @throws {StripeProblem} resource_missing, for a page after what is not in the list
 */
export function pageOf<Item extends { id: string }>(
  all: Item[],
  { what, url }: { what: string; url: string },
  { limit, starting_after: after }: { limit: number; starting_after?: string | undefined },
): Stripe.ApiList<Item> {
  const latestFirst = all.toReversed()
  const start = after === undefined ? 0 : latestFirst.findIndex(({ id }) => id === after) + 1
  if (after !== undefined && start === 0) throw missing(what, after, 'starting_after')
  return listOf(latestFirst.slice(start, start + limit), url, latestFirst.length > start + limit)
}
