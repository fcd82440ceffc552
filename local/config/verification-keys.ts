import type { JWK } from 'jose'
import type { ProjectKeys } from './keys.ts'

/** The public halves of the keys whose tokens count, as a JSON Web Key Set has them; Auth's own comes first. */
export function verificationKeys({
  jwtSigningKey,
  functionsSigningKey,
}: Pick<ProjectKeys, 'jwtSigningKey' | 'functionsSigningKey'>): JWK[] {
  return [jwtSigningKey, functionsSigningKey].map(({ kty, crv, x, y, kid }) => ({
    kty,
    crv,
    x,
    y,
    kid,
    alg: 'ES256',
    use: 'sig',
    key_ops: ['verify'],
  }))
}
