import { randomInt, randomUUID } from 'node:crypto'
import { firstOf, type Queryable } from '../shared/index.ts'
import { type AuthenticationMethod, claimsOf } from './access-tokens.ts'
import type { SessionClient } from './client.ts'
import type { AuthContext } from './context.ts'
import { AuthError } from './errors.ts'
import { describeUser } from './identities.ts'
import { type User, updateUser } from './users.ts'

/** A row of `auth.sessions`. */
export interface Session {
  id: string
  user_id: string
  created_at: Date
  not_after: Date | null
}

/** How a session began, as the token's `amr` claim names it. */
export type SignInMethod =
  | 'password'
  | 'otp'
  | 'recovery'
  | 'invite'
  | 'email/signup'
  | 'magiclink'
  | 'email_change'
  | 'anonymous'

/** Signs somebody in: a session, its first refresh token, and what the client keeps of both. */
export async function startSession(
  context: AuthContext,
  sql: Queryable,
  user: User,
  method: SignInMethod,
  { userAgent, ip }: SessionClient,
) {
  const sessionId = randomUUID()
  await sql.rows(
    `insert into auth.sessions (id, user_id, aal, user_agent, ip, created_at, updated_at)
     values ($1, $2, 'aal1', $3, $4, now(), now())`,
    [sessionId, user.id, userAgent, ip],
  )
  await sql.rows(
    `insert into auth.mfa_amr_claims (id, session_id, authentication_method, created_at, updated_at)
     values ($1, $2, $3, now(), now())`,
    [randomUUID(), sessionId, method],
  )
  const refreshToken = await insertRefreshToken(sql, user.id, sessionId, null)
  const signedIn = await updateUser(sql, user.id, { last_sign_in_at: new Date() })
  return sessionResponse(context, sql, signedIn, sessionId, refreshToken)
}

/** The access token and everything around it, as `/token` answers. */
export async function sessionResponse(
  context: AuthContext,
  sql: Queryable,
  user: User,
  sessionId: string,
  refreshToken: string,
) {
  const amr = await sql.rows<AuthenticationMethod>(
    `select authentication_method as method, extract(epoch from created_at)::integer as timestamp
     from auth.mfa_amr_claims where session_id = $1 order by created_at desc`,
    [sessionId],
  )
  const { token, expiresAt } = await context.tokens.sign(claimsOf(user, sessionId, amr))
  return {
    access_token: token,
    token_type: 'bearer',
    expires_in: context.settings.jwt_expiry,
    expires_at: expiresAt,
    refresh_token: refreshToken,
    user: await describeUser(sql, user),
  }
}

const tokenAlphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
const tokenLength = 12

/** Whether a text may be one of the refresh tokens below; others are not looked for. */
export function isRefreshToken(text: string): boolean {
  return text.length === tokenLength && /^[a-z0-9]+$/.test(text)
}

export async function insertRefreshToken(
  sql: Queryable,
  userId: string,
  sessionId: string,
  parent: string | null,
): Promise<string> {
  const token = Array.from(
    { length: tokenLength },
    () => tokenAlphabet[randomInt(tokenAlphabet.length)],
  ).join('')
  // Not now(): tokens that one transaction makes must still have an order.
  await sql.rows(
    `insert into auth.refresh_tokens
       (instance_id, token, user_id, session_id, parent, revoked, created_at, updated_at)
     values ('00000000-0000-0000-0000-000000000000', $1, $2, $3, $4, false, clock_timestamp(), clock_timestamp())`,
    [token, userId, sessionId, parent],
  )
  return token
}

export async function findSession(sql: Queryable, id: string): Promise<Session | null> {
  return firstOf(
    await sql.rows<Session>(
      `select id, user_id, created_at, not_after from auth.sessions
       where id = $1 and coalesce(not_after > now(), true)`,
      [id],
    ),
  )
}

export type SignOutScope = 'global' | 'local' | 'others'

/** Ends sessions, and with each its refresh tokens; access tokens under way stay readable until they expire. */
export async function endSessions(
  sql: Queryable,
  userId: string,
  scope: SignOutScope,
  sessionId: string | null,
): Promise<void> {
  if (scope === 'global') {
    await sql.rows('delete from auth.sessions where user_id = $1', [userId])
    return
  }
  const condition = scope === 'local' ? 'id = $2' : 'id is distinct from $2'
  await sql.rows(`delete from auth.sessions where user_id = $1 and ${condition}`, [userId, sessionId])
}

/** The session of an access token was ended, 403. */
export function sessionNotFound(): AuthError {
  return new AuthError(403, 'session_not_found', 'Session from session_id claim in JWT does not exist')
}
