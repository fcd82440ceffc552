import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import { firstOf, isUuid, type Queryable } from '../shared/index.ts'
import { AuthError } from './errors.ts'
import type { Challenge } from './input.ts'
import { pkcePrefix } from './one-time-tokens.ts'
import type { SignInMethod } from './sessions.ts'
import type { User } from './users.ts'

/** Milliseconds from the request to the exchange; of a magic link, from when it was followed. */
const flowLifetime = 5 * 60_000

/** Characters; RFC 7636 permits no more. */
const longestVerifier = 128

interface FlowState {
  id: string
  user_id: string | null
  code_challenge: string | null
  code_challenge_method: string | null
  authentication_method: SignInMethod
  created_at: Date | null
  auth_code_issued_at: Date | null
}

/** Remembers a challenge for the link about to be sent; the prefix for that link's hash. */
export async function rememberChallenge(
  sql: Queryable,
  user: User,
  challenge: Challenge | undefined,
  method: SignInMethod,
): Promise<string> {
  if (!challenge) return ''
  await sql.rows(
    `insert into auth.flow_state (id, user_id, auth_code, code_challenge, code_challenge_method, provider_type,
       authentication_method, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $6, now(), now())`,
    [randomUUID(), user.id, randomUUID(), challenge.challenge, challenge.method, method],
  )
  return pkcePrefix
}

/** The code of the person's latest challenge for a kind of link, which counts from now on. */
export async function issueCode(sql: Queryable, user: User, method: SignInMethod): Promise<string> {
  const state = firstOf(
    await sql.rows<{ auth_code: string }>(
      `update auth.flow_state set auth_code_issued_at = now(), updated_at = now()
       where id = (
         select id from auth.flow_state where user_id = $1 and authentication_method = $2
         order by created_at desc limit 1
       )
       returning auth_code`,
      [user.id, method],
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
  if (!isUuid(code)) throw flowStateNotFound()
  const state = firstOf(
    await sql.rows<FlowState>('select * from auth.flow_state where auth_code = $1 for update', [code]),
  )
  if (!state?.user_id || !state.auth_code_issued_at) throw flowStateNotFound()
  const begin = state.authentication_method === 'magiclink' ? state.auth_code_issued_at : state.created_at
  if (!begin || Date.now() > begin.getTime() + flowLifetime)
    throw new AuthError(422, 'flow_state_expired', 'invalid flow state, flow state has expired')
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
  if (!state.code_challenge || verifier.length > longestVerifier) return false
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
