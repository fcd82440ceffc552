import { type CryptoKey, compactVerify, createLocalJWKSet, errors, type JWTPayload } from 'jose'
import { z } from 'zod'
import { type ProjectKeys, verificationKeys } from '../../config/index.ts'

/** The claims of a token whose signature holds, as an object and as the JSON text that SQL reads. */
export interface VerifiedToken {
  /** The database role to run as. A token without the claim is anonymous, as PostgREST has it. */
  role: string
  claims: JWTPayload
}

/** A token that is refused: PostgREST's code and message. */
export class TokenError extends Error {
  override name = 'TokenError'
  readonly code: string
  readonly details: string | null

  constructor(code: 'PGRST301' | 'PGRST303', message: string, details: string | null = null) {
    super(message)
    this.code = code
    this.details = details
  }
}

/** Checks access tokens; the second sight of a token costs a map look-up. */
export type TokenVerifier = (token: string) => Promise<VerifiedToken>

const rememberedTokens = 1000
/** Characters of a header that holds a token, and of a token. Nothing is worked out of a longer text. */
export const longestToken = 8192
/** Of one that is sent in `authorization`, behind its scheme. */
export const longestBearerToken = longestToken - 'Bearer '.length
/** Seconds by which the clocks of two machines may differ: PostgREST's. */
export const clockSkew = 30

/**
 * Makes a verifier for tokens that one of the project's own keys signed.
 *
 * @param leeway seconds for which a token holds beyond its times
 */
export function createTokenVerifier(keys: ProjectKeys, leeway: number): TokenVerifier {
  const keySet = createLocalJWKSet({ keys: verificationKeys(keys) })
  const remembered = new Map<string, VerifiedToken>()

  return async (token) => {
    const known = remembered.get(token)
    if (known) {
      try {
        checkTimes(known.claims, leeway)
      } catch (error) {
        remembered.delete(token)
        throw error
      }
      return known
    }
    const verified = await verify(token, keySet)
    checkTimes(verified.claims, leeway)
    const oldest = remembered.keys().next()
    if (remembered.size >= rememberedTokens && !oldest.done) remembered.delete(oldest.value)
    remembered.set(token, verified)
    return verified
  }
}

const time = z.number('must be a number').optional()

const claimsSchema = z.looseObject({
  exp: time,
  nbf: time,
  iat: time,
  aud: z.union([z.string(), z.array(z.string())], 'must be a string or an array of strings').optional(),
  role: z.string('must be a string').optional(),
})

async function verify(token: string, keySet: ReturnType<typeof createLocalJWKSet>): Promise<VerifiedToken> {
  if (token.length > longestToken) throw new TokenError('PGRST301', 'The JWT is too long')
  const parts = token.split('.').length
  if (parts !== 3) throw new TokenError('PGRST301', `Expected 3 parts in JWT; got ${parts}`)
  const claims = parseClaims(await verifiedPayload(token, keySet))
  const role = claims.role || 'anon'
  return { role, claims: { ...claims, role } }
}

async function verifiedPayload(token: string, keySet: ReturnType<typeof createLocalJWKSet>): Promise<string> {
  try {
    return await payloadOf(token, keySet)
  } catch {
    throw new TokenError(
      'PGRST301',
      'No suitable key or wrong key type',
      'None of the keys was able to decode the JWT',
    )
  }
}

/** A token that names no key is tried with each, as PostgREST does. */
async function payloadOf(token: string, keySet: ReturnType<typeof createLocalJWKSet>): Promise<string> {
  const options = { algorithms: ['ES256'] }
  try {
    return textOf(await compactVerify(token, keySet, options))
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
    const candidates: CryptoKey[] = []
    for await (const key of error) candidates.push(key)
    return Promise.any(candidates.map(async (key) => textOf(await compactVerify(token, key, options))))
  }
}

function textOf({ payload }: { payload: Uint8Array }): string {
  return new TextDecoder().decode(payload)
}

/** In the words of PostgREST, which names the first claim that is wrong. */
function parseClaims(payload: string): z.infer<typeof claimsSchema> {
  const { data, error } = claimsSchema.safeParse(parsed(payload))
  if (data) return data
  const [wrong] = error.issues
  const claim = wrong?.path[0]
  throw new TokenError(
    'PGRST303',
    claim === undefined ? 'Parsing claims failed' : `The JWT '${String(claim)}' claim ${wrong?.message}`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Checked at every use, because a remembered token goes on ageing. */
function checkTimes({ exp, nbf, iat }: JWTPayload, leeway: number): void {
  const now = Date.now() / 1000
  if (exp !== undefined && now >= exp + leeway) throw new TokenError('PGRST303', 'JWT expired')
  if (nbf !== undefined && now < nbf - leeway) throw new TokenError('PGRST303', 'JWT not yet valid')
  if (iat !== undefined && now < iat - leeway) throw new TokenError('PGRST303', 'JWT issued at future')
}
