import * as z from 'zod'
import { utcTimestampSchema } from './timestamp.ts'

// Mails as a server takes and settles them.

const mailSchema = z.strictObject({
  workspaceId: z.string(),
  /** The idempotency key at the mail service. */
  id: z.guid(),
  to: z.string(),
  locale: z.string(),
  workspaceName: z.string(),
})

const mailedNotificationSchema = z.strictObject({
  kind: z.string(),
  title: z.string(),
  body: z.string(),
  /** A path of the front end. */
  link: z.string().nullable(),
  payload: z.record(z.string(), z.json()),
  count: z.int(),
})

/**
 * A mail that is to be sent: values as people typed them, which are to be escaped, and whose addresses are to be taken
 * apart (`unlinked` of `functions/mail`), or mail programs make links of them.
 *
 * @example
 * const mails = z.array(outgoingMailSchema).parse(data)
 */
export const outgoingMailSchema = z.union([
  mailSchema.extend({
    kind: z.literal('invitation'),
    invitation: z.strictObject({
      id: z.guid(),
      inviterName: z.string(),
      roleName: z.string(),
      expiresAt: utcTimestampSchema,
    }),
  }),
  mailSchema.extend({
    /** The kind of the notifications. */
    kind: z.string(),
    userId: z.guid(),
    notifications: z.array(mailedNotificationSchema),
  }),
])

/**
 * What became of a mail: an element of what `settle_mails` takes.
 *
 * @example
 * const results: SettledMail[] = [{ workspaceId: mail.workspaceId, id: mail.id, outcome: 'sent' }]
 */
export interface SettledMail {
  workspaceId: string
  id: string
  /**
   * retry: it is due again later. failed: it is given up. skipped: the service has too much, and it is due again as
   * often as that is so.
   */
  outcome: 'sent' | 'retry' | 'failed' | 'skipped'
  /** The seconds after which the service wants to be asked again. */
  retryAfter?: number | null
}

export type OutgoingMail = z.infer<typeof outgoingMailSchema>
export type MailedNotification = z.infer<typeof mailedNotificationSchema>
