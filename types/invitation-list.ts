import * as z from 'zod'
import { utcTimestampSchema } from './timestamp.ts'

// Invitations in lists: those that wait for oneself, and the pending ones of a workspace.

/** The key of a role, and what it is called. */
const role = { role: z.string(), roleName: z.string() }

/**
 * What waits for the caller's confirmed address: the answer of `my_invitations`, and `invitations` of
 * `session_context`.
 *
 * @example
 * const [first] = myInvitationsSchema.parse((await supabase.rpc('my_invitations')).data)
 * if (first) await supabase.rpc('accept_my_invitation', { id: first.id })
 */
export const myInvitationsSchema = z.array(
  z.strictObject({
    /** For `accept_my_invitation`. */
    id: z.guid(),
    workspaceName: z.string(),
    ...role,
    inviterName: z.string(),
    invitedAt: utcTimestampSchema,
    expiresAt: utcTimestampSchema,
  }),
)

/**
 * A pending invitation as `list_invitations` lists it.
 *
 * @example
 * const { email, isOpen } = listedInvitationSchema.parse(answer)
 */
export const listedInvitationSchema = z.strictObject({
  /** For `resend_invitation` and `revoke_invitation`. */
  id: z.guid(),
  email: z.string(),
  ...role,
  /** Who sent it last; null where the account is gone. */
  inviter: z.strictObject({ id: z.guid(), name: z.string() }).nullable(),
  createdAt: utcTimestampSchema,
  expiresAt: utcTimestampSchema,
  /** Not where it has expired, or its inviter may not give the role any more: it has to be sent again. */
  isOpen: z.boolean(),
})

/**
 * A page of the pending invitations of a workspace: the answer of `list_invitations`.
 *
 * @example
 * const { data } = await supabase.rpc('list_invitations', { workspace_id })
 * const expired = invitationListSchema.parse(data).invitations.filter(({ isOpen }) => !isOpen)
 */
export const invitationListSchema = z.strictObject({
  total: z.int().nonnegative(),
  page: z.int().positive(),
  perPage: z.int().positive(),
  invitations: z.array(listedInvitationSchema),
})

export type MyInvitations = z.infer<typeof myInvitationsSchema>
export type ListedInvitation = z.infer<typeof listedInvitationSchema>
export type InvitationList = z.infer<typeof invitationListSchema>
