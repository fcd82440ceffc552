import type { Frame } from '../protocol/frame.ts'
import type { Channel } from './channel.ts'
import type { Connection } from './connection.ts'
import type { Flow } from './intake.ts'

/** Frames of one client that wait before no more are read from its socket. */
const longestQueue = 64

/** One client: its connection, the channels that it has joined, and its frames, which are worked off one by one. */
export class Client {
  readonly connection: Connection
  /** By their whole topic. */
  readonly channels = new Map<string, Channel>()
  isGone = false
  readonly #handle: (client: Client, frame: Frame) => Promise<void> | undefined
  readonly #flow: Flow
  readonly #queue: Frame[] = []
  #isBusy = false
  #isPaused = false

  constructor(
    connection: Connection,
    flow: Flow,
    handle: (client: Client, frame: Frame) => Promise<void> | undefined,
  ) {
    this.connection = connection
    this.#flow = flow
    this.#handle = handle
  }

  /** Whether a channel has not been left meanwhile. */
  holds(channel: Channel): boolean {
    return this.channels.get(channel.topic) === channel
  }

  /** Handles a frame now, or after those that came before it. */
  receive(frame: Frame): void {
    if (!this.#isBusy) {
      this.#work(frame)
      return
    }
    this.#queue.push(frame)
    if (this.#isPaused || this.#queue.length < longestQueue) return
    this.#isPaused = true
    this.#flow.pause()
  }

  #work(frame: Frame): void {
    const working = this.#handle(this, frame)
    if (!working) return
    this.#isBusy = true
    working.finally(() => this.#next())
  }

  #next(): void {
    this.#isBusy = false
    while (!this.#isBusy && !this.isGone) {
      const frame = this.#queue.shift()
      if (!frame) break
      this.#work(frame)
    }
    if (!this.#isPaused || this.#queue.length > 0) return
    this.#isPaused = false
    this.#flow.resume()
  }
}
