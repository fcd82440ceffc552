import { createHmac } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { invalidRequest, invalidSignature, invalidToken } from './errors.ts'
import type { ObjectName } from './names.ts'

/** What a signed URL lets its holder do, without a key. */
export interface Permission extends ObjectName {
  scope: 'download' | 'upload'
  /** Whom an upload will belong to, and whether it may replace what is there. */
  ownerId?: string | null
  upsert?: boolean
}

/** A permission as its token says it; `expires` is in seconds, as `exp` is. */
export type VerifiedPermission = Permission & { expires: number }

export interface SignedUrls {
  /** A token that ends after some seconds. */
  sign(permission: Permission, seconds: number): Promise<string>
  /** @throws StorageError unless the token is ours, in time, and for exactly this object and scope */
  verify(token: string | undefined, scope: Permission['scope'], name: ObjectName): Promise<VerifiedPermission>
}

/** Tokens signed with a key of their own, which is derived from the project's secret one. */
export function createSignedUrls(secretKey: string): SignedUrls {
  const key = createHmac('sha256', secretKey).update('signed URLs of storage').digest()
  return {
    sign: ({ bucket, key: name, scope, ownerId, upsert }, seconds) =>
      new SignJWT({ url: `${bucket}/${name}`, scope, owner: ownerId ?? undefined, upsert })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(key),
    async verify(token, scope, name) {
      if (!token) throw invalidRequest("querystring must have required property 'token'", 'Error')
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        requiredClaims: ['exp'],
      }).catch((error: unknown) => {
        throw error instanceof errors.JOSEError ? invalidToken(error.message) : error
      })
      if (payload.scope !== scope) throw invalidSignature(`Token is not scoped for ${scope}`)
      if (payload.url !== `${name.bucket}/${name.key}`) throw invalidSignature()
      return {
        ...name,
        scope,
        expires: payload.exp ?? 0,
        ownerId: typeof payload.owner === 'string' ? payload.owner : null,
        upsert: payload.upsert === true,
      }
    },
  }
}
