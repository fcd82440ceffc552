import type { Message } from '../protocol/messages.ts'
import type { Channel } from './channel.ts'
import { Presence } from './presence.ts'

/** One topic, for as long as somebody takes part in it. */
export class Topic {
  readonly channels = new Set<Channel>()
  readonly presence = new Presence()

  /**
   * Sends a broadcast to whoever may read it, but for the one that it is from.
   *
   * @returns how many have got it
   */
  broadcast(message: Message, from?: Channel): number {
    let delivered = 0
    for (const channel of this.channels) {
      if (channel === from || channel.rights.readBroadcast !== true) continue
      if (message.id !== undefined && channel.replayed.has(message.id)) continue
      channel.deliver(message)
      delivered += 1
    }
    return delivered
  }
}

/** Every topic that somebody takes part in. A private one and a public one of the same name never mix. */
export class Topics {
  readonly #private = new Map<string, Topic>()
  readonly #public = new Map<string, Topic>()

  find(name: string, isPrivate: boolean): Topic | undefined {
    return this.#kind(isPrivate).get(name)
  }

  of(channel: Channel): Topic | undefined {
    return this.find(channel.name, channel.config.isPrivate)
  }

  join(channel: Channel): Topic {
    const topic = this.of(channel) ?? new Topic()
    this.#kind(channel.config.isPrivate).set(channel.name, topic)
    topic.channels.add(channel)
    return topic
  }

  leave(channel: Channel): void {
    const topic = this.of(channel)
    topic?.channels.delete(channel)
    if (topic?.channels.size === 0) this.#kind(channel.config.isPrivate).delete(channel.name)
  }

  #kind(isPrivate: boolean): Map<string, Topic> {
    return isPrivate ? this.#private : this.#public
  }
}
