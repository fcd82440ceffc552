import { firstOf, type Queryable } from '../shared/index.ts'
import { uuidOfOwner } from './callers.ts'
import { noSuchKey } from './errors.ts'
import type { StoredFile } from './files.ts'
import type { ObjectName } from './names.ts'

/** What is known of an object's bytes. */
export interface ObjectMetadata {
  eTag: string
  /** Bytes. */
  size: number
  mimetype: string
  cacheControl: string
  lastModified: string
  contentLength: number
  httpStatusCode: number
}

/** A row of `storage.objects`. */
export interface StoredObject {
  id: string
  bucket_id: string
  name: string
  owner: string | null
  owner_id: string | null
  /** The bytes; empty where SQL wrote the row without any. */
  version: string
  /** Incomplete, or absent, where SQL wrote the row. */
  metadata: Partial<ObjectMetadata> | null
  user_metadata: Record<string, unknown> | null
  created_at: Date
  updated_at: Date
  last_accessed_at: Date
}

/** A row as it is about to be written. */
export interface NewObject extends ObjectName {
  ownerId: string | null
  version: string
  metadata: Partial<ObjectMetadata>
  userMetadata: Record<string, unknown> | null
}

/** What clients are shown of a row. */
export const objectColumns = `id, bucket_id, name, owner, owner_id, version, metadata, user_metadata,
  created_at, updated_at, last_accessed_at`

/** @throws StorageError where there is none, or none that may be seen */
export async function requireObject(sql: Queryable, { bucket, key }: ObjectName): Promise<StoredObject> {
  const object = firstOf(
    await sql.rows<StoredObject>(
      `select ${objectColumns} from storage.objects where bucket_id = $1 and name = $2`,
      [bucket, key],
    ),
  )
  if (!object) throw noSuchKey()
  return object
}

/** Writes a row; with `upsert` in the place of the one that is there, which the caller then must be able to see. */
export async function writeObject(sql: Queryable, object: NewObject, upsert: boolean): Promise<StoredObject> {
  const onConflict = upsert
    ? `on conflict (bucket_id, name) do update set owner = excluded.owner, owner_id = excluded.owner_id,
         version = excluded.version, metadata = excluded.metadata, user_metadata = excluded.user_metadata`
    : ''
  const rows = await sql.rows<StoredObject>(
    `insert into storage.objects (bucket_id, name, owner, owner_id, version, metadata, user_metadata)
     values ($1, $2, $3, $4, $5, $6, $7) ${onConflict} returning ${objectColumns}`,
    [
      object.bucket,
      object.key,
      uuidOfOwner(object.ownerId),
      object.ownerId,
      object.version,
      object.metadata,
      object.userMetadata,
    ],
  )
  const [written] = rows
  if (!written) throw noSuchKey()
  return written
}

/** What is stored about bytes that were just written. */
export function metadataOf(file: StoredFile, mimetype: string, cacheControl: string): ObjectMetadata {
  return {
    eTag: file.eTag,
    size: file.size,
    mimetype,
    cacheControl,
    lastModified: new Date().toISOString(),
    contentLength: file.size,
    httpStatusCode: 200,
  }
}
