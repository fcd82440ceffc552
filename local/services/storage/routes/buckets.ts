import { Hono } from 'hono'
import { z } from 'zod'
import { byteSize } from '../../../config/index.ts'
import { readBody } from '../../shared/index.ts'
import { bucketColumns, requireBucket } from '../buckets.ts'
import { asCaller, ownerIdOf } from '../callers.ts'
import type { CallerEnv, StorageContext } from '../context.ts'
import { invalidRequest, noSuchBucket, StorageError } from '../errors.ts'

const settings = {
  public: z.boolean().optional(),
  file_size_limit: byteSize.nullish(),
  allowed_mime_types: z.array(z.string()).nullish(),
}
const createSchema = z.object({ id: z.string().optional(), name: z.string(), ...settings })
const updateSchema = z.object(settings)

const bucketName = /^[\w!.*'() &$@=;:+,?-]{1,100}$/

/** /bucket: what the policies of `storage.buckets` let a caller do; the secret key may do everything. */
export function bucketRoutes({ database, files }: StorageContext): Hono<CallerEnv> {
  return new Hono<CallerEnv>()
    .post('/bucket', async (c) => {
      const body = await readBody(c.req.raw, createSchema)
      const { caller } = c.var
      const id = body.id || body.name
      if (!bucketName.test(id)) throw invalidRequest('Bucket name invalid')
      await asCaller(database, caller, 'bucket.create', (sql) =>
        sql.rows(
          `insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types, owner_id)
           values ($1, $2, $3, $4, $5, $6)`,
          [
            id,
            body.name,
            body.public ?? false,
            body.file_size_limit,
            body.allowed_mime_types,
            ownerIdOf(caller),
          ],
        ),
      )
      return c.json({ name: id })
    })
    .get('/bucket', async (c) => {
      const list = `select ${bucketColumns} from storage.buckets order by id`
      return c.json(await asCaller(database, c.var.caller, 'bucket.list', (sql) => sql.rows(list)))
    })
    .get('/bucket/:id', async (c) => {
      const { id } = c.req.param()
      return c.json(await asCaller(database, c.var.caller, 'bucket.get', (sql) => requireBucket(sql, id)))
    })
    .put('/bucket/:id', async (c) => {
      const body = await readBody(c.req.raw, updateSchema)
      const changed = await asCaller(database, c.var.caller, 'bucket.update', (sql) =>
        sql.rows(
          `update storage.buckets set public = coalesce($2, public), file_size_limit = $3,
             allowed_mime_types = $4, updated_at = now() where id = $1 returning id`,
          [c.req.param('id'), body.public, body.file_size_limit, body.allowed_mime_types],
        ),
      )
      if (changed.length === 0) throw noSuchBucket()
      return c.json({ message: 'Successfully updated' })
    })
    .delete('/bucket/:id', async (c) => {
      const { id } = c.req.param()
      await asCaller(database, c.var.caller, 'bucket.delete', async (sql) => {
        await requireBucket(sql, id)
        if (
          (await database.rows('select from storage.objects where bucket_id = $1 limit 1', [id])).length > 0
        )
          throw new StorageError(
            409,
            'BucketNotEmpty',
            'The bucket you tried to delete is not empty',
            'InvalidRequest',
          )
        const deleted = await sql.rows('delete from storage.buckets where id = $1 returning id', [id])
        if (deleted.length === 0) throw noSuchBucket()
      })
      return c.json({ message: 'Successfully deleted' })
    })
    .post('/bucket/:id/empty', async (c) => {
      const { id } = c.req.param()
      const deleted = await asCaller(database, c.var.caller, 'bucket.empty', async (sql) => {
        await requireBucket(sql, id)
        return sql.rows<{ version: string }>(
          'delete from storage.objects where bucket_id = $1 returning version',
          [id],
        )
      })
      await files.remove(deleted.map(({ version }) => version))
      return c.json({ message: 'Successfully emptied' })
    })
}
