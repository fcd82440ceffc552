import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** The scheduler's one lasting connection: it hears notifications and keeps the books of every worker. */
export interface ControlConnection {
  /** Runs one statement, after those asked for before; rejects while the connection is lost. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>
  stop(): Promise<void>
}

export interface ControlConnectionOptions {
  /** A connection string of the superuser, to the database with the extensions. */
  url: string
  /** What to call on a notification, by channel. */
  channels: Record<string, () => void>
  /** Called after every connect, the first included: notifications sent before it are lost. */
  connected: () => void
  /** Called when the connection is lost, until the next `connected`. */
  disconnected: () => void
  log: (sentence: string) => void
}

const reconnectMilliseconds = 500

/** Connects, and connects again whenever Postgres goes away. Rejects where the first attempt fails. */
export async function openControlConnection(options: ControlConnectionOptions): Promise<ControlConnection> {
  const stopping = new AbortController()
  let current: Session | undefined = await openSession(options)

  const supervise = async () => {
    while (current) {
      await current.ended
      current = undefined
      if (stopping.signal.aborted) return
      options.disconnected()
      options.log('The scheduler has lost the database and waits for it.')
      current = await reopen(options, stopping.signal)
      if (current) options.connected()
    }
  }
  const supervision = supervise()
  // pg runs one query at a time, and workers ask side by side.
  let last: Promise<unknown> = Promise.resolve()
  // After the return, so that the callback can already use the connection.
  setImmediate(options.connected)

  return {
    query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]) {
      const answer = last.then(async () => {
        if (!current) throw new Error('the scheduler has no connection to the database')
        const { rows } = await current.client.query<Row>(sql, values)
        return rows
      })
      last = answer.catch(() => undefined)
      return answer
    },
    async stop() {
      stopping.abort()
      await current?.client.end()
      await supervision
    },
  }
}

interface Session {
  client: pg.Client
  ended: Promise<void>
}

async function openSession(options: ControlConnectionOptions): Promise<Session> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: 'scheduler',
    keepAlive: true,
  })
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()))
  // Every error of a connection ends it, and its end is what counts.
  client.on('error', () => undefined)
  client.on('notification', ({ channel }) => options.channels[channel]?.())
  try {
    await client.connect()
    for (const channel of Object.keys(options.channels))
      await client.query(`listen ${pg.escapeIdentifier(channel)}`)
  } catch (error) {
    await client.end()
    throw error
  }
  return { client, ended }
}

async function reopen(
  options: ControlConnectionOptions,
  stopping: AbortSignal,
): Promise<Session | undefined> {
  while (!stopping.aborted) {
    try {
      return await openSession(options)
    } catch {
      // Not up yet: the loss is reported already, and the next attempt comes soon.
      await sleep(reconnectMilliseconds, undefined, { signal: stopping }).catch(() => undefined)
    }
  }
  return undefined
}
