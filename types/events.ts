import * as z from 'zod'
import { timestampSchema } from './timestamp.ts'

// What the database tells the clients of a channel: ids and the version that it leads to, never content.

const changeSchema = z.enum(['added', 'changed', 'removed'])
const workspaceId = z.string()
const instanceIds = z.array(z.uuid())

/**
 * On the channel of a workspace, and for personal views on that of a person.
 *
 * @example
 * const { viewId, version } = dashboardUpdatedSchema.parse(answer)
 */
export const dashboardUpdatedSchema = z.object({
  workspaceId,
  viewId: z.uuid(),
  version: z.int(),
  change: changeSchema,
  /** By instance id, without those that not everybody sees; null: read the view again. */
  widgets: z.object({ added: instanceIds, changed: instanceIds, removed: instanceIds }).nullable(),
})

/**
 * On the channel of a workspace, and for personal themes on that of their owner.
 *
 * @example
 * const { themes } = themeUpdatedSchema.parse(answer)
 */
export const themeUpdatedSchema = z.object({
  workspaceId,
  /** `version` is the revision; null: so many that all are to be read again. */
  themes: z.array(z.object({ id: z.uuid(), version: z.int(), change: changeSchema })).nullable(),
})

/**
 * On the channel of a workspace: its name, settings, plan or first theme.
 *
 * @example
 * if (workspaceUpdatedSchema.parse(answer).isDeleted) show('It is gone.')
 */
export const workspaceUpdatedSchema = z.object({
  workspaceId,
  updatedAt: timestampSchema.optional(),
  isDeleted: z.literal(true).optional(),
})

/**
 * On the channel of a workspace: who came, left or is something else there.
 *
 * @example
 * const { members } = memberChangedSchema.parse(answer)
 */
export const memberChangedSchema = z.object({
  workspaceId,
  /** Null: so many that the list is to be read again. */
  members: z.array(z.object({ userId: z.uuid(), change: changeSchema })).nullable(),
})

/**
 * On the channel of a person: their rights changed. On that of a workspace: those of everybody in a role.
 *
 * @example
 * const { roleKey } = sessionChangedSchema.parse(answer)
 */
export const sessionChangedSchema = z.object({ workspaceId, roleKey: z.string().optional() })

/**
 * On the channel of a person: what they prefer in a workspace.
 *
 * @example
 * const { updatedAt } = preferencesUpdatedSchema.parse(answer)
 */
export const preferencesUpdatedSchema = z.object({ workspaceId, updatedAt: timestampSchema })

/**
 * On the channel of a person: something was told to them.
 *
 * @example
 * const { kind } = notificationNewSchema.parse(answer)
 */
export const notificationNewSchema = z.object({
  workspaceId: z.string().nullable(),
  id: z.uuid(),
  kind: z.string(),
})

/**
 * On the channel of a workspace: answers that widgets show are newer, or failed. Who shows one of them (`meta.question`
 * of `get_widget_data`) reads again.
 *
 * @example
 * const { questions } = widgetRefreshedSchema.parse(answer)
 */
export const widgetRefreshedSchema = z.object({
  workspaceId,
  /** Null: so many that all are to be read again. */
  questions: z.array(z.string()).nullable(),
})

/**
 * On the channel of a person: a message of a conversation of theirs began or ended, or the conversation changed.
 *
 * @example
 * const { conversationId, messageId } = conversationUpdatedSchema.parse(answer)
 */
export const conversationUpdatedSchema = z.object({
  workspaceId,
  conversationId: z.uuid(),
  /** Of the agent's message, which is the id of the answer; null where it is about the conversation. */
  messageId: z.uuid().nullable(),
  change: z.enum(['message', 'changed', 'removed']),
})

/**
 * On the channel of the person who opened a ticket: something was said in it, or its status changed.
 *
 * @example
 * const { ticketId } = ticketUpdatedSchema.parse(answer)
 */
export const ticketUpdatedSchema = z.object({ workspaceId, ticketId: z.uuid() })

const changedThings = z.array(
  z.object({ id: z.uuid(), version: z.int(), change: z.enum(['added', 'changed', 'removed']) }),
)

/**
 * On the channel of a workspace: what it installed from the marketplace was installed, changed or removed, or something
 * became of the listing.
 *
 * @example
 * const { installs } = installChangedSchema.parse(answer)
 */
export const installChangedSchema = z.object({
  workspaceId,
  /** Null: so many that all are to be read again. */
  installs: changedThings.nullable(),
})

/**
 * On the channel of a workspace: a listing of its own was begun, changed, reviewed or deleted.
 *
 * @example
 * const { listings } = listingChangedSchema.parse(answer)
 */
export const listingChangedSchema = z.object({ workspaceId, listings: changedThings })

/**
 * The schema of each event's payload, by its name.
 *
 * @example
 * const channel = supabase.channel(`workspace:${workspaceId}`, { config: { private: true } })
 * channel.on('broadcast', { event: 'theme:updated' }, ({ payload }) => {
 *   show(eventSchemas['theme:updated'].parse(payload).themes)
 * })
 */
export const eventSchemas = {
  'dashboard:updated': dashboardUpdatedSchema,
  'theme:updated': themeUpdatedSchema,
  'workspace:updated': workspaceUpdatedSchema,
  'member:changed': memberChangedSchema,
  'session:changed': sessionChangedSchema,
  'preferences:updated': preferencesUpdatedSchema,
  'notification:new': notificationNewSchema,
  'widget:refreshed': widgetRefreshedSchema,
  'conversation:updated': conversationUpdatedSchema,
  'ticket:updated': ticketUpdatedSchema,
  'install:changed': installChangedSchema,
  'listing:changed': listingChangedSchema,
} as const

export type LiveEvent = keyof typeof eventSchemas
export type LivePayload<Event extends LiveEvent> = z.infer<(typeof eventSchemas)[Event]>

/**
 * What people say of themselves on the channel of their workspace. Anybody there can say anything: names are looked up
 * by the id, and nothing is allowed for it.
 *
 * @example
 * const { userId, viewId } = presenceSchema.parse(answer)
 */
export const presenceSchema = z.object({ userId: z.uuid(), viewId: z.uuid().nullable() })

export type Presence = z.infer<typeof presenceSchema>
