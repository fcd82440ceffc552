import { importJWK, type JWK, SignJWT } from 'jose'

/** How somebody signed in, with the second it happened. */
export interface AuthenticationMethod {
  method: string
  timestamp: number
}

/** What an access token says about a person, next to issuer, audience and times. */
export interface AccessTokenClaims {
  sub: string
  role: string
  aud: string
  email: string
  phone: string
  app_metadata: Record<string, unknown>
  user_metadata: Record<string, unknown>
  aal: 'aal1'
  amr: AuthenticationMethod[]
  session_id: string
  is_anonymous: boolean
}

export interface AccessTokens {
  /** Signs a token that ends after the configured lifetime; `expiresAt` is in Unix seconds. */
  sign(claims: AccessTokenClaims): Promise<{ token: string; expiresAt: number }>
  issuer: string
}

/** Access tokens signed with the project's key (ES256), `lifetime` in seconds. */
export async function createAccessTokens(
  signingKey: JWK,
  issuer: string,
  lifetime: number,
): Promise<AccessTokens> {
  const key = await importJWK(signingKey, 'ES256')
  return {
    issuer,
    async sign({ aud, sub, ...claims }) {
      const issuedAt = Math.floor(Date.now() / 1000)
      const expiresAt = issuedAt + lifetime
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: signingKey.kid })
        .setIssuer(issuer)
        .setSubject(sub)
        .setAudience(aud)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(key)
      return { token, expiresAt }
    },
  }
}
