import * as z from 'zod'
import { plainText } from './text.ts'
import { utcTimestampSchema } from './timestamp.ts'

// Where a workspace gets data from, besides its metrics and what it knows of itself. The database holds the same rules
// (sql/50_widget_data/10_documents.sql).

const id = z.guid()
const name = plainText({ min: 1, max: 100 })
/** Read as the allowed roles of components; `member` where nothing is said. */
const allowedRoles = z.array(z.string().min(1).max(50)).max(20)
const refusedHeaders = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
])
const headerName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,100}$/)
  .refine((header) => !refusedHeaders.has(header.toLowerCase()), 'This header cannot be set.')

/**
 * What `save_data_source` takes: an HTTPS endpoint with a JSONata mapping, or a document that is shown as it is.
 *
 * @example
 * const { error } = dataSourceInputSchema.safeParse({
 *   kind: 'http_json', name: 'Shop', url: 'https://shop.example.com/sales', headers: { Authorization: 'Bearer …' },
 *   mapping: '{"value": total}',
 * })
 */
export const dataSourceInputSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http_json'),
    name,
    url: z
      .string()
      .max(1_024)
      .regex(/^https:\/\/[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:[/?][A-Za-z0-9_.~!$&'()*+,;=:@%/?-]*)?$/),
    /** Those that are not named stay while the address is on the same host; null removes one. */
    headers: z
      .record(
        headerName,
        z
          .string()
          .regex(/^[\x20-\x7e]{1,4096}$/)
          .nullable(),
      )
      .refine((headers) => Object.keys(headers).length <= 20)
      .optional(),
    /** A JSONata expression on the answer; `$type` is the type of the component, `$query` what the widget asks. */
    mapping: z.string().min(1).max(4_096).nullable().optional(),
    /** What the query of a widget may add to the address. */
    parameters: z.array(z.string().min(1).max(50)).max(20).optional(),
    allowedRoles: allowedRoles.optional(),
  }),
  z.strictObject({
    kind: z.literal('static'),
    name,
    data: z.record(z.string(), z.unknown()),
    allowedRoles: allowedRoles.optional(),
  }),
])

const failure = z.strictObject({ code: z.string(), message: z.string() })

/**
 * A data source as `list_data_sources` gives it to who manages integrations; the values of headers are given to nobody.
 *
 * @example
 * const { data } = await supabase.rpc('list_data_sources', { workspace_id })
 * const failing = dataSourceSchema.array().parse(data).filter(({ failingSince }) => failingSince)
 */
export const dataSourceSchema = z.strictObject({
  id,
  kind: z.enum(['http_json', 'static']),
  name: z.string(),
  url: z.string().nullable(),
  /** Their names. */
  headers: z.array(z.string()),
  mapping: z.string().nullable(),
  parameters: z.array(z.string()),
  allowedRoles: z.array(z.string()),
  version: z.int(),
  failingSince: utcTimestampSchema.nullable(),
  error: failure.nullable(),
  /** After five failures in a row nobody asks it until then. */
  closedUntil: utcTimestampSchema.nullable(),
  /** How many widgets have its data. */
  widgets: z.int().min(0),
  createdAt: utcTimestampSchema,
  updatedAt: utcTimestampSchema,
})

/**
 * A data source with its document, as `get_data_source` and `save_data_source` give it.
 *
 * @example
 * const { version } = storedDataSourceSchema.parse(answer)
 */
export const storedDataSourceSchema = dataSourceSchema.extend({
  data: z.record(z.string(), z.unknown()).nullable(),
})

/**
 * A data source as `available_data_sources` gives it to who arranges widgets.
 *
 * @example
 * const names = availableDataSourceSchema.array().parse(answer).map(({ name }) => name)
 */
export const availableDataSourceSchema = z.strictObject({
  id,
  kind: z.enum(['http_json', 'static']),
  name: z.string(),
  parameters: z.array(z.string()),
})

export type DataSourceInput = z.infer<typeof dataSourceInputSchema>
export type DataSource = z.infer<typeof dataSourceSchema>
export type StoredDataSource = z.infer<typeof storedDataSourceSchema>
export type AvailableDataSource = z.infer<typeof availableDataSourceSchema>
