import { bearerToken, type Caller, isUuid, type Queryable } from '../shared/index.ts'
import type { AuthContext } from './context.ts'
import { AuthError } from './errors.ts'
import { findSession, sessionNotFound } from './sessions.ts'
import { assertNotBanned, findUserById, type User } from './users.ts'

/** Who is signed in, by their access token. */
export interface SignedInUser {
  user: User
  sessionId: string | null
}

/**
 * The person whose access token a request carries.
 *
 * @throws AuthError 401 without a token; 403 for a token of nobody, of somebody banned, or of a session that was ended
 */
export async function requireUser(
  context: AuthContext,
  sql: Queryable,
  request: Request,
): Promise<SignedInUser> {
  if (!bearerToken(request)) throw noAuthorization()
  // A key in the token's place names a role and nobody.
  const { sub, session_id } = (await identify(context, request)).claims
  if (!sub) throw new AuthError(403, 'bad_jwt', 'invalid claim: missing sub claim')
  if (!isUuid(sub)) throw new AuthError(400, 'bad_jwt', 'invalid claim: sub claim must be a UUID')
  const user = await findUserById(sql, sub)
  if (!user) throw new AuthError(403, 'user_not_found', 'User from sub claim in JWT does not exist')
  const sessionId = await requireSession(sql, user, session_id)
  // Whoever was banned may still hold a token from before.
  assertNotBanned(user, 403)
  return { user, sessionId }
}

async function requireSession(sql: Queryable, user: User, claim: unknown): Promise<string | null> {
  if (claim === undefined || claim === '') return null
  if (!isUuid(claim)) throw new AuthError(403, 'bad_jwt', 'invalid claim: session_id claim must be a UUID')
  const session = await findSession(sql, claim)
  if (session?.user_id !== user.id) throw sessionNotFound()
  return session.id
}

/**
 * Lets the project's secret key pass, and a token that we signed for `service_role`.
 *
 * @throws AuthError 401 without either, 403 for everybody else
 */
export async function requireAdmin(context: AuthContext, request: Request): Promise<void> {
  const { role } = await identify(context, request)
  if (role !== 'service_role' && role !== 'supabase_admin')
    throw bearerToken(request) ? new AuthError(403, 'not_admin', 'User not allowed') : noAuthorization()
}

/** Auth has refused a request without a key already: here a token is enough. */
async function identify({ callers }: AuthContext, request: Request): Promise<Caller> {
  const caller = await callers.identify(request, { keyNeeded: false })
  if (caller instanceof Response) throw noAuthorization()
  return caller
}

function noAuthorization(): AuthError {
  return new AuthError(401, 'no_authorization', 'This endpoint requires a valid Bearer token')
}
