import { setTimeout } from 'node:timers/promises'
import type pg from 'pg'

const mostMilliseconds = 120_000

/**
 * Waits until Realtime has read what filling a database has written, or has begun anew behind it. It takes one of two
 * processors meanwhile, and what is measured would wait for the other.
 *
 * @throws where that takes longer than two minutes
 */
export async function settled(client: pg.Client): Promise<void> {
  const begun = performance.now()
  let calm = 0
  while (calm < 5) {
    if (performance.now() - begun > mostMilliseconds)
      throw new Error('Realtime did not come to the end of what was written.')
    await setTimeout(500)
    const { rowCount } = await client.query(`
      select from pg_replication_slots
      where not active or wal_status <> 'reserved'
        or pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) > 100000`)
    calm = rowCount === 0 ? calm + 1 : 0
  }
}
