import type { ProjectKeys } from '../../config/index.ts'
import type { Queryable } from '../shared/index.ts'
import { bearerToken, checkApiKey, isOpaqueKey } from '../shared/index.ts'
import type { AuthContext } from './context.ts'
import { AuthError } from './errors.ts'
import { findSession, sessionNotFound } from './sessions.ts'
import { findUserById, type User } from './users.ts'

/** Who is signed in, by their access token. */
export interface Caller {
  user: User
  sessionId: string | null
}

/**
 * The person whose access token a request carries.
 *
 * @throws AuthError 401 without a token; 403 for a token of nobody, or of a session that was ended
 */
export async function requireUser(context: AuthContext, sql: Queryable, request: Request): Promise<Caller> {
  const token = bearerToken(request)
  if (!token) throw noAuthorization()
  // The gateway of a hosted project puts a token in a key's place that names a role and nobody.
  const claims = isOpaqueKey(token) ? {} : (await context.tokens.verify(token)).claims
  const { sub, session_id } = claims
  if (!sub) throw new AuthError(403, 'bad_jwt', 'invalid claim: missing sub claim')
  if (!isUuid(sub)) throw new AuthError(403, 'bad_jwt', 'invalid claim: sub claim must be a UUID')
  const user = await findUserById(sql, sub)
  if (!user) throw new AuthError(403, 'user_not_found', 'User from sub claim in JWT does not exist')
  if (session_id === undefined) return { user, sessionId: null }
  const session = isUuid(session_id) ? await findSession(sql, session_id) : null
  if (session?.user_id !== user.id) throw sessionNotFound()
  return { user, sessionId: session.id }
}

/**
 * Lets the project's secret key pass, and a token that we signed for `service_role`.
 *
 * @throws AuthError 401 without either, 403 for everybody else
 */
export async function requireAdmin(context: AuthContext, keys: ProjectKeys, request: Request): Promise<void> {
  const token = bearerToken(request)
  if (!token || isOpaqueKey(token)) {
    if (checkApiKey(keys, request) === 'secret') return
    throw token ? notAdmin() : noAuthorization()
  }
  const { role } = await context.tokens.verify(token)
  if (role !== 'service_role' && role !== 'supabase_admin') throw notAdmin()
}

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
}

function noAuthorization(): AuthError {
  return new AuthError(401, 'no_authorization', 'This endpoint requires a valid Bearer token')
}

function notAdmin(): AuthError {
  return new AuthError(403, 'not_admin', 'User not allowed')
}
