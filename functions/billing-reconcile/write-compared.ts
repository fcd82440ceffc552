import { FunctionError, trustedDataOf } from '../_shared/errors.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import type { BillingObjects } from '../_shared/stripe/index.ts'

/** How many customers were looked at, and of their objects how many were as they should be, or are now. */
export interface Comparison {
  customers: number
  compared: number
  repaired: number
  /** Objects that could not be written; the others were. */
  failed: number
}

export type WriteCompared = (objects: BillingObjects) => Promise<void>

/** Writes objects that were fetched after a ticket was taken, and counts what became of them. */
export function writeCompared(server: SecretClient, ticket: number, counts: Comparison): WriteCompared {
  return async (objects) => {
    counts.compared += 1
    try {
      const written = trustedDataOf(
        await server.rpc('apply_billing_objects', { ticket, objects: { ...objects } }),
      )
      if (written && written.changed.length > 0) counts.repaired += 1
    } catch (error) {
      // One that contradicts itself is for a person to look at, and keeps no other from being repaired.
      if (!(error instanceof FunctionError) || error.status >= 500) throw error
      counts.failed += 1
    }
  }
}
