import { firstOf, type Queryable } from '../shared/index.ts'
import type { AuthContext } from './context.ts'
import { AuthError, validationFailed } from './errors.ts'
import { findSession, insertRefreshToken, isRefreshToken, sessionResponse } from './sessions.ts'
import { assertNotBanned, findUserById } from './users.ts'

interface RefreshToken {
  id: string
  token: string
  user_id: string
  session_id: string
  revoked: boolean
  parent: string | null
  updated_at: Date
}

type Outcome = { session: Awaited<ReturnType<typeof sessionResponse>> } | { refused: AuthError }

/**
 * Spends a refresh token for the next one.
 *
 * A token counts once. Spent again, it still answers where a response may have been lost: when its successor
 * is unspent, or within the reuse interval. Later it is taken as stolen, and the session's tokens are revoked.
 *
 * @throws AuthError 400
 */
export async function refreshSession(context: AuthContext, token: string) {
  if (!isRefreshToken(token)) throw validationFailed('Refresh token is not valid')
  // A refusal is returned, not thrown: what it revokes must be committed.
  const outcome = await context.database.transaction((sql) => refresh(context, sql, token))
  if ('refused' in outcome) throw outcome.refused
  return outcome.session
}

async function refresh(context: AuthContext, sql: Queryable, text: string): Promise<Outcome> {
  const spent = await lockToken(sql, text)
  if (!spent)
    throw new AuthError(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found')
  const user = await findUserById(sql, spent.user_id)
  if (!user || !(await findSession(sql, spent.session_id)))
    throw new AuthError(400, 'session_not_found', 'Invalid Refresh Token: No Valid Session Found')
  assertNotBanned(user, 400, 'Invalid Refresh Token: User Banned')

  let next: string | undefined
  if (spent.revoked) {
    const active = await activeToken(sql, spent.session_id)
    const reuseUntil = spent.updated_at.getTime() + context.settings.refresh_token_reuse_interval * 1000
    if (active?.parent === spent.token) next = active.token
    else if (!active || Date.now() > reuseUntil) {
      if (context.settings.enable_refresh_token_rotation) await revoke(sql, 'session_id', spent.session_id)
      return {
        refused: new AuthError(400, 'refresh_token_already_used', 'Invalid Refresh Token: Already Used'),
      }
    }
  }
  if (!next) {
    await revoke(sql, 'id', spent.id)
    next = await insertRefreshToken(sql, user.id, spent.session_id, spent.token)
  }
  await sql.rows(
    `update auth.sessions set refreshed_at = now() at time zone 'utc', updated_at = now() where id = $1`,
    [spent.session_id],
  )
  return { session: await sessionResponse(context, sql, user, spent.session_id, next) }
}

/** Locks the whole session: two refreshes at once must see each other's tokens. */
async function lockToken(sql: Queryable, token: string): Promise<RefreshToken | null> {
  await sql.rows(
    `select from auth.sessions
     where id = (select session_id from auth.refresh_tokens where token = $1) for update`,
    [token],
  )
  return firstOf(
    await sql.rows<RefreshToken>(
      `select id, token, user_id, session_id, revoked, parent, updated_at
       from auth.refresh_tokens where token = $1 and session_id is not null`,
      [token],
    ),
  )
}

async function activeToken(sql: Queryable, sessionId: string): Promise<RefreshToken | null> {
  return firstOf(
    await sql.rows<RefreshToken>(
      `select id, token, user_id, session_id, revoked, parent, updated_at
       from auth.refresh_tokens where session_id = $1 and not revoked order by created_at desc limit 1`,
      [sessionId],
    ),
  )
}

async function revoke(sql: Queryable, column: 'id' | 'session_id', value: string): Promise<void> {
  await sql.rows(
    `update auth.refresh_tokens set revoked = true, updated_at = now() where ${column} = $1 and not revoked`,
    [value],
  )
}
