import * as z from 'zod'
import { utcTimestampSchema } from './timestamp.ts'

// What people are told, and how they want to hear of it.

/**
 * How a kind of notification comes to a person.
 *
 * @example
 * const choices = deliverySchema.options // app, mail, both, none
 */
export const deliverySchema = z.enum(['app', 'mail', 'both', 'none'])

const named = z.object({ id: z.string(), name: z.string() })
/** The workspace, and who did it: null for the server, and for somebody whose account is deleted. */
const everyPayload = { workspace: named, actor: named.nullable() }
const role = z.object({ key: z.string(), name: z.string() })

/**
 * What a front end needs to say a notification in its own language, by kind. Of several that were joined (`count`) it
 * is that of the latest.
 *
 * @example
 * const { actor, view } = notificationPayloadSchemas.view_shared.parse(answer)
 */
export const notificationPayloadSchemas = {
  member_joined: z.object({ ...everyPayload, role }),
  /** `actor` is null: who declined is known by the invited address alone, which is null once the account is deleted. */
  invitation_declined: z.object({ ...everyPayload, email: z.string().nullable() }),
  role_changed: z.object({ ...everyPayload, role }),
  view_shared: z.object({ ...everyPayload, view: named }),
  member_removed: z.object(everyPayload),
  ownership_transferred: z.object(everyPayload),
  listing_reviewed: z.object({
    ...everyPayload,
    listing: named,
    outcome: z.enum(['published', 'refused', 'taken_down', 'allowed_again']),
    /** What operators said; empty where they said nothing. */
    note: z.string(),
  }),
  source_failing: z.object({ ...everyPayload, source: named }),
  destination_paused: z.object({ ...everyPayload, destination: named }),
  plan_changed: z.object({ ...everyPayload, plan: named }),
  payment_failed: z.object({ ...everyPayload, graceUntil: utcTimestampSchema }),
  payment_action_required: z.object(everyPayload),
  trial_ending: z.object({ ...everyPayload, trialEnd: utcTimestampSchema }),
  support_answer: z.object({
    ...everyPayload,
    /** Its name is the subject; `openedBy` is null once the account of who opened it is gone. */
    ticket: named.extend({ number: z.int(), openedBy: z.uuid().nullable() }),
  }),
}

/**
 * A notification. Kinds may be added: one that a front end does not know has `title` and `body` to show.
 *
 * @example
 * const { title, link } = notificationSchema.parse(answer)
 */
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
  createdAt: utcTimestampSchema,
  /** When it last told something. */
  updatedAt: utcTimestampSchema,
  /** Null while unread. */
  readAt: utcTimestampSchema.nullable(),
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

/**
 * The answer of `mark_notifications`.
 *
 * @example
 * const { data } = await supabase.rpc('mark_notifications')
 * const { unreadNotifications } = markedNotificationsSchema.parse(data)
 */
export const markedNotificationsSchema = z.strictObject({
  marked: z.int().nonnegative(),
  /** 100 means 100 or more. */
  unreadNotifications: z.int().min(0).max(100),
})

/**
 * How a person hears of a kind: the answer of `set_notification_preference`.
 *
 * @example
 * const { data } = await supabase.rpc('set_notification_preference', { kind: 'view_shared', delivery: 'none' })
 * const { delivery } = notificationPreferenceSchema.parse(data)
 */
export const notificationPreferenceSchema = z.strictObject({
  kind: z.string(),
  description: z.string(),
  delivery: deliverySchema,
  /** How it comes to who has not chosen. */
  default: deliverySchema,
})

/**
 * The answer of `list_notification_preferences`.
 *
 * @example
 * const { data } = await supabase.rpc('list_notification_preferences')
 * const kinds = notificationPreferencesSchema.parse(data).map(({ kind }) => kind)
 */
export const notificationPreferencesSchema = z.array(notificationPreferenceSchema)

export type Delivery = z.infer<typeof deliverySchema>
export type Notification = z.infer<typeof notificationSchema>
export type NotificationList = z.infer<typeof notificationListSchema>
export type NotificationPreference = z.infer<typeof notificationPreferenceSchema>
