import { createHash, randomInt, randomUUID, timingSafeEqual } from 'node:crypto'
import { firstOf, type Queryable } from '../shared/index.ts'
import { AuthError } from './errors.ts'
import type { AuthSettings } from './settings.ts'
import { lockUser, type User, type UserChanges, updateUser } from './users.ts'

/** What a mailed code is good for; each person has at most one code per purpose. */
export type TokenPurpose =
  | 'confirmation'
  | 'recovery'
  | 'email_change_new'
  | 'email_change_current'
  | 'reauthentication'

const tokenColumns = {
  confirmation: 'confirmation_token',
  recovery: 'recovery_token',
  email_change_new: 'email_change_token_new',
  email_change_current: 'email_change_token_current',
  reauthentication: 'reauthentication_token',
} as const satisfies Record<TokenPurpose, keyof User>

const sentAtColumns = {
  confirmation: 'confirmation_sent_at',
  recovery: 'recovery_sent_at',
  email_change_new: 'email_change_sent_at',
  email_change_current: 'email_change_sent_at',
  reauthentication: 'reauthentication_sent_at',
} as const satisfies Record<TokenPurpose, keyof User>

/** A code as it is mailed, and the hash that is stored and that links carry. */
export interface OneTimeToken {
  code: string
  hash: string
}

/** Marks the hash of a link that must end in a code exchange, not in tokens (PKCE). */
export const pkcePrefix = 'pkce_'

/** Characters; longer texts are no hash of a code, and nobody looks for them. */
const longestHash = 255

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
export async function storeToken(
  sql: Queryable,
  user: User,
  purpose: TokenPurpose,
  token: OneTimeToken,
  changes: UserChanges = {},
): Promise<User> {
  const column = tokenColumns[purpose]
  const stored = await updateUser(sql, user.id, {
    ...changes,
    [column]: token.hash,
    [sentAtColumns[purpose]]: new Date(),
  })
  const relatesTo = purpose === 'email_change_new' ? stored.email_change : (stored.email ?? '')
  await sql.rows(
    `insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to)
     values ($1, $2, $3, $4, $5)
     on conflict (user_id, token_type) do update
       set id = excluded.id, token_hash = excluded.token_hash, relates_to = excluded.relates_to,
         created_at = now(), updated_at = now()`,
    [randomUUID(), user.id, column, token.hash, relatesTo.toLowerCase()],
  )
  return stored
}

/** Takes one code away, so that it counts once. */
export async function spendToken(sql: Queryable, user: User, purpose: TokenPurpose): Promise<User> {
  const column = tokenColumns[purpose]
  await sql.rows('delete from auth.one_time_tokens where user_id = $1 and token_type = $2', [user.id, column])
  return updateUser(sql, user.id, { [column]: '' })
}

/** Every link that waits for a person leads nowhere any more. */
export async function forgetTokens(sql: Queryable, userId: string): Promise<void> {
  await sql.rows('delete from auth.one_time_tokens where user_id = $1', [userId])
}

/** Who has a code with this hash for one of the purposes, locked until the transaction ends. */
export async function lockUserByHash(
  sql: Queryable,
  purposes: readonly TokenPurpose[],
  hash: string,
): Promise<{ user: User; purpose: TokenPurpose } | null> {
  if (hash.length > longestHash) return null
  const find = async () =>
    firstOf(
      await sql.rows<{ user_id: string; token_type: string }>(
        `select user_id, token_type from auth.one_time_tokens
         where token_hash = $1 and token_type = any ($2::auth.one_time_token_type[])`,
        [hash, purposes.map((purpose) => tokenColumns[purpose])],
      ),
    )
  const found = await find()
  const user = found && (await lockUser(sql, found.user_id))
  // Somebody else may have spent it while this request waited for the lock.
  const still = user && (await find())
  const purpose = still && purposes.find((each) => tokenColumns[each] === still.token_type)
  return purpose ? { user, purpose } : null
}

/** Whether a code is the one that a person was sent for a purpose, and in time. */
export function isCurrent(user: User, purpose: TokenPurpose, hash: string, settings: AuthSettings): boolean {
  const stored = user[tokenColumns[purpose]]
  if (!stored || isExpired(user, purpose, settings)) return false
  return isEqual(hash, stored) || isEqual(pkcePrefix + hash, stored)
}

/** Whether the code for a purpose is too old. */
export function isExpired(user: User, purpose: TokenPurpose, settings: AuthSettings): boolean {
  const sentAt = user[sentAtColumns[purpose]]
  return !sentAt || Date.now() > sentAt.getTime() + settings.email.otp_expiry * 1000
}

/** Whether the last mail for a purpose went out so lately that the next one has to wait. */
export function secondsToWait(user: User, purpose: TokenPurpose, settings: AuthSettings): number {
  const sentAt = user[sentAtColumns[purpose]]?.getTime() ?? 0
  return Math.max(0, Math.ceil((sentAt + settings.email.max_frequency - Date.now()) / 1000))
}

/** One address must not be flooded, 429. */
export function mailedTooSoon(seconds: number): AuthError {
  return new AuthError(
    429,
    'over_email_send_rate_limit',
    `For security purposes, you can only request this after ${seconds} seconds.`,
    { retryAfter: seconds },
  )
}

function isEqual(given: string, stored: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(stored)]
  return a.length === b.length && timingSafeEqual(a, b)
}
