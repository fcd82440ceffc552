import { setTimeout as sleep } from 'node:timers/promises'
import { LogicalReplicationService, type Pgoutput } from 'pg-logical-replication'
import { TextPlugin } from './plugin.ts'
import { before, isAtOrAfter, type Position } from './position.ts'
import type { AwaitVisible } from './visibility.ts'

/** One row that a committed transaction has changed. */
export type RowMessage = Pgoutput.MessageInsert | Pgoutput.MessageUpdate | Pgoutput.MessageDelete

export interface LogSessionOptions {
  connectionString: string
  slot: string
  publications: string[]
  awaitVisible: AwaitVisible
  /** The next change waits for it. */
  take(message: RowMessage, committedAt: Date): Promise<void> | void
  /** Whether everything that was taken is done with, so that it need not be read again after a crash. */
  isDone(): boolean
}

const askMilliseconds = 20

/** One connection to the log. */
export class LogSession {
  readonly publications: readonly string[]
  isReading = false
  readonly #options: LogSessionOptions
  readonly #plugin: TextPlugin
  readonly #service: LogicalReplicationService
  #committedAt = new Date()
  /** Whether everybody may read what the transaction did of which the log tells. */
  #visible: Promise<void> = Promise.resolve()
  #taken = 0
  /** Up to where everything has been taken. */
  #position: Position = '0/0'
  #isEnding = false
  /** Whether something could not be taken: what comes after it is read again with it. */
  #isBroken = false

  constructor(options: LogSessionOptions) {
    this.#options = options
    this.publications = options.publications
    this.#plugin = new TextPlugin(options.publications)
    this.#service = new LogicalReplicationService(
      { connectionString: options.connectionString, application_name: 'realtime', keepAlive: true },
      // Messages wait for each other, and Postgres for them. What is done with is said here.
      { acknowledge: { auto: false, timeoutSeconds: 0 }, flowControl: { enabled: true } },
    )
  }

  /** Resolves when it was ended, and rejects when the connection breaks. */
  async read(begun: () => void): Promise<void> {
    const broken = new Promise<never>((_, reject) => this.#service.on('error', reject))
    broken.catch(() => undefined)
    this.#service.on('start', () => {
      this.isReading = true
      begun()
    })
    this.#service.on('data', (_position: Position, message: Pgoutput.Message) => this.#take(message))
    this.#service.on('heartbeat', (position: Position) => {
      // What changed before it, and was published, has come; the rest of the log concerns nobody here.
      if (!this.#isBroken && this.#taken === this.#plugin.parsed) this.#position = position
      return this.#acknowledge()
    })
    try {
      await Promise.race([this.#service.subscribe(this.#plugin, this.#options.slot), broken])
      if (!this.#isEnding) throw new Error('the connection to the log has ended')
    } finally {
      this.isReading = false
      await this.#service.stop()
    }
  }

  /** Resolves when everything up to a place has been taken: true, or false where the connection ends before. */
  async reaches(position: Position): Promise<boolean> {
    while (this.isReading) {
      if (isAtOrAfter(this.#position, position)) return true
      // Asks Postgres how far it is, which it would say by itself in half a minute.
      await this.#service.acknowledge(before(this.#position), true)
      await sleep(askMilliseconds)
    }
    return false
  }

  async end(): Promise<void> {
    this.#isEnding = true
    await this.#acknowledge()
    await this.#service.stop()
  }

  async #take(message: Pgoutput.Message): Promise<void> {
    if (this.#isBroken) return
    this.#taken += 1
    try {
      await this.#handle(message)
    } catch (error) {
      this.#isBroken = true
      throw error
    }
  }

  async #handle(message: Pgoutput.Message): Promise<void> {
    if (message.tag === 'begin') {
      this.#committedAt = new Date(Number(message.commitTime) / 1000)
      // Asked while its rows are still on their way.
      this.#visible = this.#options.awaitVisible(message.xid)
      this.#visible.catch(() => undefined)
    }
    if (message.tag === 'insert' || message.tag === 'update' || message.tag === 'delete') {
      await this.#visible
      await this.#options.take(message, this.#committedAt)
    }
    if (message.tag === 'commit' && message.commitEndLsn) {
      this.#position = message.commitEndLsn
      await this.#acknowledge()
    }
  }

  /** Tells Postgres what need not be kept. The library names the byte after the one that it is given. */
  async #acknowledge(): Promise<void> {
    if (!this.#isBroken && this.#options.isDone()) await this.#service.acknowledge(before(this.#position))
  }
}
