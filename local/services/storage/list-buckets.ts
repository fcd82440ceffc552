import { z } from 'zod'
import type { Queryable } from '../shared/index.ts'
import { bucketColumns } from './buckets.ts'
import { invalidRequest, issueMessage } from './errors.ts'
import { escapeLike } from './list.ts'

const optionsSchema = z.object({
  limit: z.coerce.number().int().min(1).optional(),
  offset: z.coerce.number().int().min(0).optional(),
  sortColumn: z.enum(['id', 'name', 'created_at', 'updated_at']).default('id'),
  sortOrder: z.enum(['asc', 'desc']).default('asc'),
  search: z.string().default(''),
})

/** Which buckets to list, and in what order. */
export type BucketListOptions = z.output<typeof optionsSchema>

/** The options as the parameters of a request name them. */
export function readListOptions(query: Record<string, string>): BucketListOptions {
  const result = optionsSchema.safeParse(query)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw invalidRequest(issue ? issueMessage('querystring', issue) : 'querystring is invalid', 'Error')
}

/** The buckets that a caller may see. */
export function listBuckets(sql: Queryable, options: BucketListOptions) {
  const { limit, offset, sortColumn, sortOrder, search } = options
  // Both parts of the order come from the schema's lists, never from the client's text.
  return sql.rows(
    `select ${bucketColumns}, type from storage.buckets where name ilike $1
     order by ${sortColumn} ${sortOrder}, id limit $2 offset $3`,
    [`%${escapeLike(search)}%`, limit ?? null, offset ?? 0],
  )
}
