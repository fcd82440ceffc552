import * as z from 'zod'
import { answerOf, type RpcClient } from './rpc-client.ts'
import { type ExportDocument, exportSchema, type ImportReport, importReportSchema } from './transfer.ts'

// A dashboard of any size, as documents each of which an import takes. docs/transfer-format.md explains what they hold.

/**
 * What `export_dashboard_part` answers.
 *
 * @example
 * const { data } = await supabase.rpc('export_dashboard_part', { workspace_id })
 * const { document, next, skipped } = dashboardPartSchema.parse(data)
 */
export const dashboardPartSchema = z.strictObject({
  document: exportSchema,
  /** What to give as `after` for the next part; null with the last one. */
  next: z.string().nullable(),
  /** The views that are too large for a document, with the components that they show. */
  skipped: z.array(z.strictObject({ id: z.guid(), name: z.string(), code: z.string(), message: z.string() })),
})

/**
 * All that the person has arranged in a workspace, each document read when it is asked for; mostly it is one. Views
 * that fit into no document are told of as they are come by, and a backup does not begin without somebody to tell.
 *
 * @example
 * const documents = []
 * for await (const document of exportDashboard(supabase, workspaceId, console.warn)) documents.push(document)
 * @throws the client's error, what zod says of an answer of another form, and a TypeError at once without `onSkipped`
 */
export async function* exportDashboard(
  client: RpcClient,
  workspaceId: string,
  onSkipped: (views: z.infer<typeof dashboardPartSchema>['skipped']) => void,
): AsyncGenerator<ExportDocument, void, undefined> {
  if (!onSkipped) throw TypeError('Give onSkipped.')
  let next: string | null | undefined
  while (next !== null) {
    const args = { workspace_id: workspaceId, after: next }
    const part = dashboardPartSchema.parse(await answerOf(client, 'export_dashboard_part', args))
    if (part.skipped[0]) onSkipped(part.skipped)
    yield part.document
    next = part.next
  }
}

/**
 * Imports what `exportDashboard` gave, in the same order, and reports what each document became. A document is imported
 * whole or not at all; those before one that is refused stay, and the reports that were yielded say which.
 *
 * @example
 * for await (const { skipped } of importDashboard(supabase, workspace_id, documents)) show(skipped)
 * @throws the client's error for the first document that is refused
 */
export async function* importDashboard(
  client: RpcClient,
  workspaceId: string,
  documents: Iterable<ExportDocument> | AsyncIterable<ExportDocument>,
): AsyncGenerator<ImportReport, void, undefined> {
  for await (const document of documents)
    yield importReportSchema.parse(
      await answerOf(client, 'import_dashboard', { workspace_id: workspaceId, document }),
    )
}
