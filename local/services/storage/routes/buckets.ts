import { Hono } from 'hono'
import { z } from 'zod'
import { byteSize } from '../../../config/index.ts'
import { jsonResponse, readBody } from '../../shared/index.ts'
import { checkLimits, requireBucket } from '../buckets.ts'
import { asCaller, ownerIdOf, uuidOfOwner } from '../callers.ts'
import type { CallerEnv, StorageContext } from '../context.ts'
import { bucketNotEmpty, noSuchBucket } from '../errors.ts'
import { listBuckets, readListOptions } from '../list-buckets.ts'
import { checkBucketName } from '../names.ts'

const settings = {
  public: z.boolean().optional(),
  file_size_limit: byteSize.nullish(),
  allowed_mime_types: z.array(z.string()).nullish(),
}
const createSchema = z.object({ id: z.string().optional(), name: z.string(), ...settings })
const updateSchema = z.object(settings).refine((body) => Object.keys(body).length > 0, {
  message: 'must NOT have fewer than 1 properties',
})

/** /bucket: what the policies of `storage.buckets` let a caller do; the secret key may do everything. */
export function bucketRoutes({ database, files, fileSizeLimit }: StorageContext): Hono<CallerEnv> {
  return new Hono<CallerEnv>()
    .post('/bucket', async (c) => {
      const { id, name, public: isPublic = false, ...limits } = await readBody(c.req.raw, createSchema)
      const { caller } = c.var
      const ownerId = ownerIdOf(caller)
      checkBucketName(name)
      const { file_size_limit, allowed_mime_types } = checkLimits(limits, fileSizeLimit)
      await asCaller(database, caller, 'bucket.create', (sql) =>
        sql.rows(
          `insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types, owner, owner_id)
           values ($1, $2, $3, $4, $5, $6, $7)`,
          [
            checkBucketName(id || name),
            name,
            isPublic,
            file_size_limit,
            allowed_mime_types,
            uuidOfOwner(ownerId),
            ownerId,
          ],
        ),
      )
      return jsonResponse(200, { name })
    })
    .get('/bucket', async (c) => {
      const options = readListOptions(c.req.query())
      const list = asCaller(database, c.var.caller, 'bucket.list', (sql) => listBuckets(sql, options))
      return jsonResponse(200, await list)
    })
    .get('/bucket/:id', async (c) => {
      const { id } = c.req.param()
      const find = asCaller(database, c.var.caller, 'bucket.get', (sql) => requireBucket(sql, id))
      return jsonResponse(200, await find)
    })
    .put('/bucket/:id', async (c) => {
      const body = await readBody(c.req.raw, updateSchema)
      const { file_size_limit, allowed_mime_types } = checkLimits(body, fileSizeLimit)
      // What is not named stays as it is; null takes a limit away.
      const changed = await asCaller(database, c.var.caller, 'bucket.update', (sql) =>
        sql.rows(
          `update storage.buckets set public = coalesce($2, public),
             file_size_limit = case when $3 then $4 else file_size_limit end,
             allowed_mime_types = case when $5 then $6 else allowed_mime_types end,
             updated_at = now() where id = $1 returning id`,
          [
            c.req.param('id'),
            body.public,
            file_size_limit !== undefined,
            file_size_limit,
            allowed_mime_types !== undefined,
            allowed_mime_types,
          ],
        ),
      )
      if (changed.length === 0) throw noSuchBucket()
      return jsonResponse(200, { message: 'Successfully updated' })
    })
    .delete('/bucket/:id', async (c) => {
      const { id } = c.req.param()
      await asCaller(database, c.var.caller, 'bucket.delete', async (sql) => {
        await requireBucket(sql, id)
        const kept = await database.rows('select from storage.objects where bucket_id = $1 limit 1', [id])
        if (kept.length > 0) throw bucketNotEmpty()
        const deleted = await sql.rows('delete from storage.buckets where id = $1 returning id', [id])
        if (deleted.length === 0) throw noSuchBucket()
      })
      return jsonResponse(200, { message: 'Successfully deleted' })
    })
    .post('/bucket/:id/empty', async (c) => {
      const { id } = c.req.param()
      const deleted = await asCaller(database, c.var.caller, 'bucket.empty', async (sql) => {
        await requireBucket(sql, id)
        return sql.rows<{ version: string | null }>(
          'delete from storage.objects where bucket_id = $1 returning version',
          [id],
        )
      })
      await files.remove(deleted.map(({ version }) => version))
      // Nothing is queued here; the words are those that clients know.
      const message = 'Empty bucket has been queued. Completion may take up to an hour.'
      return jsonResponse(200, { message })
    })
}
