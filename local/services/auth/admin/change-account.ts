import type { Queryable } from '../../shared/index.ts'
import { confirmEmail } from '../accounts.ts'
import { unexpectedFailure } from '../errors.ts'
import { mergeIdentity } from '../identities.ts'
import { changePassword } from '../own-account.ts'
import { findUserByEmail, mergeMetadata, type User, updateUser } from '../users.ts'
import type { UserInput } from './user-input.ts'

/** Changes what an administrator names, at once and without asking the person. */
export async function changeAccount(
  sql: Queryable,
  user: User,
  input: UserInput,
  passwordHash: string | null,
): Promise<User> {
  let changed = await updateUser(sql, user.id, { role: input.role ?? undefined })
  if (input.emailConfirm) changed = await confirmEmail(sql, changed)
  if (input.phoneConfirm) changed = await updateUser(sql, user.id, { phone_confirmed_at: new Date() })
  // Whoever had got in with the old password is out.
  if (passwordHash) changed = await changePassword(sql, changed, null, passwordHash)
  if (input.email) changed = await setEmail(sql, changed, input.email, input.emailConfirm)
  if (input.phone) changed = await setPhone(sql, changed, input.phone, input.phoneConfirm)
  return updateUser(sql, user.id, {
    banned_until: input.bannedUntil,
    raw_app_meta_data: input.appMetadata
      ? mergeMetadata(changed.raw_app_meta_data, input.appMetadata)
      : undefined,
    raw_user_meta_data: input.userMetadata
      ? mergeMetadata(changed.raw_user_meta_data, input.userMetadata)
      : undefined,
  })
}

async function setEmail(sql: Queryable, user: User, email: string, isConfirmed: boolean): Promise<User> {
  const holder = await findUserByEmail(sql, email)
  if (holder && holder.id !== user.id) throw unexpectedFailure('Error updating user')
  await mergeIdentity(sql, user, 'email', { email, email_verified: isConfirmed })
  return updateUser(sql, user.id, { email, is_anonymous: user.is_anonymous && !isConfirmed })
}

async function setPhone(sql: Queryable, user: User, phone: string, isConfirmed: boolean): Promise<User> {
  await mergeIdentity(sql, user, 'phone', { phone, phone_verified: isConfirmed })
  return updateUser(sql, user.id, { phone, is_anonymous: user.is_anonymous && !isConfirmed })
}
