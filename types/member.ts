import * as z from 'zod'
import { permissionKeys } from './catalog.ts'
import { utcTimestampSchema } from './timestamp.ts'

// The people of a workspace and their roles, as its administrators see them.

/**
 * A member as `list_members` lists one.
 *
 * @example
 * const { name, role, status } = listedMemberSchema.parse(answer)
 */
export const listedMemberSchema = z.strictObject({
  userId: z.guid(),
  name: z.string(),
  /** Null for an account without a confirmed address. */
  email: z.string().nullable(),
  emailVerifiedAt: utcTimestampSchema.nullable(),
  avatarPath: z.string().nullable(),
  /** For `<img src>`; null without a picture. */
  avatarUrl: z.string().nullable(),
  role: z.string(),
  roleName: z.string(),
  status: z.enum(['active', 'suspended']),
  joinedAt: utcTimestampSchema,
  /** Of the account. */
  createdAt: utcTimestampSchema,
  /** The last change of profile or membership. */
  updatedAt: utcTimestampSchema,
})

/**
 * A member as `get_member` and `change_member` give one.
 *
 * @example
 * const { data } = await supabase.rpc('get_member', { workspace_id, user_id })
 * const { name, bio } = memberSchema.parse(data)
 */
export const memberSchema = listedMemberSchema.extend({ bio: z.string() })

/**
 * A pending invitation as `list_members` lists it with the status `invited`.
 *
 * @example
 * const { email, invitationId } = invitedMemberSchema.parse(answer)
 */
export const invitedMemberSchema = z.strictObject({
  userId: z.null(),
  /** For `resend_invitation` and `revoke_invitation`. */
  invitationId: z.guid(),
  email: z.string(),
  role: z.string(),
  roleName: z.string(),
  status: z.literal('invited'),
  invitedAt: utcTimestampSchema,
  /** In the past for one that has to be sent again. */
  expiresAt: utcTimestampSchema,
})

/**
 * A page of people: the answer of `list_members`.
 *
 * @example
 * const { data } = await supabase.rpc('list_members', { workspace_id, status: 'invited' })
 * const { total, members } = memberListSchema.parse(data)
 */
export const memberListSchema = z.strictObject({
  total: z.int().nonnegative(),
  page: z.int().positive(),
  perPage: z.int().positive(),
  members: z.array(z.discriminatedUnion('status', [listedMemberSchema, invitedMemberSchema])),
})

/**
 * By what `list_members` sorts.
 *
 * @example
 * const [sort] = memberSorts
 * const { data } = await supabase.rpc('list_members', { workspace_id, sort, direction: 'desc' })
 */
export const memberSorts = [
  'name',
  'email',
  'role',
  'joined_at',
  'created_at',
  'updated_at',
  'email_verified_at',
] as const

export type MemberSort = (typeof memberSorts)[number]

/**
 * The roles of a workspace: the answer of `list_roles`.
 *
 * @example
 * const { data } = await supabase.rpc('list_roles', { workspace_id })
 * const choices = rolesSchema.parse(data).map(({ key, name }) => ({ key, name }))
 */
export const rolesSchema = z.array(
  z.strictObject({
    key: z.string(),
    name: z.string(),
    description: z.string(),
    isBuiltIn: z.boolean(),
    /** Whether it is managed outside of the product: nobody changes or deletes it there. */
    isManaged: z.boolean(),
    permissions: z.array(z.enum(permissionKeys)),
    /** Null for who may not see members. */
    memberCount: z.int().nonnegative().nullable(),
  }),
)

export type ListedMember = z.infer<typeof listedMemberSchema>
export type Member = z.infer<typeof memberSchema>
export type InvitedMember = z.infer<typeof invitedMemberSchema>
export type MemberList = z.infer<typeof memberListSchema>
export type Roles = z.infer<typeof rolesSchema>
