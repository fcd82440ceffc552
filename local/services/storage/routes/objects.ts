import { Hono } from 'hono'
import { z } from 'zod'
import { jsonResponse, readBody } from '../../shared/index.ts'
import { asCaller, ownerIdOf } from '../callers.ts'
import type { CallerEnv, CallerRequest, StorageContext } from '../context.ts'
import { copyObject, moveObject } from '../copy.ts'
import { findReadable, sendObject } from '../download.ts'
import { accessDenied, headerText, notBuilt } from '../errors.ts'
import { infoResponse } from '../info.ts'
import { listFolder, listSchema } from '../list.ts'
import { objectNameOf } from '../names.ts'
import { objectColumns, requireObject, type StoredObject } from '../objects.ts'
import { upload } from '../upload.ts'
import { userMetadataOf } from '../upload-body.ts'

const removeSchema = z.object({ prefixes: z.array(z.string()).min(1).max(1000) })
const copySchema = z.object({
  bucketId: z.string().min(1),
  sourceKey: z.string().min(1),
  destinationBucket: z.string().nullish(),
  destinationKey: z.string().min(1),
  copyMetadata: z.boolean().default(true),
  metadata: z
    .object({
      cacheControl: z.string().regex(headerText).optional(),
      mimetype: z.string().regex(headerText).optional(),
    })
    .nullish(),
})

/** /object: what the policies of `storage.objects` let a caller do. */
export function objectRoutes(context: StorageContext): Hono<CallerEnv> {
  const { database, files } = context

  const store = async (c: CallerRequest, operation: string, upsert: boolean) => {
    const name = objectNameOf(c.req.raw, '/object/')
    const { caller } = c.var
    const rights = { caller, operation }
    const { id } = await upload(context, name, c.req.raw, { ownerId: ownerIdOf(caller), upsert, rights })
    return jsonResponse(200, { Id: id, Key: `${name.bucket}/${name.key}` })
  }
  const send = (c: CallerRequest, prefix: string) => {
    const name = objectNameOf(c.req.raw, prefix)
    const find = () => findReadable(context, name, c.var.caller, 'object.get_authenticated')
    return sendObject(context, find, c.req.raw)
  }
  const describe = async (c: CallerRequest, prefix: string) => {
    const name = objectNameOf(c.req.raw, prefix)
    const object = await findReadable(context, name, c.var.caller, 'object.get_authenticated_info')
    return infoResponse(object)
  }
  const remove = async (c: CallerRequest, bucket: string, keys: string[], operation: string) => {
    const removed = await asCaller(database, c.var.caller, operation, (sql) =>
      sql.rows<StoredObject>(
        `delete from storage.objects where bucket_id = $1 and name = any ($2) returning ${objectColumns}`,
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
      const list = asCaller(database, c.var.caller, 'object.list', (sql) => listFolder(sql, bucket, input))
      return jsonResponse(200, await list)
    })
    .post('/object/list-v2/:bucket', () => {
      throw notBuilt('listing by cursor (list-v2)')
    })
    .post('/object/move', async (c) => {
      const body = await readBody(c.req.raw, copySchema)
      const { id, name } = await moveObject(context, c.var.caller, sourceOf(body), targetOf(body))
      return jsonResponse(200, { message: 'Successfully moved', Id: id, Key: name })
    })
    .post('/object/copy', async (c) => {
      const body = await readBody(c.req.raw, copySchema)
      const copy = await copyObject(context, c.var.caller, sourceOf(body), targetOf(body), {
        upsert: c.req.header('x-upsert') === 'true',
        changes: body.copyMetadata
          ? undefined
          : { file: body.metadata ?? {}, user: userMetadataOf(c.req.raw) ?? {} },
      })
      return jsonResponse(200, { Id: copy.id, Key: `${copy.bucket_id}/${copy.name}`, ...copy })
    })
    .get('/object/info/authenticated/:bucket/*', (c) => describe(c, '/object/info/authenticated/'))
    .get('/object/info/:bucket/*', (c) => describe(c, '/object/info/'))
    .get('/object/authenticated/:bucket/*', (c) => send(c, '/object/authenticated/'))
    .get('/object/:bucket/*', (c) => send(c, '/object/'))
    .post('/object/:bucket/*', (c) => store(c, 'object.upload', c.req.header('x-upsert') === 'true'))
    .put('/object/:bucket/*', (c) => store(c, 'object.upload_update', true))
    .delete('/object/:bucket', async (c) => {
      const { prefixes } = await readBody(c.req.raw, removeSchema)
      return jsonResponse(200, await remove(c, c.req.param('bucket'), prefixes, 'object.delete_many'))
    })
    .delete('/object/:bucket/*', async (c) => {
      const { bucket, key } = objectNameOf(c.req.raw, '/object/')
      await requireObject(database, { bucket, key })
      const removed = await remove(c, bucket, [key], 'object.delete')
      if (removed.length === 0) throw accessDenied('Access denied')
      return jsonResponse(200, { message: 'Successfully deleted' })
    })
}

function sourceOf({ bucketId, sourceKey }: z.output<typeof copySchema>) {
  return { bucket: bucketId, key: sourceKey }
}

function targetOf({ bucketId, destinationBucket, destinationKey }: z.output<typeof copySchema>) {
  return { bucket: destinationBucket || bucketId, key: destinationKey }
}
