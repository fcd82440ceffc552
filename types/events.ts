import * as z from 'zod'
import { timestampSchema } from './timestamp.ts'

// What the database tells the clients of a channel: ids and the version that it leads to, never content.

const changeSchema = z.enum(['added', 'changed', 'removed'])
const workspaceId = z.string()
const instanceIds = z.array(z.uuid())

/** On the channel of a workspace, and for personal views on that of a person. */
export const dashboardUpdatedSchema = z.object({
  workspaceId,
  viewId: z.uuid(),
  version: z.int(),
  change: changeSchema,
  /** By instance id, without those that not everybody sees; null: read the view again. */
  widgets: z.object({ added: instanceIds, changed: instanceIds, removed: instanceIds }).nullable(),
})

/** On the channel of a workspace, and for personal themes on that of their owner. */
export const themeUpdatedSchema = z.object({
  workspaceId,
  /** `version` is the revision; null: so many that all are to be read again. */
  themes: z.array(z.object({ id: z.uuid(), version: z.int(), change: changeSchema })).nullable(),
})

/** On the channel of a workspace: its name, settings, plan or first theme. */
export const workspaceUpdatedSchema = z.object({
  workspaceId,
  updatedAt: timestampSchema.optional(),
  isDeleted: z.literal(true).optional(),
})

/** On the channel of a workspace. */
export const memberChangedSchema = z.object({
  workspaceId,
  /** Null: so many that the list is to be read again. */
  members: z.array(z.object({ userId: z.uuid(), change: changeSchema })).nullable(),
})

/** On the channel of a person: their rights changed. On that of a workspace: those of everybody in a role. */
export const sessionChangedSchema = z.object({ workspaceId, roleKey: z.string().optional() })

/** On the channel of a person. */
export const preferencesUpdatedSchema = z.object({ workspaceId, updatedAt: timestampSchema })

/** On the channel of a person. */
export const notificationNewSchema = z.object({
  workspaceId: z.string().nullable(),
  id: z.uuid(),
  kind: z.string(),
})

/**
 * The schema of each event's payload, by its name.
 *
 * @example
 * channel.on('broadcast', { event: 'theme:updated' }, ({ payload }) => {
 *   const { themes } = eventSchemas['theme:updated'].parse(payload)
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
} as const

export type LiveEvent = keyof typeof eventSchemas
export type LivePayload<Event extends LiveEvent> = z.infer<(typeof eventSchemas)[Event]>

/**
 * What people say of themselves on the channel of their workspace. Anybody there can say anything: names are looked up
 * by the id, and nothing is allowed for it.
 */
export const presenceSchema = z.object({ userId: z.uuid(), viewId: z.uuid().nullable() })

export type Presence = z.infer<typeof presenceSchema>
