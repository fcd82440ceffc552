import { randomBytes } from 'node:crypto'
import type { Channel } from './channel.ts'

/** What somebody has tracked, under a reference that changes with it. */
interface Meta extends Record<string, unknown> {
  phx_ref: string
}

interface Tracked {
  key: string
  /** As JSON text, to see whether it changes. */
  payload: string
  meta: Meta
}

type Entries = [key: string, meta: Meta][]

/** Who came and who went, as clients read it. */
export interface PresenceDiff {
  joins: Record<string, { metas: Meta[] }>
  leaves: Record<string, { metas: Meta[] }>
}

/** Who is in a topic, by what each of them says. */
export class Presence {
  readonly #tracked = new Map<Channel, Tracked>()

  /** @returns what the others are told; null where nothing has changed */
  track(channel: Channel, payload: object): PresenceDiff | null {
    const key = channel.config.presenceKey
    const before = this.#tracked.get(channel)
    const text = JSON.stringify(payload)
    if (before?.payload === text) return null
    const previous = before ? { phx_ref_prev: before.meta.phx_ref } : {}
    const meta = { ...payload, ...previous, phx_ref: randomBytes(12).toString('base64url') }
    this.#tracked.set(channel, { key, payload: text, meta })
    return { joins: grouped([[key, meta]]), leaves: grouped(before ? [[key, before.meta]] : []) }
  }

  /** @returns what the others are told; null where it had tracked nothing */
  untrack(channel: Channel): PresenceDiff | null {
    const before = this.#tracked.get(channel)
    if (!before) return null
    this.#tracked.delete(channel)
    return { joins: {}, leaves: grouped([[before.key, before.meta]]) }
  }

  /** Everybody, as who comes is told. */
  state(): Record<string, { metas: Meta[] }> {
    return grouped([...this.#tracked.values()].map(({ key, meta }) => [key, meta]))
  }
}

/** Keys are the clients' own words: `fromEntries` makes properties of them, and reaches nothing that is inherited. */
function grouped(entries: Entries): Record<string, { metas: Meta[] }> {
  const groups = new Map<string, { metas: Meta[] }>()
  for (const [key, meta] of entries) {
    const group = groups.get(key)
    if (group) group.metas.push(meta)
    else groups.set(key, { metas: [meta] })
  }
  return Object.fromEntries(groups)
}
