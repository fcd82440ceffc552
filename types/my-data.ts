import * as z from 'zod'
import { answerOf, type RpcClient } from './rpc-client.ts'
import { utcTimestampSchema } from './timestamp.ts'

// All that is stored about a person, for that person: export_my_data gives it a page a call, put together here.

/**
 * The parts that there are: what `export_my_data` answers without one.
 *
 * @example
 * const { data } = await supabase.rpc('export_my_data')
 * const { parts } = myDataPartsSchema.parse(data)
 */
export const myDataPartsSchema = z.strictObject({
  version: z.literal(2),
  exportedAt: utcTimestampSchema,
  parts: z.array(z.string()),
})

/**
 * A page of a part: what `export_my_data` answers with `part`.
 *
 * @example
 * const { data } = await supabase.rpc('export_my_data', { part: 'audit' })
 * const { rows, next } = myDataPageSchema.parse(data)
 */
export const myDataPageSchema = z.strictObject({
  part: z.string(),
  rows: z.array(z.record(z.string(), z.unknown())),
  /** What to give as `after` for the next page; null on the last one. */
  next: z.string().nullable(),
})

export type MyDataPage = z.infer<typeof myDataPageSchema>

/** All of it, by part. */
export interface MyData {
  version: 2
  exportedAt: string
  parts: Record<string, MyDataPage['rows']>
}

/**
 * The pages of a part, each read when it is asked for.
 *
 * @example
 * for await (const { rows } of myDataPages(supabase, 'audit')) show(rows)
 * @param after where to go on: `next` of the last page that arrived
 * @throws the client's error, and what zod says of an answer of another form
 */
export async function* myDataPages(
  client: RpcClient,
  part: string,
  after?: string,
): AsyncGenerator<MyDataPage, void, undefined> {
  for (let next: string | null | undefined = after; next !== null; ) {
    const page = myDataPageSchema.parse(await answerOf(client, 'export_my_data', { part, after: next }))
    yield page
    next = page.next
  }
}

/**
 * All that is stored about whoever is signed in, in memory. What may be hundreds of megabytes is better written to a
 * file page by page: `myDataPages`.
 *
 * @example
 * const data = await collectMyData(supabase)
 * const file = new Blob([JSON.stringify(data)], { type: 'application/json' })
 * @throws as `myDataPages` does
 */
export async function collectMyData(client: RpcClient): Promise<MyData> {
  const { version, exportedAt, parts } = myDataPartsSchema.parse(await answerOf(client, 'export_my_data'))
  const rowsByPart: MyData['parts'] = {}
  for (const part of parts) {
    const rows: MyDataPage['rows'] = []
    for await (const page of myDataPages(client, part)) rows.push(...page.rows)
    rowsByPart[part] = rows
  }
  return { version, exportedAt, parts: rowsByPart }
}
