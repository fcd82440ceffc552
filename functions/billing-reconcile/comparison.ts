import { refusalOf } from '../_shared/stripe/index.ts'

/** What a comparison came to: how many customers, and of their objects how many were as they should be, or are now. */
export interface Comparison {
  customers: number
  compared: number
  repaired: number
  /** Customers that Stripe does not know any more, and that are now recorded as gone. */
  gone: number
  /** Subscriptions of workspaces that were deleted, which are canceled now. */
  ended: number
  /** What could not be compared or written; the others were. */
  failed: number
  /** The first of what failed: the id of the customer, or of the object, and why. */
  failures: { id: string; code: string }[]
}

/** As many as a person looks at, and a line of the log holds. */
const mostFailures = 100

export function newComparison(): Comparison {
  return { customers: 0, compared: 0, repaired: 0, gone: 0, ended: 0, failed: 0, failures: [] }
}

export function countFailure(comparison: Comparison, id: string, code: string): void {
  comparison.failed += 1
  if (comparison.failures.length < mostFailures) comparison.failures.push({ id, code })
}

/**
 * Compares one customer, or one charge: where Stripe refuses something of it, that is its own failure, and the others
 * are compared.
 *
 * @throws whatever fails for all of them: Stripe that is away, a key that does not count, the database
 */
export async function byItself(
  comparison: Comparison,
  id: string,
  compare: () => Promise<unknown>,
): Promise<void> {
  try {
    await compare()
  } catch (error) {
    const code = refusalOf(error)
    if (code === undefined) throw error
    countFailure(comparison, id, code)
  }
}
