import type { Caller, Queryable } from '../shared/index.ts'
import { requireBucket } from './buckets.ts'
import { asCaller } from './callers.ts'
import type { StorageContext } from './context.ts'
import { invalidRange, noSuchBucket, noSuchKey } from './errors.ts'
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

/** How an object is to be sent, beside what the request itself asks for. */
export interface SendOptions {
  /** Seconds since 1970 at which the leave to read it ends. */
  expires?: number
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
  options: SendOptions = {},
): Promise<Response> {
  const response =
    (await respond(context, await find(), request, options)) ??
    (await respond(context, await find(), request, options))
  if (!response) throw noSuchKey()
  return response
}

async function respond(
  { files }: StorageContext,
  object: StoredObject,
  request: Request,
  { expires }: SendOptions,
): Promise<Response | null> {
  if (!object.version) return null
  const { eTag, size = 0, mimetype = 'application/octet-stream', cacheControl } = object.metadata ?? {}
  const headers = new Headers({
    ...versionHeaders(object),
    'content-type': safeType(mimetype),
    'accept-ranges': 'bytes',
    'x-robots-tag': 'none',
    // What somebody uploaded is never run as something else than what its bucket let in.
    'x-content-type-options': 'nosniff',
  })
  if (expires !== undefined) headers.set('expires', new Date(expires * 1000).toUTCString())
  else if (cacheControl) headers.set('cache-control', cacheControl)
  const download = new URL(request.url).searchParams.get('download')
  if (download !== null) headers.set('content-disposition', attachment(download))
  if (eTag && request.headers.get('if-none-match') === eTag)
    return new Response(null, { status: 304, headers })
  const range = requestedRange(request, size)
  const [start, end] = range ?? [0, size - 1]
  if (range) headers.set('content-range', `bytes ${start}-${end}/${size}`)
  headers.set('content-length', String(end - start + 1))
  const status = range ? 206 : 200
  if (request.method === 'HEAD' || size === 0) return new Response(null, { status, headers })
  const body = await files.read(object.version, start, end)
  return body && new Response(body, { status, headers })
}

/** Which version of an object this is, for caches. */
export function versionHeaders({ metadata }: StoredObject): Record<string, string> {
  const { eTag, lastModified } = metadata ?? {}
  const time = lastModified === undefined ? Number.NaN : Date.parse(lastModified)
  return {
    ...(eTag && { etag: eTag }),
    ...(!Number.isNaN(time) && { 'last-modified': new Date(time).toUTCString() }),
  }
}

/** A page would run its scripts where the API is: it is shown as text. */
function safeType(mimetype: string): string {
  return mimetype.includes('text/html') ? 'text/plain' : mimetype
}

/** First and last byte of a single range; undefined where the whole is meant. */
function requestedRange(request: Request, size: number): [number, number] | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get('range') ?? '') ?? []
  if (first === '' && last === '') return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (start > end) throw invalidRange()
  return [start, end]
}

function attachment(name: string): string {
  if (name === '') return 'attachment;'
  const encoded = encodeURIComponent(name)
  return `attachment; filename=${encoded}; filename*=UTF-8''${encoded}`
}
