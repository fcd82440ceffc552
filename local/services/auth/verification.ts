import type { Queryable } from '../shared/index.ts'
import { confirmEmail } from './accounts.ts'
import type { AuthContext } from './context.ts'
import { AuthError, unexpectedFailure } from './errors.ts'
import { mergeIdentity, syncProviders, verifyIdentities } from './identities.ts'
import {
  forgetTokens,
  hashCode,
  isCurrent,
  isExpired,
  lockUserByHash,
  pkcePrefix,
  spendToken,
  type TokenPurpose,
} from './one-time-tokens.ts'
import { hashPassword, randomPassword } from './passwords.ts'
import type { SignInMethod } from './sessions.ts'
import { assertNotBanned, findUserByEmail, lockUser, type User, updateUser } from './users.ts'

/** What a client says that a code was mailed for, and the codes that this can mean. */
const verifyTypes = {
  signup: ['confirmation'],
  invite: ['confirmation'],
  magiclink: ['recovery'],
  recovery: ['recovery'],
  email: ['confirmation', 'recovery'],
  email_change: ['email_change_current', 'email_change_new'],
} as const satisfies Record<string, readonly TokenPurpose[]>

export type VerifyType = keyof typeof verifyTypes

/** How a session that a link begins says it began, for links that end in a code exchange. */
export const linkMethods: Record<Exclude<VerifyType, 'email'>, SignInMethod> = {
  signup: 'email/signup',
  invite: 'invite',
  magiclink: 'magiclink',
  recovery: 'recovery',
  email_change: 'email_change',
}

/** Whether a text is one of the types that a code can be verified for. */
export function isVerifyType(type: string): type is VerifyType {
  return Object.hasOwn(verifyTypes, type)
}

/** Who a code belongs to, locked until the transaction ends. */
interface Found {
  user: User
  purpose: TokenPurpose
}

/**
 * Spends the code whose hash a link carries.
 *
 * @returns null where one of two addresses has agreed to a change, and the other one is still to be asked
 * @throws AuthError 403, `otp_expired` or `user_banned`
 */
export async function verifyHash(
  context: AuthContext,
  sql: Queryable,
  type: VerifyType,
  hash: string,
): Promise<User | null> {
  const expired = () => new AuthError(403, 'otp_expired', 'Email link is invalid or has expired')
  const found = await lockUserByHash(sql, verifyTypes[type], hash)
  if (!found) throw expired()
  assertNotBanned(found.user, 403)
  if (isExpired(found.user, found.purpose, context.settings)) throw expired()
  return accept(context, sql, found)
}

/** As {@link verifyHash}, with the code that a person typed and the address that it went to. */
export async function verifyCode(
  context: AuthContext,
  sql: Queryable,
  type: VerifyType,
  email: string,
  code: string,
): Promise<User | null> {
  const hash = hashCode(email, code)
  const found = await lockUserByCode(context, sql, type, email, hash)
  if (!found) throw wrongCode()
  return accept(context, sql, found)
}

/** A typed code that fits nobody, was spent, or is too old, 403. */
export function wrongCode(): AuthError {
  return new AuthError(403, 'otp_expired', 'Token has expired or is invalid')
}

async function lockUserByCode(
  { settings }: AuthContext,
  sql: Queryable,
  type: VerifyType,
  email: string,
  hash: string,
): Promise<Found | null> {
  if (type === 'email_change') {
    const purposes = verifyTypes.email_change
    const found =
      (await lockUserByHash(sql, purposes, hash)) ?? (await lockUserByHash(sql, purposes, pkcePrefix + hash))
    if (!found) return null
    assertNotBanned(found.user, 403)
    return isCurrent(found.user, found.purpose, hash, settings) ? found : null
  }
  const known = await findUserByEmail(sql, email)
  const user = known && (await lockUser(sql, known.id))
  if (!user) return null
  assertNotBanned(user, 403)
  const purpose = verifyTypes[type].find((each) => isCurrent(user, each, hash, settings))
  return purpose ? { user, purpose } : null
}

async function accept(context: AuthContext, sql: Queryable, { user, purpose }: Found): Promise<User | null> {
  const accepted = await acceptFor(context, sql, user, purpose)
  return accepted && syncProviders(sql, accepted)
}

async function acceptFor(
  context: AuthContext,
  sql: Queryable,
  user: User,
  purpose: TokenPurpose,
): Promise<User | null> {
  if (purpose === 'email_change_new' || purpose === 'email_change_current')
    return acceptEmailChange(context, sql, user, purpose)
  if (purpose === 'confirmation') {
    const confirmed = await confirmEmail(sql, await withPassword(sql, user))
    await verifyIdentities(sql, confirmed)
    return confirmed
  }
  await forgetTokens(sql, user.id)
  const recovered = await updateUser(sql, user.id, { recovery_token: '' })
  return recovered.email_confirmed_at ? recovered : confirmEmail(sql, recovered)
}

/** Somebody invited has no password until they choose one; nobody may choose it for them. */
async function withPassword(sql: Queryable, user: User): Promise<User> {
  if (user.encrypted_password || !user.invited_at) return user
  return updateUser(sql, user.id, {
    encrypted_password: await hashPassword(randomPassword()),
    confirmation_sent_at: null,
    recovery_token: '',
    recovery_sent_at: null,
  })
}

async function acceptEmailChange(
  { settings }: AuthContext,
  sql: Queryable,
  user: User,
  purpose: 'email_change_new' | 'email_change_current',
): Promise<User | null> {
  const { double_confirm_changes, enable_confirmations } = settings.email
  const asksBoth = enable_confirmations && double_confirm_changes && Boolean(user.email)
  if (asksBoth && user.email_change_confirm_status === 0) {
    const spent = await spendToken(sql, user, purpose)
    await updateUser(sql, spent.id, { email_change_confirm_status: 1 })
    return null
  }
  return changeEmail(sql, user, user.email_change)
}

/** Gives an account its new address, which also makes an anonymous person a permanent one. */
export async function changeEmail(sql: Queryable, user: User, email: string): Promise<User> {
  // Somebody may have signed up with the address while the mail was waiting.
  if (await findUserByEmail(sql, email)) throw unexpectedFailure('Error confirm email')
  await forgetTokens(sql, user.id)
  await mergeIdentity(sql, user, 'email', { email, email_verified: true })
  const changed = await updateUser(sql, user.id, {
    email,
    email_change: '',
    email_change_token_new: '',
    email_change_token_current: '',
    email_change_confirm_status: 0,
    is_anonymous: false,
  })
  return changed.email_confirmed_at ? changed : confirmEmail(sql, changed)
}
