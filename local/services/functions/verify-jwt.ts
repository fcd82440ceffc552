import type { ProjectKeys } from '../../config/index.ts'
import { createTokenVerifier, TokenError } from '../shared/index.ts'
import { unauthorized } from './answers.ts'

/** Undefined where the request has a token that holds, else the answer to give. */
export type VerifyJwt = (request: Request) => Promise<Response | undefined>

/** Looks at the token alone, as the platform does: a key that is no token does not count as one. */
export function createVerifyJwt(keys: ProjectKeys): VerifyJwt {
  const verify = createTokenVerifier(keys.jwtSigningKey, 0)
  return async (request) => {
    const header = request.headers.get('authorization')
    if (!header) return unauthorized('Error: Missing authorization header')
    const [scheme, token] = header.split(' ')
    if (scheme !== 'Bearer' || !token) return unauthorized("Error: Auth header is not 'Bearer {token}'")
    try {
      await verify(token)
      return undefined
    } catch (error) {
      if (error instanceof TokenError) return unauthorized('Invalid JWT')
      throw error
    }
  }
}
