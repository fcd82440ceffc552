import { jsonResponse } from '../shared/index.ts'
import { versionHeaders } from './download.ts'
import type { StoredObject } from './objects.ts'

/** What is told of an object; never whose it is, since of a public one anybody may ask. */
export function infoResponse(object: StoredObject): Response {
  const { id, name, version, bucket_id, metadata, user_metadata, created_at, updated_at } = object
  const { size = null, mimetype = null, cacheControl = null, eTag = null } = metadata ?? {}
  const info = {
    id,
    name,
    version,
    bucket_id,
    size,
    content_type: mimetype,
    cache_control: cacheControl,
    etag: eTag,
    metadata: user_metadata ?? {},
    last_modified: updated_at,
    created_at,
  }
  return jsonResponse(200, info, {
    ...versionHeaders(object),
    ...(cacheControl && { 'cache-control': cacheControl }),
  })
}
