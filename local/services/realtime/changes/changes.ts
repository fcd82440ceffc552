import { messageOf } from '../../../stack/index.ts'
import type { Database } from '../../shared/index.ts'
import type { Channel } from '../channels/channel.ts'
import { Refusal } from '../refusal.ts'
import type { Change } from './change.ts'
import { checkWish } from './check.ts'
import type { Parcels } from './parcels.ts'
import { parcelsOf } from './recipients.ts'
import { describeWish, readWish, type Subscription, type Wish } from './subscription.ts'
import { publishedTables, readFacts, type TableFacts, TableMemory } from './tables.ts'

/** The publication whose tables clients may subscribe to. */
export const changesPublication = 'supabase_realtime'

/** What a client is told of its subscriptions; without an outcome it has asked for none. */
export interface Subscribed {
  /** Its own parameters, each with the id that changes will name. */
  accepted: Record<string, unknown>[]
  outcome?: { status: 'ok' | 'error'; message: string }
}

/** Who wants to hear of which changes, and tells them. */
export class Changes {
  readonly #database: Database
  readonly #tables: TableMemory
  readonly #prepare: () => Promise<void>
  readonly #subscriptions = new Map<Channel, Subscription[]>()
  #lastId = 0

  /** @param prepare makes sure that changes of the publication's tables come, which may be younger than the server */
  constructor(database: Database, prepare: () => Promise<void>) {
    this.#database = database
    this.#tables = new TableMemory(database)
    this.#prepare = prepare
  }

  /** Subscribes a channel to what it asked for when it joined: to all of it or, where something is wrong, to none. */
  async subscribe(channel: Channel): Promise<Subscribed> {
    const wishes = channel.config.changes.map((parameters) => ({ parameters, id: this.#nextId() }))
    const accepted = wishes.map(({ parameters, id }) => ({ ...parameters, id }))
    if (wishes.length === 0) return { accepted }
    try {
      const subscriptions: Subscription[] = []
      for (const { parameters, id } of wishes) {
        const wish = readWish(parameters)
        await this.#check(wish, channel)
        subscriptions.push({ ...wish, id, channel })
      }
      this.#subscriptions.set(channel, subscriptions)
      await this.#prepare()
      return { accepted, outcome: { status: 'ok', message: 'Subscribed to PostgreSQL' } }
    } catch (error) {
      // Who is not let in leaves by no door.
      this.#subscriptions.delete(channel)
      if (!(error instanceof Refusal)) throw error
      return { accepted, outcome: { status: 'error', message: error.message } }
    }
  }

  unsubscribe(channel: Channel): void {
    this.#subscriptions.delete(channel)
  }

  /** Those who may want a change, before their conditions are put to it. */
  subscribersOf({ schema, table, type }: Pick<Change, 'schema' | 'table' | 'type'>): Subscription[] {
    const found: Subscription[] = []
    for (const subscriptions of this.#subscriptions.values())
      for (const subscription of subscriptions)
        if (
          (subscription.event === '*' || subscription.event === type) &&
          (subscription.schema === '*' || subscription.schema === schema) &&
          (subscription.table === '*' || subscription.table === table)
        )
          found.push(subscription)
    return found
  }

  /** What a change tells to those who want it and may see it; undefined where nobody does. */
  async prepare(change: Change): Promise<Parcels | undefined> {
    const subscribers = this.subscribersOf(change)
    if (subscribers.length === 0) return undefined
    const roles = [...new Set(subscribers.map(({ channel }) => channel.identity.caller.role))]
    const facts = await this.#tables.read(change.oid, roles)
    if (!facts) return undefined
    return parcelsOf(this.#database, change, facts, subscribers, (...told) => this.#drop(...told))
  }

  /** Ends a subscription whose condition cannot be put to rows. */
  #drop({ channel, id }: Subscription, error: unknown): void {
    const left = this.#subscriptions.get(channel)?.filter((subscription) => subscription.id !== id) ?? []
    if (this.#subscriptions.has(channel)) this.#subscriptions.set(channel, left)
    channel.pushSystem(
      'postgres_changes',
      'error',
      `The filter failed, and is no longer used: ${messageOf(error)}`,
    )
  }

  async #check(wish: Wish, channel: Channel): Promise<void> {
    const tables = await publishedTables(this.#database, changesPublication, wish.schema, wish.table)
    const described = `[${describeWish(wish)}]`
    if (tables.length === 0)
      throw new Refusal(
        'RealtimeDisabledForConfiguration',
        'Unable to subscribe to changes with given parameters. ' +
          `Please check Realtime is enabled for the given connect parameters: ${described}`,
      )
    try {
      const { role } = channel.identity.caller
      for (const oid of tables) {
        const facts: TableFacts | undefined = await readFacts(this.#database, oid, [role])
        if (facts) await checkWish(this.#database, facts, wish, role)
      }
    } catch (error) {
      throw new Refusal(
        'RealtimeDisabledForConfiguration',
        'Unable to subscribe to changes with given parameters. An exception happened so please check your ' +
          `connect parameters: ${described}. Exception: ${messageOf(error)}`,
      )
    }
  }

  #nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }
}
