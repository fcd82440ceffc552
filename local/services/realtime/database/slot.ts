import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf } from '../../../stack/index.ts'
import type { Database } from '../../shared/index.ts'

/** Postgres's words for a slot that is read, or was not let go of yet. */
const inUse = '55006'
const patienceMilliseconds = 3_000

/** The one slot of a database; servers of other databases on the same Postgres have their own. */
export async function slotName(database: Database): Promise<string> {
  const [row] = await database.rows<{ name: string }>(
    "select 'supabase_realtime_' || oid as name from pg_database where datname = current_database()",
  )
  if (!row) throw new Error('The database has no name.')
  return row.name
}

/** Makes the slot where it does not stand; one that Postgres has given up, so as not to fill the disk, is made anew. */
export async function ensureSlot(database: Database, name: string): Promise<void> {
  const [slot] = await database.rows<{ wal_status: string | null }>(
    'select wal_status from pg_replication_slots where slot_name = $1',
    [name],
  )
  if (slot?.wal_status === 'lost') {
    console.error(
      'Realtime: the database has written more than it keeps for a reader; what it said meanwhile is lost.',
    )
    await dropSlot(database, name)
  } else if (slot) return
  await database.rows("select pg_create_logical_replication_slot($1, 'pgoutput')", [name])
}

/** Gives the slot back, so that the log is kept for nobody. */
export async function dropSlot(database: Database, name: string): Promise<void> {
  const deadline = Date.now() + patienceMilliseconds
  for (;;) {
    try {
      await database.rows(
        'select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1',
        [name],
      )
      return
    } catch (error) {
      if (codeOf(error) !== inUse || Date.now() > deadline) throw error
      await sleep(20)
    }
  }
}
