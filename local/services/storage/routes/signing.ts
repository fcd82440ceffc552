import { Hono } from 'hono'
import { z } from 'zod'
import { jsonResponse, readBody } from '../../shared/index.ts'
import { asCaller, ownerIdOf, probeAsCaller } from '../callers.ts'
import type { CallerEnv, StorageContext } from '../context.ts'
import { type ObjectName, objectNameOf } from '../names.ts'
import { requireObject, writeObject } from '../objects.ts'

const seconds = z.int().positive()
const signSchema = z.object({ expiresIn: seconds })
const signManySchema = z.object({ expiresIn: seconds, paths: z.array(z.string()).max(1000) })

/** Seconds for which an upload may begin after it was signed. */
const uploadLifetime = 2 * 60 * 60

/** POST /object/sign and /object/upload/sign: URLs that let their holder do what their maker may do. */
export function signingRoutes(context: StorageContext): Hono<CallerEnv> {
  const { database, signedUrls } = context
  const signDownload = async (name: ObjectName, expiresIn: number) =>
    `/object/sign/${name.bucket}/${name.key}?token=${await signedUrls.sign({ ...name, scope: 'download' }, expiresIn)}`

  return new Hono<CallerEnv>()
    .post('/object/upload/sign/:bucket/*', async (c) => {
      const name = objectNameOf(c.req.raw, '/object/upload/sign/')
      const { caller } = c.var
      const ownerId = ownerIdOf(caller)
      const upsert = c.req.header('x-upsert') === 'true'
      const object = { ...name, ownerId, version: '', metadata: {}, userMetadata: {} }
      await probeAsCaller(database, caller, 'object.sign_upload_url', (sql) =>
        writeObject(sql, object, upsert),
      )
      const token = await signedUrls.sign({ ...name, scope: 'upload', ownerId, upsert }, uploadLifetime)
      return jsonResponse(200, {
        url: `/object/upload/sign/${name.bucket}/${name.key}?token=${token}`,
        token,
      })
    })
    .post('/object/sign/:bucket', async (c) => {
      const { expiresIn, paths } = await readBody(c.req.raw, signManySchema)
      const bucket = c.req.param('bucket')
      const seen = await asCaller(database, c.var.caller, 'object.sign_many', (sql) =>
        sql.rows<{ name: string }>(
          'select name from storage.objects where bucket_id = $1 and name = any ($2)',
          [bucket, paths],
        ),
      )
      const names = new Set(seen.map(({ name }) => name))
      const signed = paths.map(async (path) =>
        names.has(path)
          ? { path, error: null, signedURL: await signDownload({ bucket, key: path }, expiresIn) }
          : {
              path,
              error: 'Either the object does not exist or you do not have access to it',
              signedURL: null,
            },
      )
      return jsonResponse(200, await Promise.all(signed))
    })
    .post('/object/sign/:bucket/*', async (c) => {
      const name = objectNameOf(c.req.raw, '/object/sign/')
      const { expiresIn } = await readBody(c.req.raw, signSchema)
      await asCaller(database, c.var.caller, 'object.sign', (sql) => requireObject(sql, name))
      return jsonResponse(200, { signedURL: await signDownload(name, expiresIn) })
    })
}
