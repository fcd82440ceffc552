import { messageOf } from '../../../stack/index.ts'
import type { Change } from './change.ts'
import type { Changes } from './changes.ts'
import type { Parcels } from './parcels.ts'

/** Changes that wait to be told before no more are read. */
const longest = 500

/** Changes about which the database is asked at the same time. */
const lanes = 4

/** Changes that are told one after the other, while broadcasts go past them. */
export class Backlog {
  readonly #changes: Changes
  #waiting = 0
  #next = 0
  readonly #lanes: Promise<unknown>[] = Array.from({ length: lanes }, () => Promise.resolve())
  #last: Promise<void> = Promise.resolve()

  constructor(changes: Changes) {
    this.#changes = changes
  }

  get isEmpty(): boolean {
    return this.#waiting === 0
  }

  /** Tells a change in its turn; resolves at once or, where too many wait, after it. */
  add(change: Change): Promise<void> | undefined {
    if (this.#changes.subscribersOf(change).length === 0) return undefined
    this.#waiting += 1
    const lane = this.#next++ % lanes
    const parcels = (this.#lanes[lane] ?? Promise.resolve()).then(() => this.#changes.prepare(change))
    this.#lanes[lane] = parcels.catch(() => undefined)
    this.#last = this.#last.then(() => this.#send(change, parcels))
    return this.#waiting > longest ? this.#last : undefined
  }

  /** Resolves when everything that was added has been told. */
  settled(): Promise<void> {
    return this.#last
  }

  async #send(change: Change, parcels: Promise<Parcels | undefined>): Promise<void> {
    try {
      const sent = await parcels
      sent?.send()
    } catch (error) {
      console.error(
        `Realtime: a change of ${change.schema}.${change.table} was not told: ${messageOf(error)}`,
      )
    } finally {
      this.#waiting -= 1
    }
  }
}
