import { importJWK, type JWK, SignJWT } from 'jose'
import type { User } from './users.ts'

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

/** What a token says of a person comes from these columns. */
export type TokenSubject = Pick<
  User,
  'id' | 'aud' | 'role' | 'email' | 'phone' | 'raw_app_meta_data' | 'raw_user_meta_data' | 'is_anonymous'
>

export function claimsOf(
  user: TokenSubject,
  sessionId: string,
  amr: AuthenticationMethod[],
): AccessTokenClaims {
  return {
    sub: user.id,
    aud: user.aud,
    role: user.role,
    email: user.email ?? '',
    phone: user.phone ?? '',
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    aal: 'aal1',
    amr,
    session_id: sessionId,
    is_anonymous: user.is_anonymous,
  }
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
