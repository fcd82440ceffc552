import type { SettledDeliveries } from '../../types/destination.ts'
import { trustedDataOf } from '../_shared/errors.ts'
import type { SecretClient } from '../_shared/secret-client.ts'

export interface Settlement {
  /** Resolves when the database has it. */
  settle(result: SettledDeliveries): Promise<void>
}

const mostAtOnce = 100

/**
 * Writes down what became of deliveries, those that end meanwhile together: with many destinations a call for each
 * would cost more than the deliveries.
 */
export function createSettlement(server: SecretClient): Settlement {
  let waiting: SettledDeliveries[] = []
  let next: Promise<void> | undefined
  let last: Promise<unknown> = Promise.resolve()

  const write = async () => {
    await last.catch(() => undefined)
    // What comes from here on is another call's.
    const all = waiting
    waiting = []
    next = undefined
    // Of one call that fails the others are written all the same: what is not is sent again.
    const failures: unknown[] = []
    for (let start = 0; start < all.length; start += mostAtOnce)
      try {
        trustedDataOf(
          await server.rpc('settle_deliveries', { results: all.slice(start, start + mostAtOnce) }),
        )
      } catch (error) {
        failures.push(error)
      }
    if (failures.length > 0) throw failures[0]
  }
  return {
    settle(result) {
      waiting.push(result)
      if (!next) {
        next = write()
        last = next
      }
      return next
    },
  }
}
