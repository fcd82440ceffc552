import type { Queryable } from '../../shared/index.ts'
import { confirmEmail } from '../accounts.ts'
import type { AuthContext } from '../context.ts'
import { syncEmailIdentity } from '../identities.ts'
import { assertStrongPassword, hashPassword } from '../passwords.ts'
import { endSessions } from '../sessions.ts'
import {
  emailExists,
  findUserByEmail,
  mergeMetadata,
  type User,
  type UserChanges,
  updateUser,
} from '../users.ts'
import { bannedUntil, type UserInput } from './user-input.ts'

/** Changes what an administrator names, at once and without asking the person. */
export async function changeAccount(
  context: AuthContext,
  sql: Queryable,
  user: User,
  input: UserInput,
): Promise<User> {
  const email = input.email && input.email !== user.email ? input.email : undefined
  if (email && (await findUserByEmail(sql, email))) throw emailExists()
  const passwordHash = await hashOf(context, input)
  const changes: UserChanges = {
    email,
    phone: input.phone || undefined,
    role: input.role || undefined,
    aud: input.aud || undefined,
    encrypted_password: passwordHash,
    banned_until: bannedUntil(input.ban_duration),
    phone_confirmed_at: input.phone_confirm ? (user.phone_confirmed_at ?? new Date()) : undefined,
    raw_user_meta_data: input.user_metadata
      ? mergeMetadata(user.raw_user_meta_data, input.user_metadata)
      : undefined,
    raw_app_meta_data: input.app_metadata
      ? mergeMetadata(user.raw_app_meta_data, input.app_metadata)
      : undefined,
  }
  let changed = await updateUser(sql, user.id, changes)
  // Whoever had got in with the old password is out.
  if (passwordHash) await endSessions(sql, user.id, 'global', null)
  if (email) await syncEmailIdentity(sql, changed, { email })
  if (changed.email && input.email_confirm) changed = await confirmEmail(sql, changed)
  return changed
}

async function hashOf(
  context: AuthContext,
  { password, password_hash }: UserInput,
): Promise<string | undefined> {
  if (password_hash) return password_hash
  if (!password) return undefined
  assertStrongPassword(password, context.settings)
  return hashPassword(password)
}
