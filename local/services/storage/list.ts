import { z } from 'zod'
import type { Queryable } from '../shared/index.ts'

/** What Storage lists at once, whatever a client asks for. */
const mostEntries = 1500

export const listSchema = z.object({
  prefix: z.string(),
  limit: z.int().min(1).default(100),
  offset: z.int().min(0).default(0),
  search: z.string().default(''),
  sortBy: z
    .object({
      column: z.enum(['name', 'updated_at', 'created_at', 'last_accessed_at']),
      order: z.enum(['asc', 'desc']).default('asc'),
    })
    .prefault({ column: 'name' }),
})

/**
 * What lies in a folder, by the name within it: its folders, which have a name only, and its files. By name both come
 * in one order, by anything else the folders come first.
 */
export function listFolder(sql: Queryable, bucket: string, input: z.output<typeof listSchema>) {
  const { prefix, limit, offset, search, sortBy } = input
  const folder = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
  const pattern = `${escapeLike(folder + search)}%`
  // Both parts of the order come from the schema's lists, never from the client's text.
  const order =
    sortBy.column === 'name'
      ? `lower(name) collate "C" ${sortBy.order}, name collate "C" ${sortBy.order}`
      : `(id is not null), ${sortBy.column} ${sortBy.order}, name collate "C" ${sortBy.order}`
  return sql.rows(
    `with entries as (
       select substr(name, length($2) + 1) as entry, id, updated_at, created_at, last_accessed_at, metadata
       from storage.objects where bucket_id = $1 and name ilike $3 and starts_with(name, $2)
     ), listed as (
       select split_part(entry, '/', 1) as name, null::uuid as id, null::timestamptz as updated_at,
         null::timestamptz as created_at, null::timestamptz as last_accessed_at, null::jsonb as metadata
       from entries where strpos(entry, '/') > 0 group by 1
       union all
       select entry, id, updated_at, created_at, last_accessed_at, metadata
       from entries where strpos(entry, '/') = 0
     )
     select * from listed order by ${order} limit $4 offset $5`,
    [bucket, folder, pattern, Math.min(limit, mostEntries), offset],
  )
}

/** Text as a part of a pattern of `like` that means itself. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
