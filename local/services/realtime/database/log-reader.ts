import { setTimeout as sleep } from 'node:timers/promises'
import { LogicalReplicationService, type Pgoutput } from 'pg-logical-replication'
import { messageOf } from '../../../stack/index.ts'
import type { Database } from '../../shared/index.ts'
import { TextPlugin } from './plugin.ts'
import { before, type Position } from './position.ts'
import { dropSlot, ensureSlot, slotName } from './slot.ts'

export interface LogReaderOptions {
  /** A role that may replicate. */
  connectionString: string
  database: Database
  /** Their changes are read; one that does not stand is read once it does. */
  publications: string[]
  /** Takes one change of a committed transaction; the next one waits for it. */
  take(
    message: Pgoutput.MessageInsert | Pgoutput.MessageUpdate | Pgoutput.MessageDelete,
    committedAt: Date,
  ): Promise<void> | void
  /** Whether everything that was taken is done with, so that it need not be read again after a crash. */
  isDone(): boolean
}

/** Reads the database's log of changes. */
export interface LogReader {
  /** Looks for publications that were made since, if one of those that are read was missing. */
  lookAgain(): Promise<void>
  /** Stops reading. `release` gives the slot back, as at every orderly end; without it a later reader goes on. */
  stop(release: boolean): Promise<void>
}

const reconnectMilliseconds = 500
/** A publication is gone, or was not there yet where the slot begins. */
const undefinedObject = /publication ".*" does not exist/

/** Starts to read, and goes on whenever Postgres comes back. Resolves when the log is read. */
export async function openLogReader(options: LogReaderOptions): Promise<LogReader> {
  const { database } = options
  const slot = await slotName(database)
  const stopping = new AbortController()
  let session: Session | undefined
  const begun = Promise.withResolvers<void>()

  const read = async () => {
    while (!stopping.signal.aborted) {
      try {
        await ensureSlot(database, slot)
        session = new Session(options, slot, await standing(database, options.publications))
        await session.read(begun.resolve)
      } catch (error) {
        if (stopping.signal.aborted) return
        console.error(`Realtime reads no changes, and tries again: ${messageOf(error)}`)
        if (undefinedObject.test(messageOf(error))) await dropSlot(database, slot).catch(() => undefined)
        await sleep(reconnectMilliseconds, undefined, { signal: stopping.signal }).catch(() => undefined)
      }
    }
  }
  const reading = read()
  await begun.promise
  return {
    async lookAgain() {
      if (!session || session.publications.length === options.publications.length) return
      const found = await standing(database, options.publications)
      if (found.length > session.publications.length) await session.end()
    },
    async stop(release) {
      stopping.abort()
      await session?.end()
      await reading
      if (release) await dropSlot(database, slot)
    },
  }
}

async function standing(database: Database, publications: string[]): Promise<string[]> {
  const rows = await database.rows<{ pubname: string }>(
    'select pubname from pg_publication where pubname = any($1)',
    [publications],
  )
  return rows.map(({ pubname }) => pubname)
}

/** One connection to the log. */
class Session {
  readonly publications: string[]
  readonly #options: LogReaderOptions
  readonly #slot: string
  readonly #plugin: TextPlugin
  readonly #service: LogicalReplicationService
  #committedAt = new Date()
  #taken = 0
  /** Up to where everything has been taken. */
  #position: Position | undefined
  #isEnding = false

  constructor(options: LogReaderOptions, slot: string, publications: string[]) {
    this.#options = options
    this.#slot = slot
    this.publications = publications
    this.#plugin = new TextPlugin(publications)
    this.#service = new LogicalReplicationService(
      { connectionString: options.connectionString, application_name: 'realtime', keepAlive: true },
      // Messages wait for each other, and Postgres for them. What is done with is said here.
      { acknowledge: { auto: false, timeoutSeconds: 0 }, flowControl: { enabled: true } },
    )
  }

  /** Resolves when it was ended, and rejects when the connection breaks. */
  async read(begun: () => void): Promise<void> {
    const broken = new Promise<never>((_, reject) => this.#service.on('error', reject))
    this.#service.on('start', begun)
    this.#service.on('data', (_position: Position, message: Pgoutput.Message) => this.#take(message))
    this.#service.on('heartbeat', (position: Position) => {
      // What changed before it, and was published, has come; the rest of the log concerns nobody here.
      if (this.#taken === this.#plugin.parsed) this.#position = position
      return this.#acknowledge()
    })
    try {
      await Promise.race([this.#service.subscribe(this.#plugin, this.#slot), broken])
      if (!this.#isEnding) throw new Error('the connection to the log has ended')
    } finally {
      broken.catch(() => undefined)
      await this.#service.stop()
    }
  }

  async end(): Promise<void> {
    this.#isEnding = true
    await this.#acknowledge()
    await this.#service.stop()
  }

  async #take(message: Pgoutput.Message): Promise<void> {
    this.#taken += 1
    if (message.tag === 'begin') this.#committedAt = new Date(Number(message.commitTime) / 1000)
    if (message.tag === 'insert' || message.tag === 'update' || message.tag === 'delete')
      await this.#options.take(message, this.#committedAt)
    if (message.tag === 'commit' && message.commitEndLsn) {
      this.#position = message.commitEndLsn
      await this.#acknowledge()
    }
  }

  /** Tells Postgres what need not be kept. The library names the byte after the one that it is given. */
  async #acknowledge(): Promise<void> {
    if (this.#position !== undefined && this.#options.isDone())
      await this.#service.acknowledge(before(this.#position))
  }
}
