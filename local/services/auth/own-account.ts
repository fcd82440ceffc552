import type { Queryable } from '../shared/index.ts'
import type { SignedInUser } from './callers.ts'
import type { AuthContext } from './context.ts'
import { AuthError } from './errors.ts'
import { type LinkRequest, mailEmailChange, requirePause } from './links.ts'
import { assertTokenFits } from './metadata-room.ts'
import { forgetTokens, hashCode, isCurrent, spendToken } from './one-time-tokens.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { endSessions, findSession } from './sessions.ts'
import {
  emailExists,
  findUserByEmail,
  type Metadata,
  mergeMetadata,
  type User,
  type UserChanges,
  updateUser,
} from './users.ts'
import { changeEmail } from './verification.ts'

/** What people change of their own accounts, checked; null stands for as it is. */
export interface OwnChanges {
  email: string | null
  password: string | null
  nonce: string
  data: Metadata | null
}

/** A session younger than this needs no further proof before a password is changed. */
const recentSession = 24 * 60 * 60_000

/** Changes the account of whoever is signed in; an address only counts when the mailed link was followed. */
export async function updateOwnAccount(
  context: AuthContext,
  { user, sessionId }: SignedInUser,
  { email, password, nonce, data }: OwnChanges,
  link: LinkRequest,
): Promise<User> {
  const { database } = context
  if (email && (await findUserByEmail(database, email))) throw emailExists()
  let passwordHash: string | null = null
  if (password) {
    await requireFreshProof(context, user, sessionId, nonce)
    if (await isPassword(password, user.encrypted_password))
      throw new AuthError(422, 'same_password', 'New password should be different from the old password.')
    passwordHash = await hashPassword(password)
  }
  return database.transaction(async (sql) => {
    let changed = user
    if (passwordHash) changed = await changePassword(sql, user, sessionId, passwordHash)
    if (data) {
      changed = await updateUser(sql, user.id, {
        raw_user_meta_data: mergeMetadata(changed.raw_user_meta_data, data),
      })
      await assertTokenFits(context, changed, user)
    }
    if (!email) return changed
    // Somebody without an account signs up with the address, which confirms it as a sign-up does.
    if (user.is_anonymous && !context.settings.email.enable_confirmations)
      return changeEmail(sql, changed, email)
    requirePause(context, user, 'email_change_new')
    return mailEmailChange(context, sql, changed, email, link)
  })
}

/** What no longer counts once the password is another: whatever was mailed before may be in the wrong hands. */
export const forgottenWithPassword = {
  confirmation_token: '',
  confirmation_sent_at: null,
  recovery_token: '',
  recovery_sent_at: null,
  email_change_token_current: '',
  email_change_token_new: '',
  email_change_sent_at: null,
  phone_change_token: '',
  phone_change_sent_at: null,
  reauthentication_token: '',
  reauthentication_sent_at: null,
} satisfies UserChanges

/** Sets a password and ends every other session: whoever had got in with the old one is out. */
export async function changePassword(
  sql: Queryable,
  user: User,
  sessionId: string | null,
  passwordHash: string,
): Promise<User> {
  await forgetTokens(sql, user.id)
  await endSessions(sql, user.id, sessionId ? 'others' : 'global', sessionId)
  return updateUser(sql, user.id, { ...forgottenWithPassword, encrypted_password: passwordHash })
}

/** @throws AuthError where the project asks an old session for the code of a mail */
async function requireFreshProof(
  { database, settings }: AuthContext,
  user: User,
  sessionId: string | null,
  nonce: string,
): Promise<void> {
  if (!settings.email.secure_password_change) return
  const session = sessionId ? await findSession(database, sessionId) : null
  if (session && Date.now() < session.created_at.getTime() + recentSession) return
  if (!nonce) throw new AuthError(400, 'reauthentication_needed', 'Password update requires reauthentication')
  if (!isCurrent(user, 'reauthentication', hashCode(user.email ?? '', nonce), settings))
    throw new AuthError(422, 'reauthentication_not_valid', 'Nonce has expired or is invalid')
  await spendToken(database, user, 'reauthentication')
}
