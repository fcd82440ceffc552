import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { createDatabase, type TestDatabase } from '../stack/database.ts'

/** A migrated database with sessions of `postgres`; all of it is gone at the end of its `await using` block. */
export interface OpenDatabase extends AsyncDisposable {
  database: TestDatabase
  /** The first session. */
  observer: pg.Client
  /** Opens another session, for what only sessions side by side show. */
  connect(): Promise<pg.Client>
}

export async function openDatabase(): Promise<OpenDatabase> {
  const database = await createDatabase('migrated')
  const clients: pg.Client[] = []
  const connect = async () => {
    const client = new pg.Client({ connectionString: database.url('postgres'), pipeline: true })
    await client.connect()
    clients.push(client)
    return client
  }
  return {
    database,
    observer: await connect(),
    connect,
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.end()))
      await database.drop()
    },
  }
}

/** Waits until a session waits, for a lock or for the next attempt to get all of several, or has nothing to wait for. */
export async function untilBlocked(
  observer: pg.Client,
  client: pg.Client & { processID?: number },
  isOver = () => false,
): Promise<void> {
  while (!isOver()) {
    // What other sessions do is read once in a transaction, if it is not asked for anew.
    await observer.query('select pg_stat_clear_snapshot()')
    const { rows } = await observer.query(
      `select cardinality(pg_blocking_pids(pid)) > 0 or wait_event = 'PgSleep' as blocked
       from pg_stat_activity where pid = $1`,
      [client.processID],
    )
    if (rows[0]?.blocked) return
    await sleep(10)
  }
}
