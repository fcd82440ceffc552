import { randomUUID } from 'node:crypto'
import { messageOf } from '../../stack/index.ts'
import type { Queryable } from '../shared/index.ts'
import { AuthError, unexpectedFailure } from './errors.ts'
import { insertIdentity, syncEmailIdentity } from './identities.ts'
import { clearTokens } from './one-time-tokens.ts'
import { insertUser, type Metadata, mergeMetadata, type User, updateUser } from './users.ts'

/** Makes an account for an e-mail address, not confirmed yet. */
export async function createEmailAccount(
  sql: Queryable,
  account: { email: string; passwordHash: string | null; data: Metadata },
): Promise<User> {
  const id = randomUUID()
  const known = { sub: id, email: account.email, email_verified: false, phone_verified: false }
  const user = await insertUser(sql, {
    id,
    email: account.email,
    passwordHash: account.passwordHash,
    userMetadata: { ...account.data, ...known },
    appMetadata: { provider: 'email', providers: ['email'] },
  })
  await insertIdentity(sql, user, 'email', { ...account.data, ...known })
  return user
}

/** The address is its owner's: whoever is asked finds it verified, and an unspent code for it is gone. */
export async function confirmEmail(sql: Queryable, user: User): Promise<User> {
  const confirmed = await updateUser(sql, user.id, {
    email_confirmed_at: user.email_confirmed_at ?? new Date(),
    raw_user_meta_data: mergeMetadata(user.raw_user_meta_data, { email_verified: true }),
  })
  await syncEmailIdentity(sql, confirmed, { email_verified: true })
  return clearTokens(sql, confirmed, ['confirmation'])
}

/**
 * Does database work whose failure the client is told in general words: a trigger of the project may have
 * refused the row, and its message is for the log.
 *
 * @throws AuthError of the work itself, else 500 with `message`
 */
export async function orFailure<Result>(message: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AuthError) throw error
    console.error(`Auth: ${message}: ${messageOf(error)}`)
    throw unexpectedFailure(message)
  }
}
