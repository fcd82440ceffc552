import type { ProjectConfig } from '../config/index.ts'
import { withClient } from '../postgres/index.ts'

/**
 * Makes the buckets of `supabase/config.toml` and brings the ones there are in line with it.
 *
 * @param databaseUrl connects as `supabase_storage_admin`, whose tables they stand in
 */
export async function ensureBuckets(config: ProjectConfig, databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    for (const [id, bucket] of Object.entries(config.storage.buckets))
      await client.query(
        `insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
         values ($1, $1, $2, $3, $4)
         on conflict (id) do update set public = excluded.public, file_size_limit = excluded.file_size_limit,
           allowed_mime_types = excluded.allowed_mime_types, updated_at = now()`,
        [id, bucket.public, bucket.file_size_limit ?? null, bucket.allowed_mime_types ?? null],
      )
  })
}
