import type { ProjectKeys } from '../../config/index.ts'
import { type ApiKeyType, type Caller, createTokenVerifier, TokenError } from '../shared/index.ts'
import { Refusal } from './refusal.ts'

/** Who a channel is joined as, and until when. */
export interface Identity {
  caller: Caller
  /** Unix seconds; undefined for a key, which does not end. */
  expiresAt: number | undefined
}

/** Who a connection is without a token, by its key. */
export function identityOfKey(key: ApiKeyType): Identity {
  const role = key === 'secret' ? 'service_role' : 'anon'
  return { caller: { role, claims: { role } }, expiresAt: undefined }
}

/** Checks access tokens. @throws Refusal in Supabase's words */
export type CheckToken = (token: string) => Promise<Identity>

export function createTokens(keys: ProjectKeys): CheckToken {
  // The times are looked at here, where it is said by how much they were missed.
  const verify = createTokenVerifier(keys, Number.POSITIVE_INFINITY)
  return async (token) => {
    const caller = await verified(() => verify(token), token)
    const { exp } = caller.claims
    if (exp === undefined) throw new Refusal('InvalidJWTToken', 'Fields `role` and `exp` are required in JWT')
    refuseExpired(exp)
    return { caller, expiresAt: exp }
  }
}

/** @throws Refusal for a token that has ended */
export function refuseExpired(expiresAt: number): void {
  const late = Math.floor(Date.now() / 1000 - expiresAt)
  if (late >= 0) throw new Refusal('InvalidJWTToken', `Token has expired ${late} seconds ago`)
}

async function verified(verify: () => Promise<Caller>, token: string): Promise<Caller> {
  try {
    return await verify()
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    throw token.split('.').length === 3
      ? new Refusal('JwtSignatureError', 'Failed to validate JWT signature')
      : new Refusal('MalformedJWT', 'The token provided is not a valid JWT')
  }
}
