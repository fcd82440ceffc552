import type { ProjectConfig } from '../../config/index.ts'
import { firstOf, openDatabase, type Queryable } from '../shared/index.ts'
import { noSuchBucket } from './errors.ts'

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
export const bucketColumns = `id, name, coalesce(owner_id, '') as owner, public,
  file_size_limit::double precision as file_size_limit, allowed_mime_types, created_at, updated_at, type`

/** @throws StorageError where there is none, or none that may be seen */
export async function requireBucket(sql: Queryable, id: string): Promise<Bucket> {
  const bucket = firstOf(
    await sql.rows<Bucket>(`select ${bucketColumns} from storage.buckets where id = $1`, [id]),
  )
  if (!bucket) throw noSuchBucket()
  return bucket
}

/** Makes the buckets of `supabase/config.toml` and brings the ones there are in line with it. */
export async function ensureBuckets(config: ProjectConfig, databaseUrl: string): Promise<void> {
  const database = openDatabase(databaseUrl, 1)
  try {
    await database.transaction(async (sql) => {
      for (const [id, bucket] of Object.entries(config.storage.buckets))
        await sql.rows(
          `insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
           values ($1, $1, $2, $3, $4)
           on conflict (id) do update set public = excluded.public, file_size_limit = excluded.file_size_limit,
             allowed_mime_types = excluded.allowed_mime_types, updated_at = now()`,
          [id, bucket.public, bucket.file_size_limit ?? null, bucket.allowed_mime_types ?? null],
        )
    })
  } finally {
    await database.close()
  }
}
