import { firstOf, type Queryable } from '../shared/index.ts'
import { invalidMimeType, noSuchBucket, tooLarge } from './errors.ts'

/** A row of `storage.buckets`. */
export interface Bucket {
  id: string
  name: string
  owner: string | null
  public: boolean
  /** Bytes; null where only the project's limit counts. */
  file_size_limit: number | null
  allowed_mime_types: string[] | null
  created_at: Date
  updated_at: Date
}

/** What a bucket is shown as; bytes as a number, which the database's bigint is not. */
export const bucketColumns = `id, name, coalesce(owner::text, '') as owner, public,
  file_size_limit::double precision as file_size_limit, allowed_mime_types, created_at, updated_at`

/** @throws StorageError where there is none, or none that may be seen */
export async function requireBucket(sql: Queryable, id: string): Promise<Bucket> {
  const bucket = firstOf(
    await sql.rows<Bucket>(`select ${bucketColumns} from storage.buckets where id = $1`, [id]),
  )
  if (!bucket) throw noSuchBucket()
  return bucket
}

/** What a bucket takes. */
export interface BucketLimits {
  file_size_limit?: number | null | undefined
  allowed_mime_types?: string[] | null | undefined
}

const mimeType = /^[a-zA-Z0-9\-+.]+\/[a-zA-Z0-9\-+.]+(;\s*charset=[a-zA-Z0-9-]+)?$|\*$/
const longestMimeType = 1000

/** Limits as they are stored: none beyond the project's own, and no type that nothing could have. */
export function checkLimits(limits: BucketLimits, fileSizeLimit: number): BucketLimits {
  if ((limits.file_size_limit ?? 0) > fileSizeLimit) throw tooLarge()
  const types = limits.allowed_mime_types?.filter((type) => type !== '')
  for (const type of types ?? [])
    if (type.length > longestMimeType || !mimeType.test(type)) throw invalidMimeType(type)
  return { ...limits, allowed_mime_types: types ?? limits.allowed_mime_types }
}
