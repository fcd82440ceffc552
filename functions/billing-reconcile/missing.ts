import { functionError } from '../_shared/errors.ts'
import { inTurns } from '../_shared/in-turns.ts'
import { type Comparison, countFailure } from './comparison.ts'
import type { WriteCompared } from './write-compared.ts'

/** A customer that Stripe does not know, not even as one that was deleted. */
export interface MissingCustomer {
  customerId: string
  write: WriteCompared
}

/**
 * Records customers as gone, with what they paid for: test data was cleared, or the account was changed.
 *
 * Threat: the key of another account, set by mistake. It knows none of those who pay, and all of them would lose their
 * plan in one night. That one customer is known says little: somebody may have bought with the wrong key since. So they
 * are recorded only while more are known than missing, or where who runs the project says that they are gone.
 *
 * @throws {FunctionError} not_configured, and nothing is recorded
 */
export async function recordMissing(
  comparison: Comparison,
  missing: MissingCustomer[],
  { known, areGone, atOnce }: { known: number; areGone: boolean; atOnce: number },
): Promise<void> {
  if (missing.length >= known && missing.length > 0 && !areGone) {
    for (const { customerId } of missing) countFailure(comparison, customerId, 'resource_missing')
    throw functionError('not_configured', 'Stripe does not know most customers of this project.', {
      details: 'STRIPE_SECRET_KEY',
      hint: 'Set a key of the account in which they pay; where they are gone for good, give missing_are_gone.',
    })
  }
  await inTurns(missing, atOnce, async ({ customerId, write }) => {
    if (await write({ customer: { id: customerId, deleted: true, missing: true } })) comparison.gone += 1
  })
}
