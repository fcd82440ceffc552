import type { Caller, Queryable } from '../shared/index.ts'
import { requireBucket } from './buckets.ts'
import { asCaller } from './callers.ts'
import type { StorageContext } from './context.ts'
import { noSuchBucket, noSuchKey, StorageError } from './errors.ts'
import type { ObjectName } from './names.ts'
import { requireObject, type StoredObject } from './objects.ts'

/** An object that a caller may see; anybody may see what lies in a public bucket. */
export async function findReadable(
  { database }: StorageContext,
  name: ObjectName,
  caller: Caller,
  operation: string,
): Promise<StoredObject> {
  const bucket = await requireBucket(database, name.bucket)
  if (bucket.public) return requireObject(database, name)
  return asCaller(database, caller, operation, (sql) => requireObject(sql, name))
}

/** An object of a public bucket; other buckets look as if they were not there. */
export async function findPublic(sql: Queryable, name: ObjectName): Promise<StoredObject> {
  const bucket = await requireBucket(sql, name.bucket)
  if (!bucket.public) throw noSuchBucket()
  return requireObject(sql, name)
}

/**
 * The bytes of an object: all of them, a range, or the news that the client has them already.
 *
 * @param find reads the object's row; again where a new version replaced the bytes in between
 */
export async function sendObject(
  context: StorageContext,
  find: () => Promise<StoredObject>,
  request: Request,
): Promise<Response> {
  const response =
    (await respond(context, await find(), request)) ?? (await respond(context, await find(), request))
  if (!response) throw noSuchKey()
  return response
}

async function respond(
  { files }: StorageContext,
  object: StoredObject,
  request: Request,
): Promise<Response | null> {
  const { eTag, size, mimetype, cacheControl, lastModified } = object.metadata
  const headers = new Headers({
    'content-type': mimetype,
    'cache-control': cacheControl,
    etag: eTag,
    'last-modified': new Date(lastModified).toUTCString(),
    'accept-ranges': 'bytes',
    'x-robots-tag': 'none',
  })
  const download = new URL(request.url).searchParams.get('download')
  if (download !== null) headers.set('content-disposition', attachment(download))
  if (request.headers.get('if-none-match') === eTag) return new Response(null, { status: 304, headers })
  const range = requestedRange(request, size)
  const [start, end] = range ?? [0, size - 1]
  if (range) headers.set('content-range', `bytes ${start}-${end}/${size}`)
  headers.set('content-length', String(end - start + 1))
  const status = range ? 206 : 200
  if (request.method === 'HEAD' || size === 0) return new Response(null, { status, headers })
  const body = await files.read(object.version, start, end)
  return body && new Response(body, { status, headers })
}

/** First and last byte of a single range; undefined where the whole is meant. */
function requestedRange(request: Request, size: number): [number, number] | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get('range') ?? '') ?? []
  if (first === '' && last === '') return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (start > end) throw new StorageError(416, 'InvalidRange', 'The requested range is not satisfiable')
  return [start, end]
}

function attachment(name: string): string {
  if (name === '') return 'attachment'
  const encoded = encodeURIComponent(name)
  return `attachment; filename=${encoded}; filename*=UTF-8''${encoded};`
}
