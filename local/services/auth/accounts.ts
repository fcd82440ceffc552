import { randomUUID } from 'node:crypto'
import { messageOf } from '../../stack/index.ts'
import type { Queryable } from '../shared/index.ts'
import type { AuthContext } from './context.ts'
import { AuthError, unexpectedFailure } from './errors.ts'
import { insertIdentity } from './identities.ts'
import { assertTokenFits } from './metadata-room.ts'
import { forgetTokens } from './one-time-tokens.ts'
import { audience, insertUser, type Metadata, mergeMetadata, type User, updateUser } from './users.ts'

const ofEmail = { provider: 'email', providers: ['email'] }

export interface EmailAccount {
  email: string
  passwordHash: string | null
  data: Metadata
}

/** Makes an account for an e-mail address, not confirmed yet; its metadata is what was given and nothing more. */
export async function createEmailAccount(
  sql: Queryable,
  { email, passwordHash, data }: EmailAccount,
): Promise<User> {
  const user = await insertUser(sql, {
    id: randomUUID(),
    email,
    passwordHash,
    userMetadata: data,
    appMetadata: ofEmail,
  })
  await insertIdentity(sql, user, 'email', { email })
  return user
}

/** As {@link createEmailAccount}, by the person: their data stands in the identity, and its claims in the metadata. */
export async function signUpAccount(
  sql: Queryable,
  { email, passwordHash, data }: EmailAccount,
): Promise<User> {
  const user = await insertUser(sql, {
    id: randomUUID(),
    email,
    passwordHash,
    userMetadata: data,
    appMetadata: ofEmail,
  })
  const claims = signUpClaims(user.id, email, data)
  await insertIdentity(sql, user, 'email', claims)
  return updateUser(sql, user.id, { raw_user_meta_data: mergeMetadata(claims, {}) })
}

/**
 * Looks at what somebody says who signs up before anybody looks for the address: that the data of somebody known count
 * for nothing would else tell who is.
 *
 * @throws AuthError `validation_failed` where it has no room in their token
 */
export function assertSignUpFits(
  context: Pick<AuthContext, 'tokens'>,
  { email, data }: Pick<EmailAccount, 'email' | 'data'>,
): Promise<void> {
  const id = randomUUID()
  return assertTokenFits(context, {
    id,
    aud: audience,
    role: audience,
    email,
    phone: null,
    raw_app_meta_data: ofEmail,
    raw_user_meta_data: mergeMetadata(signUpClaims(id, email, data), {}),
    is_anonymous: false,
  })
}

function signUpClaims(sub: string, email: string, data: Metadata): Metadata {
  return { ...data, sub, email, email_verified: false, phone_verified: false }
}

/** The address is its owner's: whoever is asked finds it verified, and the codes that wait are gone. */
export async function confirmEmail(sql: Queryable, user: User): Promise<User> {
  await forgetTokens(sql, user.id)
  return updateUser(sql, user.id, {
    email_confirmed_at: new Date(),
    confirmation_token: '',
    raw_user_meta_data: mergeMetadata(user.raw_user_meta_data, { email_verified: true }),
  })
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
