import { timingSafeEqual } from 'node:crypto'
import { createLocalJWKSet, jwtVerify } from 'jose'
import type { Environment } from './env.ts'
import { functionError } from './errors.ts'

/** Somebody with an access token, whose `sub` is theirs. What they may do is the database's to say. */
export interface UserCaller {
  kind: 'user'
  id: string
  token: string
}

/** A server with one of the project's secret keys, such as the database's own jobs. */
export interface SecretCaller {
  kind: 'secret'
}

/** Anybody: the function looks for itself at what they bring. */
export interface AnyCaller {
  kind: 'anyone'
}

export interface Callers {
  user: UserCaller
  secret: SecretCaller
  anyone: AnyCaller
}

export type Authentication = keyof Callers

/**
 * Says who calls, as one of the kinds that are taken, in their order.
 *
 * @throws {FunctionError} not_signed_in
 */
export type Authenticate = <Kind extends Authentication>(
  request: Request,
  kinds: readonly Kind[],
) => Promise<Callers[Kind]>

const longestToken = 8192
const clockSkew = 30

/** The platform's own check is off (`verify_jwt = false`): it knows no secret keys, and answers in words of its own. */
export function createAuthenticate({
  jwks,
  secretKeys,
}: Pick<Environment, 'jwks' | 'secretKeys'>): Authenticate {
  const keySet = createLocalJWKSet(jwks)
  const secrets = Object.values(secretKeys)

  const ways: { [Kind in Authentication]: (request: Request) => Promise<Callers[Kind] | undefined> } = {
    async user(request) {
      const [, token] = /^Bearer ([^\s]+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
      if (!token || token.length > longestToken) return undefined
      try {
        const { payload } = await jwtVerify(token, keySet, {
          algorithms: ['ES256', 'RS256'],
          requiredClaims: ['sub', 'role', 'exp'],
          clockTolerance: clockSkew,
        })
        const { sub, role } = payload
        return sub && role === 'authenticated' ? { kind: 'user', id: sub, token } : undefined
      } catch {
        return undefined
      }
    },
    async secret(request) {
      const key = request.headers.get('apikey') ?? ''
      return secrets.some((secret) => isSame(key, secret)) ? { kind: 'secret' } : undefined
    },
    async anyone() {
      return { kind: 'anyone' }
    },
  }

  return async (request, kinds) => {
    for (const kind of kinds) {
      const caller = await ways[kind](request)
      if (caller) return caller as Callers[typeof kind]
    }
    throw functionError('not_signed_in', 'This call needs a valid session.', { hint: 'Sign in again.' })
  }
}

/** Takes as long for a key that is wrong at its end as at its beginning. */
function isSame(given: string, secret: string): boolean {
  const [a, b] = [given, secret].map((text) => new TextEncoder().encode(text))
  return a !== undefined && b !== undefined && a.length === b.length && timingSafeEqual(a, b)
}
