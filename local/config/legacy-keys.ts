import { importJWK, type JWK, SignJWT } from 'jose'

/** The keys of a project in their older form, access tokens of a role, which many templates still ask for. */
export interface LegacyKeys {
  /** For front ends, as the publishable key. */
  anonKey: string
  /** For servers, as the secret key. */
  serviceRoleKey: string
}

/** Both keys, signed with the project's own key and good for ten years, as Supabase makes them. */
export async function signLegacyKeys(signingKey: JWK): Promise<LegacyKeys> {
  const key = await importJWK(signingKey, 'ES256')
  const sign = (role: string) =>
    new SignJWT({ role })
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: signingKey.kid })
      .setIssuer('supabase')
      .setIssuedAt()
      .setExpirationTime('10 years')
      .sign(key)
  return { anonKey: await sign('anon'), serviceRoleKey: await sign('service_role') }
}
