import type { Queryable } from '../../shared/index.ts'
import { confirmEmail } from '../accounts.ts'
import { unexpectedFailure, validationFailed } from '../errors.ts'
import { insertIdentity } from '../identities.ts'
import { hashPassword, isTooLong, randomPassword } from '../passwords.ts'
import { emailExists, findUserByEmail, insertUser, mergeMetadata, type User, updateUser } from '../users.ts'
import type { UserInput } from './user-input.ts'

/** Makes an account as an administrator describes it; no mail is sent. */
export async function createAccount(sql: Queryable, input: UserInput): Promise<User> {
  const { email, phone } = input
  if (!email && !phone) throw validationFailed('Cannot create a user without either an email or phone')
  if (email && (await findUserByEmail(sql, email))) throw emailExists()
  if (input.password !== null && input.passwordHash)
    throw validationFailed('Only a password or a password hash should be provided')
  const providers = [...(email ? ['email'] : []), ...(phone ? ['phone'] : [])]
  let user = await insertUser(sql, {
    id: input.id ?? undefined,
    aud: input.aud ?? undefined,
    role: input.role ?? undefined,
    email,
    phone,
    passwordHash: await hashOf(input),
    userMetadata: input.userMetadata ?? {},
    appMetadata: { provider: providers[0], providers },
  })
  if (email) await insertIdentity(sql, user, 'email', { email })
  if (phone) await insertIdentity(sql, user, 'phone', { phone })
  if (input.appMetadata)
    user = await updateUser(sql, user.id, {
      raw_app_meta_data: mergeMetadata(user.raw_app_meta_data, input.appMetadata),
    })
  if (input.emailConfirm) user = await confirmEmail(sql, user)
  if (input.phoneConfirm) user = await updateUser(sql, user.id, { phone_confirmed_at: new Date() })
  return updateUser(sql, user.id, { banned_until: input.bannedUntil })
}

async function hashOf({ password, passwordHash }: UserInput): Promise<string> {
  if (passwordHash) {
    if (!/^\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}$/.test(passwordHash))
      throw unexpectedFailure('Error creating user')
    return passwordHash
  }
  if (password && isTooLong(password)) throw validationFailed('bcrypt: password length exceeds 72 bytes')
  return hashPassword(password || randomPassword())
}
