import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { messageOf } from '../../stack/index.ts'

/** What `notify pgrst` can ask for. */
export interface Reloads {
  schema(): Promise<void>
  config(): Promise<void>
}

/** The listening connection of one process. */
export interface NotificationListener {
  close(): Promise<void>
}

const retryMilliseconds = 500

/**
 * Listens for `notify pgrst, 'reload schema' | 'reload config'`; without a word both are read again, and after
 * a lost connection too, because what was said meanwhile went unheard. The first connection must succeed.
 */
export async function listenForReloads(
  connectionString: string,
  reloads: Reloads,
): Promise<NotificationListener> {
  let closed = false
  let client: pg.Client

  /** Goes on until it works: a schema that is out of date is worse than one that is late. */
  const persist = async (what: string, work: () => Promise<void>): Promise<void> => {
    while (!closed) {
      try {
        return await work()
      } catch (error) {
        console.error(`Data API: ${what} failed and is tried again: ${messageOf(error)}`)
        await sleep(retryMilliseconds, undefined, { ref: false })
      }
    }
  }
  const reload = (payload = '') => {
    if (payload === '' || payload === 'reload config') persist('reloading the configuration', reloads.config)
    if (payload === '' || payload === 'reload schema') persist('reloading the schema', reloads.schema)
  }
  const connect = async () => {
    client = new pg.Client({ connectionString, application_name: 'data-api listener' })
    client.on('notification', ({ payload }) => reload(payload))
    // An error is followed by the end of the connection, and that is what counts.
    client.on('error', () => undefined)
    await client.connect()
    await client.query('listen pgrst')
    client.once('end', () => closed || reconnect())
  }
  const reconnect = async () => {
    await persist('listening', connect)
    if (!closed) reload()
  }

  await connect()
  return {
    async close() {
      closed = true
      await client.end()
    },
  }
}
