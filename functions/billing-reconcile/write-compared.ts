import { FunctionError, trustedDataOf } from '../_shared/errors.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import type { BillingObjects } from '../_shared/stripe/index.ts'
import { type Comparison, countFailure } from './comparison.ts'

/** Writes something, and says whether it is another than what was there. */
export type WriteCompared = (objects: BillingObjects) => Promise<boolean>

/** Writes objects that were fetched after a ticket was taken, and counts what became of them. */
export function writeCompared(server: SecretClient, ticket: number, comparison: Comparison): WriteCompared {
  return async (objects) => {
    comparison.compared += 1
    try {
      const written = trustedDataOf(
        await server.rpc('apply_billing_objects', { ticket, objects: { ...objects } }),
      )
      const isRepaired = written !== null && written.changed.length > 0
      if (isRepaired) comparison.repaired += 1
      return isRepaired
    } catch (error) {
      // One that contradicts itself is for a person to look at, and keeps no other from being repaired.
      if (!(error instanceof FunctionError) || error.status >= 500) throw error
      const { customer, subscription, dispute, invoice } = objects
      countFailure(
        comparison,
        (customer ?? subscription ?? dispute ?? invoice)?.id ?? 'unknown',
        error.body.code,
      )
      return false
    }
  }
}
