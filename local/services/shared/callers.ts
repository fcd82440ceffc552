import type { ProjectKeys } from '../../config/index.ts'
import { bearerToken, checkApiKey, isOpaqueKey } from './api-keys.ts'
import { clockSkew, createTokenVerifier, type VerifiedToken } from './jwt.ts'

/** Who a request is from: the role that it runs as, and what is said of the person. */
export type Caller = VerifiedToken

/** Somebody who has not signed in. */
const anonymous: Caller = { role: 'anon', claims: { role: 'anon' } }

/** The service itself, past row-level security. */
const service: Caller = { role: 'service_role', claims: { role: 'service_role' } }

/** Tells who requests are from. */
export interface Callers {
  /**
   * Who a request is from, by its access token, else by its key; a refused key is the response to give.
   *
   * @throws TokenError for a token that does not hold
   */
  identify(request: Request, options: { keyNeeded: boolean }): Promise<Caller | Response>
}

/**
 * Checks keys and tokens as Supabase's gateway does: the `apikey` header, the `apikey` parameter or the bearer token
 * carries a key, and a bearer token that is no opaque key is an access token: a person's, or a legacy key. Whether a
 * person's needs a key beside it is the service's to say.
 *
 * @param leeway seconds for which a token holds beyond its times
 */
export function createCallers(keys: ProjectKeys, leeway = clockSkew): Callers {
  const verify = createTokenVerifier(keys, leeway)
  return {
    async identify(request, { keyNeeded }) {
      const bearer = bearerToken(request)
      const token = isOpaqueKey(bearer) ? undefined : bearer
      if (token && !keyNeeded) return verify(token)
      const key = checkApiKey(keys, request)
      if (key instanceof Response) return key
      if (token) return verify(token)
      return key === 'secret' ? service : anonymous
    },
  }
}
