import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../../stack/index.ts'
import type { Database } from '../../shared/index.ts'
import { LogSession, type LogSessionOptions } from './log-session.ts'
import type { Position } from './position.ts'
import { dropSlot, ensureSlot, slotName } from './slot.ts'
import { createAwaitVisible } from './visibility.ts'

export interface LogReaderOptions extends Pick<LogSessionOptions, 'connectionString' | 'take' | 'isDone'> {
  database: Database
  /** Their changes are read; one that does not stand is read once it does. */
  publications: string[]
}

/** Reads the database's log of changes. */
export interface LogReader {
  /** Resolves when every publication that stands is read, from here on at the latest. */
  isUpToDate(): Promise<void>
  /** Stops reading. `release` gives the slot back, as at every orderly end; without it a later reader goes on. */
  stop(release: boolean): Promise<void>
}

const reconnectMilliseconds = 200
const lookMilliseconds = 10_000
const patienceMilliseconds = 5_000

/** Starts to read, and goes on whenever Postgres comes back. Resolves when the log is read. */
export async function openLogReader(options: LogReaderOptions): Promise<LogReader> {
  const { database } = options
  const slot = await slotName(database)
  const awaitVisible = createAwaitVisible(database)
  const stopping = new AbortController()
  const begun = Promise.withResolvers<void>()
  /** Publications that did not stand yet where the log is read. */
  const unborn = new Set<string>()
  let session: LogSession | undefined

  const standing = async () => {
    const rows = await database.rows<{ pubname: string }>(
      'select pubname from pg_publication where pubname = any($1)',
      [options.publications],
    )
    return rows.map(({ pubname }) => pubname)
  }
  const read = async () => {
    while (!stopping.signal.aborted) {
      try {
        await ensureSlot(database, slot)
        const publications = (await standing()).filter((name) => !unborn.has(name))
        if (stopping.signal.aborted) return
        session = new LogSession({ ...options, slot, publications, awaitVisible })
        await session.read(begun.resolve)
      } catch (error) {
        if (stopping.signal.aborted) return
        const [, missing] = /publication "(.*)" does not exist/.exec(messageOf(error)) ?? []
        if (missing !== undefined) {
          // Made anew, as migrations do: it is left out until the log is read up to where it stands again.
          if (unborn.has(missing)) await dropSlot(database, slot).catch(() => undefined)
          unborn.add(missing)
        } else console.error(`Realtime reads no changes, and tries again: ${messageOf(error)}`)
        await sleep(reconnectMilliseconds, undefined, { signal: stopping.signal }).catch(() => undefined)
      }
    }
  }
  const catchUp = async () => {
    const deadline = Date.now() + patienceMilliseconds
    while (Date.now() < deadline && !stopping.signal.aborted) {
      const found = await standing()
      const [now] = await database.rows<{ position: Position }>(
        'select pg_current_wal_flush_lsn() as position',
      )
      const current = session
      if (now && (await current?.reaches(now.position))) {
        if (found.every((name) => current?.publications.includes(name))) return
        unborn.clear()
        await current?.end()
      }
      await sleep(reconnectMilliseconds / 4)
    }
  }
  let catchingUp: Promise<void> | undefined
  const isUpToDate = async () => {
    // Whoever asks while another one waits was not there when that one began.
    await catchingUp
    catchingUp ??= catchUp().finally(() => {
      catchingUp = undefined
    })
    await catchingUp
  }
  const isComplete = () => options.publications.every((name) => session?.publications.includes(name))
  const looking = setInterval(() => {
    if (!isComplete()) isUpToDate().catch(() => undefined)
  }, lookMilliseconds)
  const reading = read()
  await begun.promise
  return {
    isUpToDate,
    async stop(release) {
      clearInterval(looking)
      stopping.abort()
      await session?.end()
      await reading
      await catchingUp?.catch(() => undefined)
      // Where the database has gone first, the slot stays for the next start.
      if (release) await dropSlot(database, slot).catch(() => undefined)
    },
  }
}
