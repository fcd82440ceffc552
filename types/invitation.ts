import * as z from 'zod'
import { utcTimestampSchema } from './timestamp.ts'

// Invitations, as who sends and who gets one sees them.

/**
 * An invitation with its token, which is shown this once: the answer of `create_invitation` and `resend_invitation`.
 *
 * @example
 * const { data } = await supabase.rpc('create_invitation', { workspace_id, email, role: 'member' })
 * const link = `https://app.example.com/join#${sentInvitationSchema.parse(data).token}`
 */
export const sentInvitationSchema = z.strictObject({
  id: z.guid(),
  email: z.string(),
  role: z.string(),
  /** What opens the workspace to who owns the address: it belongs into a link, and into no log. */
  token: z.string(),
  expiresAt: utcTimestampSchema,
})

/**
 * What an open invitation is about, for whoever has its token: the answer of `preview_invitation`.
 *
 * @example
 * const { data } = await supabase.rpc('preview_invitation', { token })
 * const { workspaceName, inviterName } = invitationPreviewSchema.parse(data)
 */
export const invitationPreviewSchema = z.strictObject({
  workspaceName: z.string(),
  inviterName: z.string(),
  expiresAt: utcTimestampSchema,
})

/**
 * What a server did for the person with an address: the answer of `admin_set_member`.
 *
 * @example
 * const { status, invitation } = setMemberSchema.parse(answer)
 */
export const setMemberSchema = z.strictObject({
  status: z.enum(['active', 'suspended', 'invited']),
  /** Null for who has no account, or has not confirmed the address. */
  userId: z.guid().nullable(),
  /** With the token, where one was sent now; null where none was needed. */
  invitation: sentInvitationSchema.nullable(),
})

export type SetMember = z.infer<typeof setMemberSchema>
export type SentInvitation = z.infer<typeof sentInvitationSchema>
export type InvitationPreview = z.infer<typeof invitationPreviewSchema>
