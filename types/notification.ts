import { z } from 'zod'
import { timestampSchema } from './timestamp.ts'

// What people are told, and how they want to hear of it.

/** How a kind of notification comes to a person. */
export const deliverySchema = z.enum(['app', 'mail', 'both', 'none'])

const named = { id: z.string(), name: z.string() }
/** The workspace, and who did it: null for the server, and for somebody whose account is deleted. */
const everyPayload = { workspace: z.object(named), actor: z.object(named).nullable() }
const role = z.object({ key: z.string(), name: z.string() })

/**
 * What a front end needs to say a notification in its own language, by kind. Of several that were joined (`count`) it is
 * that of the latest.
 */
export const notificationPayloadSchemas = {
  member_joined: z.object({ ...everyPayload, role }),
  role_changed: z.object({ ...everyPayload, role }),
  view_shared: z.object({ ...everyPayload, view: z.object(named) }),
  member_removed: z.object(everyPayload),
  ownership_transferred: z.object(everyPayload),
}

/** A notification. Kinds may be added: one that a front end does not know has `title` and `body` to show. */
export const notificationSchema = z.strictObject({
  id: z.guid(),
  workspaceId: z.string(),
  kind: z.string(),
  /** One line of text, in English, and never HTML. */
  title: z.string(),
  body: z.string(),
  /** A path of the front end, as `/workspaces/<id>/members`; null where there is nothing to open. */
  link: z.string().startsWith('/').nullable(),
  /** See `notificationPayloadSchemas`. */
  payload: z.record(z.string(), z.unknown()),
  /** How many were joined: 1 for one by itself. */
  count: z.int().positive(),
  createdAt: timestampSchema,
  /** When it last told something. */
  updatedAt: timestampSchema,
  /** Null while unread. */
  readAt: timestampSchema.nullable(),
})

/**
 * A page of notifications: the answer of `list_notifications`.
 *
 * @example
 * const { data } = await supabase.rpc('list_notifications', { unread_only: true })
 * const { notifications, next } = notificationListSchema.parse(data)
 */
export const notificationListSchema = z.strictObject({
  notifications: z.array(notificationSchema),
  /** What to give as `after` for the next page; null on the last one. */
  next: z.string().nullable(),
})

/** The answer of `mark_notifications`. */
export const markedNotificationsSchema = z.strictObject({
  marked: z.int().nonnegative(),
  /** 100 means 100 or more. */
  unreadNotifications: z.int().min(0).max(100),
})

/** How a person hears of a kind: the answer of `set_notification_preference`. */
export const notificationPreferenceSchema = z.strictObject({
  kind: z.string(),
  description: z.string(),
  delivery: deliverySchema,
  /** How it comes to who has not chosen. */
  default: deliverySchema,
})

/** The answer of `list_notification_preferences`. */
export const notificationPreferencesSchema = z.array(notificationPreferenceSchema)

export type Delivery = z.infer<typeof deliverySchema>
export type Notification = z.infer<typeof notificationSchema>
export type NotificationList = z.infer<typeof notificationListSchema>
export type NotificationPreference = z.infer<typeof notificationPreferenceSchema>
