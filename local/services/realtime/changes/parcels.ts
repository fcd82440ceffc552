import type { Channel } from '../channels/channel.ts'
import { textMessage } from '../protocol/messages.ts'
import type { Subscription } from './subscription.ts'

/** What goes to each channel: subscriptions that hear the same hear it in one message. */
export class Parcels {
  readonly #parcels = new Map<Channel, Map<string, number[]>>()

  add({ channel, id }: Subscription, payload: string): void {
    const parcel = this.#parcels.get(channel) ?? new Map<string, number[]>()
    this.#parcels.set(channel, parcel)
    const ids = parcel.get(payload)
    if (ids) ids.push(id)
    else parcel.set(payload, [id])
  }

  send(): void {
    for (const [channel, parcel] of this.#parcels)
      for (const [payload, ids] of parcel)
        channel.deliver(
          textMessage(channel.topic, 'postgres_changes', `{"ids":${JSON.stringify(ids)},"data":${payload}}`),
        )
  }
}
