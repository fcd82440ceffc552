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
    while (waiting.length > 0) {
      const results = waiting.slice(0, mostAtOnce)
      waiting = waiting.slice(mostAtOnce)
      if (waiting.length === 0) next = undefined
      trustedDataOf(await server.rpc('settle_deliveries', { results: JSON.parse(JSON.stringify(results)) }))
    }
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
