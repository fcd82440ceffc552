import { createHmac } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { invalidToken } from './errors.ts'
import type { ObjectName } from './names.ts'

/** What a signed URL lets its holder do, without a key. */
export interface Permission extends ObjectName {
  intent: 'download' | 'upload'
  /** Whom an upload will belong to, and whether it may replace what is there. */
  ownerId?: string | null
  upsert?: boolean
}

export interface SignedUrls {
  /** A token that ends after some seconds. */
  sign(permission: Permission, seconds: number): Promise<string>
  /** @throws StorageError unless the token is ours, in time, and for exactly this object and intent */
  verify(token: string | undefined, intent: Permission['intent'], name: ObjectName): Promise<Permission>
}

/** Tokens signed with a key of their own, which is derived from the project's secret one. */
export function createSignedUrls(secretKey: string): SignedUrls {
  const key = createHmac('sha256', secretKey).update('signed URLs of storage').digest()
  return {
    sign: ({ bucket, key: name, intent, ownerId, upsert }, seconds) =>
      new SignJWT({ url: `${bucket}/${name}`, intent, owner: ownerId, upsert })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(key),
    async verify(token, intent, name) {
      if (!token) throw invalidToken("querystring must have required property 'token'")
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] }).catch((error: unknown) => {
        throw error instanceof errors.JOSEError ? invalidToken(error.message) : error
      })
      if (payload.url !== `${name.bucket}/${name.key}` || payload.intent !== intent)
        throw invalidToken('The signature does not belong to this URL')
      return {
        ...name,
        intent,
        ownerId: typeof payload.owner === 'string' ? payload.owner : null,
        upsert: payload.upsert === true,
      }
    },
  }
}
