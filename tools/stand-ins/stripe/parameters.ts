import type { Context } from 'hono'
import qs from 'qs'
import * as z from 'zod'
import { invalid } from './errors.ts'

/** What forms hold are texts: a number, and yes or no, in the way that Stripe reads them. */
export const number = z.coerce.number().int()
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true')
export const metadata = z.record(z.string(), z.string())

/**
 * The parameters of a call, from the brackets of its form and of its query.
 *
 * @throws {StripeProblem} invalid_request_error, for what the stand-in does not know: better refused than passed over
 */
export async function readParameters<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const query = new URL(c.req.url).search.slice(1)
  const text = c.req.method === 'GET' ? query : await c.req.text()
  const { data, error } = schema.safeParse(qs.parse(text, { depth: 10, arrayLimit: 100 }))
  if (data !== undefined) return data
  const [issue] = error?.issues ?? []
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys : []
  const param = [...(issue?.path ?? []), ...unknown].map(String).join('.')
  throw invalid(`The stand-in does not take this: ${param}. ${issue?.message ?? ''}`, param)
}

const expand = z.array(z.string()).optional()

/** What every call may have. */
export const anyCall = { expand }

/** What every list may have. */
export const anyList = {
  expand,
  limit: number.min(1).max(100).default(10),
  starting_after: z.string().optional(),
}
