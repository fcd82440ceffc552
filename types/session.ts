import * as z from 'zod'
import { featureKeys, permissionKeys, planKeys } from './catalog.ts'
import { myInvitationsSchema } from './invitation-list.ts'
import { preferencesSchema } from './preferences.ts'
import { utcTimestampSchema } from './timestamp.ts'

// Who is signed in and what they may do, in one call.

const permissionsSchema = z.array(z.enum(permissionKeys))
const featuresSchema = z.array(z.enum(featureKeys))
const place = { id: z.string(), name: z.string(), joinedAt: utcTimestampSchema }

/**
 * A workspace as `session_context` lists it. To who is suspended it is named, and nothing else is told about it.
 *
 * @example
 * const { status, permissions } = sessionWorkspaceSchema.parse(session.workspaces[0])
 * const mayInvite = status === 'active' && permissions.includes('members.invite')
 */
export const sessionWorkspaceSchema = z.discriminatedUnion('status', [
  z.strictObject({
    ...place,
    status: z.literal('active'),
    /** The key of the role. */
    role: z.string(),
    roleName: z.string(),
    permissions: permissionsSchema,
    planType: z.enum(planKeys),
    /** Of the payment; null where nothing is paid for. */
    planStatus: z.string().nullable(),
    /** Until when the plan stays where a payment is due. */
    graceUntil: utcTimestampSchema.nullable(),
    /** Whether the plan has no seat for one, so that `permissions` are fewer than those of the role. */
    isReadOnly: z.boolean(),
    features: featuresSchema,
    /** Without `extras`, which `get_preferences` gives. */
    preferences: preferencesSchema.omit({ extras: true }),
  }),
  z.strictObject({
    ...place,
    status: z.literal('suspended'),
    role: z.null(),
    roleName: z.null(),
    permissions: permissionsSchema.max(0),
    planType: z.null(),
    planStatus: z.null(),
    graceUntil: z.null(),
    isReadOnly: z.null(),
    features: featuresSchema.max(0),
    preferences: z.null(),
  }),
])

/**
 * The account that is signed in, its workspaces and its preferences: the answer of `session_context`.
 *
 * @example
 * const { data } = await supabase.rpc('session_context', {}, { get: true })
 * const { user, workspaces } = sessionSchema.parse(data)
 */
export const sessionSchema = z.strictObject({
  user: z.strictObject({
    id: z.guid(),
    name: z.string(),
    /** Null for an account without a confirmed address. */
    email: z.string().nullable(),
    emailVerifiedAt: utcTimestampSchema.nullable(),
    avatarPath: z.string().nullable(),
    /** For `<img src>`; null without a picture. */
    avatarUrl: z.string().nullable(),
    locale: z.string(),
    bio: z.string(),
    createdAt: utcTimestampSchema,
    updatedAt: utcTimestampSchema,
  }),
  workspaces: z.array(sessionWorkspaceSchema),
  /** What waits for the address of the account. */
  invitations: myInvitationsSchema,
  /** What holds in every workspace that has nothing of its own. */
  preferences: z.strictObject({ locale: z.string() }),
  /** Counted up to 100, which means 100 or more. */
  unreadNotifications: z.int().min(0).max(100),
})

export type Session = z.infer<typeof sessionSchema>
export type SessionWorkspace = z.infer<typeof sessionWorkspaceSchema>
