import pg from 'pg'
import { persist } from './persist.ts'

export interface Listener {
  close(): Promise<void>
}

/**
 * Hears what is said in a channel, until it is closed. A lost connection is replaced, and `hear` is then called with
 * '': something may have been said meanwhile. The first connection must succeed.
 */
export async function listen(
  connectionString: string,
  channel: string,
  hear: (word: string) => void,
): Promise<Listener> {
  const stop = new AbortController()
  let current: pg.Client

  const connect = async () => {
    const client = new pg.Client({ connectionString, application_name: 'data-api listener' })
    client.on('notification', ({ payload = '' }) => hear(payload))
    // An error is followed by the end of the connection, and that is what counts.
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.query(`listen ${channel}`)
    } catch (error) {
      await client.end()
      throw error
    }
    current = client
    if (stop.signal.aborted) return client.end()
    client.once('end', () => stop.signal.aborted || reconnect())
  }
  const reconnect = async () => {
    await persist('listening', connect, stop.signal)
    if (!stop.signal.aborted) hear('')
  }

  await connect()
  return {
    async close() {
      stop.abort()
      await current.end()
    },
  }
}
