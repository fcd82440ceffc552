import { z } from 'zod'

/** Clients in other languages send booleans as text. */
const flag = z
  .union([z.boolean(), z.string().transform((text) => text.toLowerCase() === 'true')])
  .catch(false)

/** As in Supabase, a part of a join that cannot be read counts as absent. */
const joinSchema = z
  .object({
    config: z
      .object({
        private: flag.optional(),
        broadcast: z
          .object({ ack: flag.optional(), self: flag.optional(), replay: z.unknown() })
          .partial()
          .catch({}),
        presence: z
          .object({ enabled: flag.optional(), key: z.union([z.string(), z.number()]).nullish().catch(null) })
          .partial()
          .catch({}),
        postgres_changes: z.array(z.record(z.string(), z.unknown()).nullable()).nullish().catch([]),
      })
      .partial()
      .catch({}),
    access_token: z.string().nullish().catch(null),
    user_token: z.string().nullish().catch(null),
  })
  .partial()
  .catch({})

/** How a client wants to take part in a topic. */
export interface JoinConfig {
  isPrivate: boolean
  /** Whether each of its broadcasts is answered. */
  acknowledge: boolean
  /** Whether it hears its own broadcasts. */
  hearsItself: boolean
  /** What to send again of what was said before; undefined where it did not ask. */
  replay: unknown
  presenceKey: string
  presenceEnabled: boolean
  /** Each as it came, since the answer repeats it. */
  changes: Record<string, unknown>[]
  token: string | undefined
}

const longestPresenceKey = 1024

export function readJoin(payload: unknown): JoinConfig {
  const { config = {}, access_token, user_token } = joinSchema.parse(payload)
  const key = config.presence?.key
  return {
    isPrivate: config.private ?? false,
    acknowledge: config.broadcast?.ack ?? false,
    hearsItself: config.broadcast?.self ?? false,
    replay: config.broadcast?.replay,
    presenceKey: key ? String(key).slice(0, longestPresenceKey) : crypto.randomUUID(),
    presenceEnabled: config.presence?.enabled ?? false,
    changes: (config.postgres_changes ?? []).filter((change) => change !== null),
    token: user_token ?? access_token ?? undefined,
  }
}
