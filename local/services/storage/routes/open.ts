import { Hono } from 'hono'
import { jsonResponse } from '../../shared/index.ts'
import type { StorageContext } from '../context.ts'
import { findPublic, sendObject } from '../download.ts'
import { infoResponse } from '../info.ts'
import { objectNameOf } from '../names.ts'
import { requireObject } from '../objects.ts'
import { upload } from '../upload.ts'

/** What a browser reaches without a key: public buckets, and what somebody has signed a URL for. */
export function openRoutes(context: StorageContext): Hono {
  const { database, signedUrls } = context
  return new Hono()
    .get('/status', () => jsonResponse(200, { status: 'ok' }))
    .get('/object/public/:bucket/*', (c) => {
      const name = objectNameOf(c.req.raw, '/object/public/')
      return sendObject(context, () => findPublic(database, name), c.req.raw)
    })
    .get('/object/info/public/:bucket/*', async (c) =>
      infoResponse(await findPublic(database, objectNameOf(c.req.raw, '/object/info/public/'))),
    )
    .get('/object/sign/:bucket/*', async (c) => {
      const name = objectNameOf(c.req.raw, '/object/sign/')
      const { expires } = await signedUrls.verify(c.req.query('token'), 'download', name)
      return sendObject(context, () => requireObject(database, name), c.req.raw, { expires })
    })
    .put('/object/upload/sign/:bucket/*', async (c) => {
      const name = objectNameOf(c.req.raw, '/object/upload/sign/')
      const permission = await signedUrls.verify(c.req.query('token'), 'upload', name)
      await upload(context, name, c.req.raw, {
        ownerId: permission.ownerId ?? null,
        upsert: permission.upsert ?? false,
        rights: null,
      })
      return jsonResponse(200, { Key: `${name.bucket}/${name.key}` })
    })
}
