import * as z from 'zod'
import { plainText } from './text.ts'
import { utcTimestampSchema } from './timestamp.ts'

// Where the events of a workspace are sent. The database holds the same rules
// (sql/62_integrations/10_documents.sql).

const id = z.guid()
const name = plainText({ min: 1, max: 100 })
/** Keys of `integration_events`. */
const events = z.array(z.string().min(1).max(50)).min(1).max(100)

const addresses = {
  webhook: /^https:\/\/[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:[/?][A-Za-z0-9_.~!$&'()*+,;=:@%/?-]*)?$/,
  slack: /^https:\/\/hooks\.slack\.com\/(?:services|triggers|workflows)\/[A-Za-z0-9/_-]+$/,
  discord:
    /^https:\/\/(?:(?:canary|ptb)\.)?discord(?:app)?\.com\/api\/(?:v[0-9]+\/)?webhooks\/[0-9]+\/[A-Za-z0-9_-]{1,200}$/,
  teams: new RegExp(
    String.raw`^https:\/\/[a-z0-9.-]{1,200}\.(?:logic\.azure\.com|api\.powerplatform\.com|webhook\.office\.com)` +
      String.raw`(?::443)?\/[A-Za-z0-9_.~!$&'()*+,;=:@%/?-]+$`,
  ),
} as const

function inputOf<Kind extends keyof typeof addresses>(kind: Kind) {
  return z.strictObject({
    kind: z.literal(kind),
    name,
    events,
    /** One that is stored keeps its address where none is given. */
    url: z.string().max(1_024).regex(addresses[kind]).optional(),
    isPaused: z.boolean().optional(),
  })
}

/**
 * What `save_destination` takes: an endpoint for signed webhooks, or the incoming webhook of a chat. One that is made
 * needs its `url`.
 *
 * @example
 * const { error } = destinationInputSchema.safeParse({
 *   kind: 'webhook', name: 'Shop', url: 'https://shop.example.com/events', events: ['view.created', 'member.added'],
 * })
 */
export const destinationInputSchema = z.discriminatedUnion('kind', [
  inputOf('webhook'),
  inputOf('slack'),
  inputOf('discord'),
  inputOf('teams'),
])

const kind = z.enum(['webhook', 'slack', 'discord', 'teams'])
const outcome = z.enum(['delivered', 'refused', 'unreachable', 'failed'])

/**
 * A destination as `list_destinations` gives it to who manages integrations.
 *
 * @example
 * const { data } = await supabase.rpc('list_destinations', { workspace_id })
 * const paused = destinationSchema.array().parse(data).filter(({ status }) => status !== 'active')
 */
export const destinationSchema = z.strictObject({
  id,
  kind,
  name: z.string(),
  events: z.array(z.string()),
  /** The address of a webhook without its query; of a chat its host, since the address is its secret. */
  url: z.string(),
  /** `paused` by a person; `failed`: nothing was delivered for a day; `gone`: it said so. */
  status: z.enum(['active', 'paused', 'failed', 'gone']),
  /** Until then the secret before the present one signs too. */
  previousSecretUntil: utcTimestampSchema.nullable(),
  failingSince: utcTimestampSchema.nullable(),
  error: outcome.nullable(),
  /** Until then nothing is sent: it failed often. */
  restsUntil: utcTimestampSchema.nullable(),
  version: z.int(),
  createdAt: utcTimestampSchema,
  updatedAt: utcTimestampSchema,
})

/**
 * A destination as `save_destination` and `rotate_destination_secret` give it, with what signs its messages where that
 * is fresh: it is told this once.
 *
 * @example
 * const { secret } = savedDestinationSchema.parse(answer)
 * if (secret) show(`Keep it, it is not shown again: ${secret}`)
 */
export const savedDestinationSchema = destinationSchema.extend({
  secret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{43}=$/)
    .nullable(),
})

/**
 * What a workspace can be connected to, and is, as `list_integrations` gives it.
 *
 * @example
 * const failing = integrationSchema
 *   .array()
 *   .parse(answer)
 *   .flatMap(({ connected }) => connected.filter(({ isFailing }) => isFailing))
 */
export const integrationSchema = z.strictObject({
  /** The `kind` of a data source or a destination. */
  key: z.string(),
  name: z.string(),
  description: z.string(),
  direction: z.enum(['in', 'out']),
  feature: z.string().nullable(),
  /** Whether the plan of the workspace has it. */
  isAvailable: z.boolean(),
  connected: z.array(z.strictObject({ id, name: z.string(), isFailing: z.boolean(), isPaused: z.boolean() })),
})

/**
 * A page of what was sent to a destination, and waits, as `list_deliveries` gives it: never what was in it.
 *
 * @example
 * const { deliveries, next } = deliveryPageSchema.parse(answer)
 */
export const deliveryPageSchema = z.strictObject({
  deliveries: z.array(
    z.strictObject({
      /** That of the event, which receivers get as `webhook-id`. */
      id,
      type: z.string(),
      status: z.enum(['waiting', 'delivered', 'dead']),
      attempts: z.array(
        z.strictObject({
          at: utcTimestampSchema,
          outcome,
          status: z.int().nullable(),
          milliseconds: z.int().nullable(),
        }),
      ),
      dueAt: utcTimestampSchema.nullable(),
      createdAt: utcTimestampSchema,
      settledAt: utcTimestampSchema.nullable(),
    }),
  ),
  next: z.int().nullable(),
})

/**
 * What a webhook is sent: what happened, to which thing, and which of its columns changed. Content is read with the
 * Data API.
 *
 * @example
 * // In the receiver, with the package `standardwebhooks`: `secret` is what `save_destination` told.
 * const { type, data } = eventPayloadSchema.parse(answer)
 * if (type === 'view.deleted') show(data.id)
 */
export const eventPayloadSchema = z.object({
  /** A key of `integration_events`, or `integration.test`. */
  type: z.string(),
  timestamp: utcTimestampSchema,
  data: z.object({
    workspaceId: z.string(),
    /** The first part of the type, such as `view`. */
    kind: z.string(),
    /** Of the thing; null where one change was of more than a hundred: read all of them again. */
    id: z.string().nullable(),
    /** The columns of the thing, as the audit log calls them. */
    changed: z.array(z.string()),
    actor: z.enum(['user', 'service_role', 'api_key', 'system']),
    /** Of `view.arranged`. */
    version: z.int().optional(),
    /** Of `view.arranged`: instance ids, without the widgets that not everybody sees. */
    widgets: z
      .object({ added: z.array(z.string()), changed: z.array(z.string()), removed: z.array(z.string()) })
      .optional(),
  }),
})

/**
 * What `claim_deliveries` gives a server to deliver, with secrets.
 *
 * @example
 * const { data } = await server.rpc('claim_deliveries', { most: 100 })
 * for (const { kind, deliveries } of claimedDeliveriesSchema.array().parse(data)) show([kind, deliveries.length])
 */
export const claimedDeliveriesSchema = z.strictObject({
  workspaceId: z.string(),
  workspaceName: z.string(),
  destinationId: id,
  lease: id,
  kind,
  url: z.string(),
  secrets: z.array(z.string()),
  deliveries: z.array(
    z.strictObject({
      sequence: z.int(),
      id,
      /** Those of one thing are sent one after the other. */
      thing: z.string(),
      title: z.string(),
      payload: eventPayloadSchema,
    }),
  ),
})

/**
 * How many claims `settle_deliveries` wrote down, and how many came after their lease had ended.
 *
 * @example
 * const { late } = settledDeliveriesSchema.parse(answer)
 */
export const settledDeliveriesSchema = z.strictObject({ settled: z.int(), late: z.int() })

/**
 * What `send_test_event` gives: the id by which `list_deliveries` and the receiver know it.
 *
 * @example
 * show(sentTestSchema.parse(answer).id)
 */
export const sentTestSchema = z.strictObject({ id })

/**
 * How many events `replay_deliveries` sends again, and whether some that were given up are left.
 *
 * @example
 * const { hasMore } = replayedDeliveriesSchema.parse(answer)
 */
export const replayedDeliveriesSchema = z.strictObject({ replayed: z.int(), hasMore: z.boolean() })

/** What a server says became of one. */
export interface SettledDelivery {
  sequence: number
  /** `skipped` was not sent. */
  outcome: z.infer<typeof outcome> | 'skipped'
  status: number | null
  milliseconds: number | null
  /** Seconds, where the receiver asks for them. */
  retryAfter: number | null
}

export interface SettledDeliveries {
  workspaceId: string
  destinationId: string
  lease: string
  deliveries: SettledDelivery[]
}

export type DestinationInput = z.infer<typeof destinationInputSchema>
export type Destination = z.infer<typeof destinationSchema>
export type SavedDestination = z.infer<typeof savedDestinationSchema>
export type Integration = z.infer<typeof integrationSchema>
export type DeliveryPage = z.infer<typeof deliveryPageSchema>
export type EventPayload = z.infer<typeof eventPayloadSchema>
export type ClaimedDeliveries = z.infer<typeof claimedDeliveriesSchema>
