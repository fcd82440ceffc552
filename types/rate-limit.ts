import * as z from 'zod'

/**
 * What a server charges, for itself and in this order: the argument of `charge_rate_limits`.
 *
 * @example
 * const charges: RateLimitCharge[] = [{ bucket: `report:person:${id}`, name: 'person', quota: 60, window: 60 }]
 * await server.rpc('charge_rate_limits', { charges })
 */
export interface RateLimitCharge {
  /** What tells it from all other buckets. */
  bucket: string
  /** What the headers call it: `person`, `workspace`, `address`. */
  name: string
  /** What a full bucket holds. */
  quota: number
  /** Seconds in which an empty one fills. */
  window: number
  /** Default: 1. */
  cost?: number
}

/**
 * What charges came to, up to the first that was refused: the answer of `charge_rate_limits`.
 *
 * @example
 * const refused = rateLimitResultsSchema.parse(data).find(({ allowed }) => !allowed)
 */
export const rateLimitResultsSchema = z.array(
  z.strictObject({
    name: z.string(),
    allowed: z.boolean(),
    remaining: z.int().min(0),
    /** Seconds until the bucket is full; of a refused charge, until it would be let in. */
    reset: z.int().min(0),
  }),
)

export type RateLimitResult = z.infer<typeof rateLimitResultsSchema>[number]
