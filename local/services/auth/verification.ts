import type { Queryable } from '../shared/index.ts'
import { confirmEmail } from './accounts.ts'
import type { AuthContext } from './context.ts'
import { AuthError } from './errors.ts'
import { syncEmailIdentity } from './identities.ts'
import { clearTokens, isExpired, lockUserByToken, pkcePrefix, type TokenPurpose } from './one-time-tokens.ts'
import {
  assertNotBanned,
  emailExists,
  findUserByEmail,
  mergeMetadata,
  type User,
  updateUser,
} from './users.ts'

/** What a client says that a code was mailed for, and the codes that this can mean. */
export const verifyTypes = {
  signup: ['confirmation'],
  invite: ['confirmation'],
  magiclink: ['recovery', 'confirmation'],
  recovery: ['recovery'],
  email: ['confirmation', 'recovery'],
  email_change: ['email_change_new', 'email_change_current'],
} as const satisfies Record<string, readonly TokenPurpose[]>

export type VerifyType = keyof typeof verifyTypes

/** Whether a text is one of the types that a code can be verified for. */
export function isVerifyType(type: string): type is VerifyType {
  return Object.hasOwn(verifyTypes, type)
}

/** `asksOther`: one of two addresses has agreed to a change, and the other one is still to be asked. */
export type Verification = { user: User; pkce: boolean } | 'asksOther'

/** A code that fits nobody, was spent, or is too old. */
export function invalidToken(): AuthError {
  return new AuthError(403, 'otp_expired', 'Token has expired or is invalid')
}

/**
 * Spends a mailed code.
 *
 * @param hashes what the code's hash may be: a link carries it as it is stored
 * @throws AuthError 403, `otp_expired` or `user_banned`
 */
export async function verifyToken(
  context: AuthContext,
  sql: Queryable,
  type: VerifyType,
  hashes: string[],
): Promise<Verification> {
  const found = await lockUserByToken(sql, [...verifyTypes[type]], hashes)
  if (!found) throw invalidToken()
  const { user, purpose, hash } = found
  assertNotBanned(user, 403)
  if (isExpired(user, purpose, context.settings)) throw invalidToken()
  const pkce = hash.startsWith(pkcePrefix)
  if (purpose === 'email_change_new' || purpose === 'email_change_current') {
    const changed = await confirmEmailChange(context, sql, user, purpose)
    return changed ? { user: changed, pkce } : 'asksOther'
  }
  if (purpose === 'confirmation') return { user: await confirmEmail(sql, user), pkce }
  const spent = await clearTokens(sql, user, ['recovery'])
  return { user: spent.email_confirmed_at ? spent : await confirmEmail(sql, spent), pkce }
}

/** The user with their new address, or null while the other address has not agreed. */
async function confirmEmailChange(
  context: AuthContext,
  sql: Queryable,
  user: User,
  purpose: 'email_change_new' | 'email_change_current',
): Promise<User | null> {
  const asksBoth = context.settings.email.double_confirm_changes && Boolean(user.email)
  if (asksBoth && user.email_change_confirm_status === 0) {
    const spent = await clearTokens(sql, user, [purpose])
    await updateUser(sql, spent.id, { email_change_confirm_status: 1 })
    return null
  }
  const email = user.email_change
  if (!email) throw invalidToken()
  // Somebody may have signed up with the address while the mail was waiting.
  if (await findUserByEmail(sql, email)) throw emailExists()
  const changed = await updateUser(sql, user.id, {
    email,
    email_confirmed_at: user.email_confirmed_at ?? new Date(),
    email_change: '',
    email_change_token_new: '',
    email_change_token_current: '',
    email_change_confirm_status: 0,
    raw_user_meta_data: mergeMetadata(user.raw_user_meta_data, { email, email_verified: true }),
  })
  await syncEmailIdentity(sql, changed, { email, email_verified: true })
  return changed
}
