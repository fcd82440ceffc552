import { Hono } from 'hono'
import { z } from 'zod'
import { readBody } from '../../shared/index.ts'
import { requireBucket } from '../buckets.ts'
import { asCaller, ownerIdOf } from '../callers.ts'
import type { CallerEnv, CallerRequest, StorageContext } from '../context.ts'
import { copyObject, moveObject } from '../copy.ts'
import { findReadable, sendObject } from '../download.ts'
import { noSuchKey } from '../errors.ts'
import { listFolder, listSchema } from '../list.ts'
import { objectNameOf } from '../names.ts'
import type { StoredObject } from '../objects.ts'
import { upload } from '../upload.ts'

const removeSchema = z.object({ prefixes: z.array(z.string()).min(1).max(1000) })
const copySchema = z.object({
  bucketId: z.string().min(1),
  sourceKey: z.string().min(1),
  destinationBucket: z.string().nullish(),
  destinationKey: z.string().min(1),
  copyMetadata: z.boolean().default(true),
  metadata: z.record(z.string(), z.unknown()).nullish(),
})

/** /object: what the policies of `storage.objects` let a caller do. */
export function objectRoutes(context: StorageContext): Hono<CallerEnv> {
  const { database, files } = context

  const store = async (c: CallerRequest, operation: string, upsert: boolean) => {
    const name = objectNameOf(c.req.raw, '/object/')
    const { caller } = c.var
    const rights = { caller, operation }
    const { id } = await upload(context, name, c.req.raw, { ownerId: ownerIdOf(caller), upsert, rights })
    return c.json({ Id: id, Key: `${name.bucket}/${name.key}` })
  }
  const send = (c: CallerRequest, prefix: string) => {
    const name = objectNameOf(c.req.raw, prefix)
    const find = () => findReadable(context, name, c.var.caller, 'object.get_authenticated')
    return sendObject(context, find, c.req.raw)
  }
  const describe = async (c: CallerRequest, prefix: string) => {
    const name = objectNameOf(c.req.raw, prefix)
    const object = await findReadable(context, name, c.var.caller, 'object.get_authenticated_info')
    return c.json(infoOf(object))
  }
  const remove = async (c: CallerRequest, bucket: string, keys: string[], operation: string) => {
    await requireBucket(database, bucket)
    const removed = await asCaller(database, c.var.caller, operation, (sql) =>
      sql.rows<StoredObject>(
        'delete from storage.objects where bucket_id = $1 and name = any ($2) returning *',
        [bucket, keys],
      ),
    )
    await files.remove(removed.map(({ version }) => version))
    return removed
  }

  return new Hono<CallerEnv>()
    .post('/object/list/:bucket', async (c) => {
      const input = await readBody(c.req.raw, listSchema)
      const bucket = c.req.param('bucket')
      await requireBucket(database, bucket)
      const list = asCaller(database, c.var.caller, 'object.list', (sql) => listFolder(sql, bucket, input))
      return c.json(await list)
    })
    .post('/object/move', async (c) => {
      const body = await readBody(c.req.raw, copySchema)
      await moveObject(context, c.var.caller, sourceOf(body), targetOf(body))
      return c.json({ message: 'Successfully moved' })
    })
    .post('/object/copy', async (c) => {
      const body = await readBody(c.req.raw, copySchema)
      const { id, bucket_id, name } = await copyObject(
        context,
        c.var.caller,
        sourceOf(body),
        targetOf(body),
        {
          upsert: c.req.header('x-upsert') === 'true',
          userMetadata: body.copyMetadata ? undefined : (body.metadata ?? null),
        },
      )
      return c.json({ Id: id, Key: `${bucket_id}/${name}` })
    })
    .get('/object/info/authenticated/:bucket/*', (c) => describe(c, '/object/info/authenticated/'))
    .get('/object/info/:bucket/*', (c) => describe(c, '/object/info/'))
    .get('/object/authenticated/:bucket/*', (c) => send(c, '/object/authenticated/'))
    .get('/object/:bucket/*', (c) => send(c, '/object/'))
    .post('/object/:bucket/*', (c) => store(c, 'object.upload', c.req.header('x-upsert') === 'true'))
    .put('/object/:bucket/*', (c) => store(c, 'object.upload_update', true))
    .delete('/object/:bucket', async (c) => {
      const { prefixes } = await readBody(c.req.raw, removeSchema)
      return c.json(await remove(c, c.req.param('bucket'), prefixes, 'object.delete_many'))
    })
    .delete('/object/:bucket/*', async (c) => {
      const { bucket, key } = objectNameOf(c.req.raw, '/object/')
      const removed = await remove(c, bucket, [key], 'object.delete')
      if (removed.length === 0) throw noSuchKey()
      return c.json({ message: 'Successfully deleted' })
    })
}

function sourceOf({ bucketId, sourceKey }: z.output<typeof copySchema>) {
  return { bucket: bucketId, key: sourceKey }
}

function targetOf({ bucketId, destinationBucket, destinationKey }: z.output<typeof copySchema>) {
  return { bucket: destinationBucket || bucketId, key: destinationKey }
}

function infoOf({
  id,
  name,
  version,
  bucket_id,
  metadata,
  user_metadata,
  created_at,
  updated_at,
}: StoredObject) {
  return {
    id,
    name,
    version,
    bucket_id,
    size: metadata.size,
    content_type: metadata.mimetype,
    cache_control: metadata.cacheControl,
    etag: metadata.eTag,
    metadata: user_metadata,
    last_modified: metadata.lastModified,
    created_at,
    updated_at,
  }
}
