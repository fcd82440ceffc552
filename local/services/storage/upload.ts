import { type Caller, firstOf, type Queryable } from '../shared/index.ts'
import { type Bucket, requireBucket } from './buckets.ts'
import { probeAsCaller } from './callers.ts'
import type { StorageContext } from './context.ts'
import { invalidMimeType } from './errors.ts'
import type { ObjectName } from './names.ts'
import { metadataOf, type NewObject, type StoredObject, writeObject } from './objects.ts'
import { readUpload } from './upload-body.ts'

/** Whose policies decide about an upload; null where a signed URL has decided already. */
export type UploadRights = { caller: Caller; operation: string } | null

/** The empty file that Studio makes to show a folder; it may lie in every bucket. */
const folderPlaceholder = '.emptyFolderPlaceholder'

/**
 * Stores the bytes of a request.
 *
 * The caller's policies are asked before a byte is written. The row appears when the bytes are complete: a
 * crash in between leaves a file that nothing points at, never an object without its bytes.
 */
export async function upload(
  context: StorageContext,
  name: ObjectName,
  request: Request,
  options: { ownerId: string | null; upsert: boolean; rights: UploadRights },
): Promise<StoredObject> {
  const { database, files } = context
  const bucket = await requireBucket(database, name.bucket)
  const isFolder = name.key.endsWith(folderPlaceholder)
  const most = Math.min(bucket.file_size_limit ?? context.fileSizeLimit, context.fileSizeLimit)
  const limit = isFolder ? 0 : most
  const body = await readUpload(request, limit)
  if (!isFolder) assertMimeType(bucket, body.mimetype)
  const object: NewObject = {
    ...name,
    ownerId: options.ownerId,
    version: '',
    metadata: { mimetype: body.mimetype, contentLength: contentLength(request) },
    userMetadata: body.userMetadata,
  }
  if (options.rights) {
    const { caller, operation } = options.rights
    await probeAsCaller(database, caller, operation, (sql) => writeObject(sql, object, options.upsert))
  }
  const file = await files.write(body.bytes, limit)
  const metadata = metadataOf(file, body.mimetype, body.cacheControl)
  return replaceObject(context, { ...object, version: file.version, metadata }, options.upsert)
}

/** Writes a row whose bytes are complete, and removes the bytes that nothing points at afterwards. */
export async function replaceObject(
  { database, files }: StorageContext,
  object: NewObject,
  upsert: boolean,
): Promise<StoredObject> {
  const change = database.transaction(async (sql) => ({
    replaced: await lockVersion(sql, object),
    written: await writeObject(sql, object, upsert),
  }))
  const { written, replaced } = await change.catch(async (error) => {
    if (!(await mayBeWritten(database, object))) await files.remove([object.version])
    throw error
  })
  await files.remove([replaced])
  return written
}

/** Whether a row points at the bytes, since of a commit the answer alone can be lost; or nobody can say. */
async function mayBeWritten({ rows }: Queryable, { bucket, key, version }: NewObject): Promise<boolean> {
  try {
    const found = await rows(
      'select from storage.objects where bucket_id = $1 and name = $2 and version = $3',
      [bucket, key, version],
    )
    return found.length > 0
  } catch {
    return true
  }
}

/** The version that is there, which two uploads at once must not both replace. */
async function lockVersion(sql: Queryable, { bucket, key }: ObjectName): Promise<string | null> {
  const rows = await sql.rows<{ version: string | null }>(
    'select version from storage.objects where bucket_id = $1 and name = $2 for update',
    [bucket, key],
  )
  return firstOf(rows)?.version ?? null
}

/** A type fits as it is written, parameters and all; only its second half may be any. */
function assertMimeType({ allowed_mime_types: allowed }: Bucket, mimetype: string): void {
  if (!allowed?.length) return
  const [type = '', subtype] = mimetype.split('/')
  const fits = allowed.some((pattern) => pattern === `${type}/*` || pattern === `${type}/${subtype}`)
  if (subtype === undefined || !fits) throw invalidMimeType(mimetype)
}

function contentLength(request: Request): number | undefined {
  const length = request.headers.get('content-length')
  return length === null ? undefined : Number(length)
}
