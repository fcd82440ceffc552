import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import { firstOf, type Queryable } from '../shared/index.ts'
import { AuthError, validationFailed } from './errors.ts'
import { pkcePrefix } from './one-time-tokens.ts'
import type { SignInMethod } from './sessions.ts'
import type { User } from './users.ts'

/** Milliseconds in which a code must be exchanged after the link was followed. */
const codeLifetime = 5 * 60_000

/** What a client sends that wants a code instead of tokens in the address bar. */
export interface Challenge {
  code_challenge?: string | null
  code_challenge_method?: 's256' | 'plain' | undefined
}

interface FlowState {
  id: string
  user_id: string
  code_challenge: string
  code_challenge_method: string
  authentication_method: SignInMethod
  auth_code_issued_at: Date | null
}

/** Remembers a challenge for the link about to be sent; the prefix for that link's hash. */
export async function rememberChallenge(
  sql: Queryable,
  user: User,
  challenge: Challenge,
  method: SignInMethod,
): Promise<string> {
  if (!challenge.code_challenge) return ''
  if (!challenge.code_challenge_method)
    throw validationFailed('PKCE flow requires code_challenge_method and code_challenge')
  await sql.rows(
    `insert into auth.flow_state (id, user_id, auth_code, code_challenge, code_challenge_method, provider_type,
       authentication_method)
     values ($1, $2, $3, $4, $5, 'email', $6)`,
    [randomUUID(), user.id, randomUUID(), challenge.code_challenge, challenge.code_challenge_method, method],
  )
  return pkcePrefix
}

/** The code of the person's latest challenge, which counts from now on. */
export async function issueCode(sql: Queryable, user: User): Promise<string> {
  const state = firstOf(
    await sql.rows<{ auth_code: string }>(
      `update auth.flow_state set auth_code_issued_at = now(), updated_at = now()
       where id = (select id from auth.flow_state where user_id = $1 order by created_at desc limit 1)
       returning auth_code`,
      [user.id],
    ),
  )
  if (!state) throw flowStateNotFound()
  return state.auth_code
}

/** Spends a code; who it signs in and how they proved themselves. */
export async function spendCode(
  sql: Queryable,
  code: string,
  verifier: string,
): Promise<{ userId: string; method: SignInMethod }> {
  const state = firstOf(
    await sql.rows<FlowState>('select * from auth.flow_state where auth_code = $1 for update', [code]),
  )
  if (!state?.auth_code_issued_at) throw flowStateNotFound()
  if (Date.now() > state.auth_code_issued_at.getTime() + codeLifetime)
    throw new AuthError(400, 'flow_state_expired', 'invalid flow state, flow state has expired')
  if (!answers(state, verifier))
    throw new AuthError(
      400,
      'bad_code_verifier',
      'code challenge does not match previously saved code verifier',
    )
  await sql.rows('delete from auth.flow_state where id = $1', [state.id])
  return { userId: state.user_id, method: state.authentication_method }
}

function answers(state: FlowState, verifier: string): boolean {
  const answer =
    state.code_challenge_method === 's256'
      ? createHash('sha256').update(verifier).digest('base64url')
      : verifier
  const expected = Buffer.from(state.code_challenge)
  const given = Buffer.from(answer)
  return expected.length === given.length && timingSafeEqual(expected, given)
}

function flowStateNotFound(): AuthError {
  return new AuthError(404, 'flow_state_not_found', 'invalid flow state, no valid flow state found')
}
