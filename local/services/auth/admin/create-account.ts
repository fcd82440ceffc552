import type { Queryable } from '../../shared/index.ts'
import { confirmEmail } from '../accounts.ts'
import { validationFailed } from '../errors.ts'
import { insertIdentity } from '../identities.ts'
import { hashPassword, randomPassword } from '../passwords.ts'
import { emailExists, findUserByEmail, insertUser, type User, updateUser } from '../users.ts'
import { bannedUntil, type UserInput } from './user-input.ts'

/** Makes an account as an administrator describes it; no mail is sent. */
export async function createAccount(sql: Queryable, input: UserInput): Promise<User> {
  const { email, phone } = input
  if (!email && !phone) throw validationFailed('Cannot create a user without either an email or phone')
  if (input.password && input.password_hash)
    throw validationFailed('Only a password or a password hash should be provided')
  if (email && (await findUserByEmail(sql, email))) throw emailExists()
  const providers = [...(email ? ['email'] : []), ...(phone ? ['phone'] : [])]
  let user = await insertUser(sql, {
    id: input.id ?? undefined,
    aud: input.aud || undefined,
    role: input.role || undefined,
    email: email || null,
    phone: phone || null,
    passwordHash: input.password_hash || (await hashPassword(input.password || randomPassword())),
    userMetadata: input.user_metadata ?? {},
    appMetadata: { provider: providers[0], providers, ...input.app_metadata },
    bannedUntil: bannedUntil(input.ban_duration) ?? null,
  })
  if (email) await insertIdentity(sql, user, 'email', { email, email_verified: false, phone_verified: false })
  if (phone) await insertIdentity(sql, user, 'phone', { phone, email_verified: false, phone_verified: false })
  if (email && input.email_confirm) user = await confirmEmail(sql, user)
  if (phone && input.phone_confirm) user = await updateUser(sql, user.id, { phone_confirmed_at: new Date() })
  return user
}
