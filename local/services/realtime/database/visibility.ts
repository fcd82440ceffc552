import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../../shared/index.ts'

/** Of which transactions the database shows what they did, as `pg_snapshot` says it. */
interface Snapshot {
  /** All that are older are shown or undone. */
  oldest: bigint
  /** None that began as this one or later is shown. */
  next: bigint
  running: ReadonlySet<bigint>
}

const cycle = 2n ** 32n
const lookMilliseconds = 1

/**
 * Resolves when what a transaction did is there for everybody to read. A commit stands in the log before it is seen:
 * who read the row between would find the one before, or none, and be told of no further change.
 */
export type AwaitVisible = (transactionId: number) => Promise<void>

export function createAwaitVisible(database: Database): AwaitVisible {
  let snapshot: Snapshot | undefined
  return async (transactionId) => {
    while (!snapshot || !shows(snapshot, BigInt(transactionId))) {
      const known = snapshot
      snapshot = await readSnapshot(database)
      // The log tells of committed transactions alone: one that is still running is about to be seen.
      if (known && !shows(snapshot, BigInt(transactionId))) await sleep(lookMilliseconds)
    }
  }
}

async function readSnapshot(database: Database): Promise<Snapshot> {
  const [row] = await database.rows<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot')
  const [oldest = '', next = '', running = ''] = (row?.snapshot ?? '').split(':')
  return {
    oldest: BigInt(oldest),
    next: BigInt(next),
    running: new Set(running.split(',').filter(Boolean).map(BigInt)),
  }
}

/** The log gives the lower half of a number; the transaction is one of the two billion around the snapshot. */
function shows({ oldest, next, running }: Snapshot, lower: bigint): boolean {
  let id = next - (next % cycle) + lower
  if (id - next > cycle / 2n) id -= cycle
  else if (next - id > cycle / 2n) id += cycle
  return id < oldest || (id < next && !running.has(id))
}
