import { z } from 'zod'
import type { Channel } from '../channels/channel.ts'
import { Refusal } from '../refusal.ts'
import { type Filter, parseFilters } from './filters.ts'

export type ChangeType = 'INSERT' | 'UPDATE' | 'DELETE'

/** Which changes a client wants to hear of. */
export interface Wish {
  event: ChangeType | '*'
  schema: string
  /** `*` for every table. */
  table: string
  filters: Filter[]
  /** The columns that it wants beside the primary key; null for all that it may read. */
  columns: string[] | null
}

export interface Subscription extends Wish {
  /** What the client knows it by. */
  id: number
  channel: Channel
}

const wishSchema = z.object({
  event: z.string().optional().catch(undefined),
  schema: z.string().optional(),
  table: z.string().optional(),
  filter: z.string().optional(),
  select: z.unknown().optional(),
})

const code = 'RealtimeDisabledForConfiguration'

/** @throws Refusal in Supabase's words */
export function readWish(parameters: Record<string, unknown>): Wish {
  const columns = readColumns(parameters.select)
  const { data } = wishSchema.safeParse(parameters)
  const isComplete = data?.filter === undefined || (data.schema !== undefined && data.table !== undefined)
  if (!data || !isComplete || (data.schema === undefined && data.table === undefined))
    throw new Refusal(
      code,
      'No subscription params provided. Please provide at least a `schema` or `table` to subscribe to',
    )
  const { event = '*', schema = 'public', table = '*', filter = '' } = data
  if (columns && (schema === '*' || table === '*'))
    throw new Refusal(
      code,
      'Column selection is not supported for wildcard subscriptions. Provide an explicit schema and table name.',
    )
  return { event: readEvent(event), schema, table, filters: parseFilters(filter), columns }
}

/** How Supabase repeats a wish that it cannot fulfil. */
export function describeWish({ event, schema, table, filters, columns }: Wish): string {
  const list = filters.map(
    ({ column, operator, value, negated }) => `{"${column}", "${operator}", "${value}", ${negated}}`,
  )
  const select = columns ? `[${columns.map((column) => `"${column}"`).join(', ')}]` : 'nil'
  return `event: ${event}, schema: ${schema}, table: ${table}, filters: [${list.join(', ')}], select: ${select}`
}

function readEvent(event: string): ChangeType | '*' {
  const name = event.toUpperCase()
  return name === 'INSERT' || name === 'UPDATE' || name === 'DELETE' ? name : '*'
}

function readColumns(select: unknown): string[] | null {
  if (typeof select === 'string')
    throw new Refusal(
      code,
      'Error parsing `select` params: expected a list of column name strings, e.g. select: ["col1", "col2"]',
    )
  const names = Array.isArray(select) ? select.filter((name) => typeof name === 'string') : []
  return names.length > 0 ? names : null
}
