import { importJWK, type JWK, SignJWT } from 'jose'
import type { VerifiedApiKey } from '../../types/api-key.ts'

/** A token, and the second at which it ends. */
export interface SignedToken {
  accessToken: string
  expiresAt: number
}

export type SignToken = (key: VerifiedApiKey) => Promise<SignedToken>

/** Seconds. What is taken from a key counts with the next statement all the same. */
const lifetime = 600

/**
 * Signs tokens with which the holder of a key acts as the key. Nobody takes one for a person's session: it has no
 * `session_id`, no `aal` and no address, another issuer, and its `sub` is no account, so that Auth refuses it.
 */
export function createSignToken(signingKey: JWK, issuer: string): SignToken {
  const imported = importJWK(signingKey, 'ES256')
  return async ({ keyId, expiresAt: keyExpiresAt }) => {
    const issuedAt = Math.floor(Date.now() / 1000)
    // A token never outlives its key.
    const end = keyExpiresAt === null ? Number.POSITIVE_INFINITY : Math.floor(Date.parse(keyExpiresAt) / 1000)
    const expiresAt = Math.min(issuedAt + lifetime, end)
    const accessToken = await new SignJWT({ role: 'authenticated' })
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', ...(signingKey.kid && { kid: signingKey.kid }) })
      .setIssuer(issuer)
      .setSubject(keyId)
      .setAudience('authenticated')
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(await imported)
    return { accessToken, expiresAt }
  }
}
