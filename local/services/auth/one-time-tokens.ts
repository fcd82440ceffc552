import { createHash, randomInt } from 'node:crypto'
import { firstOf, type Queryable } from '../shared/index.ts'
import { AuthError } from './errors.ts'
import type { AuthSettings } from './settings.ts'
import { type User, updateUser } from './users.ts'

/** What a mailed code is good for; each person has at most one code per purpose. */
export type TokenPurpose =
  | 'confirmation'
  | 'recovery'
  | 'email_change_new'
  | 'email_change_current'
  | 'reauthentication'

type SentAtColumn =
  | 'confirmation_sent_at'
  | 'recovery_sent_at'
  | 'email_change_sent_at'
  | 'reauthentication_sent_at'

const tokenColumns = {
  confirmation: 'confirmation_token',
  recovery: 'recovery_token',
  email_change_new: 'email_change_token_new',
  email_change_current: 'email_change_token_current',
  reauthentication: 'reauthentication_token',
} as const satisfies Record<TokenPurpose, string>

const sentAtColumns: Record<TokenPurpose, SentAtColumn> = {
  confirmation: 'confirmation_sent_at',
  recovery: 'recovery_sent_at',
  email_change_new: 'email_change_sent_at',
  email_change_current: 'email_change_sent_at',
  reauthentication: 'reauthentication_sent_at',
}

/** A code as it is mailed, and the hash that is stored and that links carry. */
export interface OneTimeToken {
  code: string
  hash: string
}

/** Marks the hash of a link that must end in a code exchange, not in tokens (PKCE). */
export const pkcePrefix = 'pkce_'

/** A fresh code of decimal digits for an address. */
export function makeToken(email: string, settings: AuthSettings, prefix = ''): OneTimeToken {
  const code = Array.from({ length: settings.email.otp_length }, () => randomInt(10)).join('')
  return { code, hash: prefix + hashCode(email, code) }
}

/** Hashed together with the address, so that a code is worth nothing for anybody else. */
export function hashCode(email: string, code: string): string {
  return createHash('sha224')
    .update(email.toLowerCase() + code)
    .digest('hex')
}

/** Stores a code as just sent, in place of an earlier one for the same purpose. */
export function storeToken(
  sql: Queryable,
  user: User,
  purpose: TokenPurpose,
  token: OneTimeToken,
  changes: Parameters<typeof updateUser>[2] = {},
): Promise<User> {
  return updateUser(sql, user.id, {
    ...changes,
    [tokenColumns[purpose]]: token.hash,
    [sentAtColumns[purpose]]: new Date(),
  })
}

/** Takes a code away, so that it counts once. */
export function clearTokens(sql: Queryable, user: User, purposes: TokenPurpose[]): Promise<User> {
  return updateUser(sql, user.id, Object.fromEntries(purposes.map((purpose) => [tokenColumns[purpose], ''])))
}

/** The user whose code for one of the purposes has a hash, locked until the transaction ends. */
export async function lockUserByToken(
  sql: Queryable,
  purposes: TokenPurpose[],
  hashes: string[],
): Promise<{ user: User; purpose: TokenPurpose; hash: string } | null> {
  for (const purpose of purposes) {
    const column = tokenColumns[purpose]
    // The length is what the partial index asks for; it also keeps cleared codes from matching an empty one.
    const user = firstOf(
      await sql.rows<User & { matched: string }>(
        `select *, ${column} as matched from auth.users
         where ${column} = any ($1) and length(${column}) > 6 for update`,
        [hashes],
      ),
    )
    if (user) return { user, purpose, hash: user.matched }
  }
  return null
}

/** Whether the code for a purpose is too old. */
export function isExpired(user: User, purpose: TokenPurpose, settings: AuthSettings): boolean {
  const sentAt = user[sentAtColumns[purpose]]
  return !sentAt || Date.now() > sentAt.getTime() + settings.email.otp_expiry * 1000
}

/**
 * Keeps one address from being flooded.
 *
 * @throws AuthError `over_email_send_rate_limit`, 429
 */
export function assertMayMail(user: User, purpose: TokenPurpose, settings: AuthSettings): void {
  const sentAt = user[sentAtColumns[purpose]]?.getTime() ?? 0
  const wait = sentAt + settings.email.max_frequency - Date.now()
  if (wait <= 0) return
  const seconds = Math.ceil(wait / 1000)
  throw new AuthError(
    429,
    'over_email_send_rate_limit',
    `For security purposes, you can only request this after ${seconds} seconds.`,
  )
}
