import type { DataSourceInput, StoredDataSource } from '../../types/data-source.ts'
import {
  type DataSourcePreview,
  previewRequestSchema,
  type RefreshedWidgets,
  refreshRequestSchema,
} from '../../types/widget-refresh.ts'
import type { Dependencies } from '../_shared/dependencies.ts'
import { endpoint } from '../_shared/endpoint.ts'
import { dataOf, functionError, trustedDataOf } from '../_shared/errors.ts'
import { inTurns } from '../_shared/in-turns.ts'
import { type SafeFetch, SourceError } from '../_shared/safe-fetch/index.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import { type Handler, serveFunction } from '../_shared/serve.ts'
import type { Trace } from '../_shared/trace.ts'
import { askSource, type SourceRequest } from './ask-source.ts'
import { componentTypes, DataNotValidError, isComponentType, requireData } from './data-not-valid.ts'
import { requireMapping } from './mapping.ts'
import { refreshQuestions } from './refresh.ts'
import { requireDocument } from './require-document.ts'

export interface RefreshDependencies extends Dependencies {
  /** Acts as the server: no role of people reads sources or writes answers. */
  serverClient(trace: Trace): SecretClient
  /** Asks at the ports that an operator allows. */
  openFetch(ports: readonly number[]): SafeFetch
}

const workspacesAtOnce = 4
const largestAnswer = 65_536
const askFromOutside =
  'Ask the address from outside: it has to be public, on port 443 unless an operator allows another, and to give ' +
  'uncompressed JSON of 1 MiB at most.'

/**
 * Refreshes the data of widgets: of one view or some widgets for who sees them, and of what is due for the clock of
 * the database; and shows who manages integrations what a source would give.
 */
export function createHandler(dependencies: RefreshDependencies): Handler {
  const { serverClient, openFetch } = dependencies
  const fetchOf = async (server: SecretClient) =>
    openFetch(trustedDataOf(await server.rpc('request_ports')) ?? [])

  return serveFunction(dependencies, {
    'POST /': endpoint({
      body: refreshRequestSchema,
      async handle({ body, caller, supabase, charge, trace }): Promise<RefreshedWidgets> {
        const { is_forced: isForced = false } = body
        const due = dataOf(await supabase().rpc('widgets_to_refresh', body))
        if (!due?.workspaceId || due.questions.length === 0) return { refreshed: 0, failed: 0, waiting: 0 }
        const { workspaceId, questions } = due
        // Half of what the workspace has, so that nobody leaves the others without.
        await charge({ name: 'questions', quota: 300, window: 60, key: caller.id, cost: questions.length })
        await charge({ name: 'workspace', quota: 600, window: 60, key: workspaceId, cost: questions.length })
        const server = serverClient(trace)
        return refreshQuestions(server, await fetchOf(server), { workspaceId, questions, isForced })
      },
    }),

    'POST /due': endpoint({
      authentication: ['secret'],
      async handle({ trace }): Promise<RefreshedWidgets> {
        const server = serverClient(trace)
        const all: RefreshedWidgets = { refreshed: 0, failed: 0, waiting: 0 }
        const safeFetch = await fetchOf(server)
        await inTurns(
          trustedDataOf(await server.rpc('due_widget_questions')) ?? [],
          workspacesAtOnce,
          async (due) => {
            const { refreshed, failed, waiting } = await refreshQuestions(server, safeFetch, {
              ...due,
              isForced: false,
            })
            all.refreshed += refreshed
            all.failed += failed
            all.waiting += waiting
          },
        )
        return all
      },
    }),

    'POST /preview': endpoint({
      body: previewRequestSchema,
      bodyLimit: 400_000,
      async handle({ body, supabase, charge, trace }): Promise<DataSourcePreview> {
        const { workspace_id, id, document, type, query = {} } = body
        requireType(type)
        const server = serverClient(trace)
        let request: SourceRequest | null = null
        let data: unknown
        if (document !== undefined) {
          requireDocument(document)
          dataOf(await supabase().rpc('check_data_source', { workspace_id, document }))
          if (document.kind === 'static') data = document.data
          else request = requestOf(document)
        } else if (id !== undefined) {
          const source = dataOf(await supabase().rpc('get_data_source', { workspace_id, id }))
          if (source?.kind === 'static') data = source.data
          else request = trustedDataOf(await server.rpc('data_source_request', { workspace_id, id }))
        }
        // Also where the address gives nothing yet; and it costs nothing.
        if (request?.mapping) await requireReadable(request.mapping, document === undefined)
        await charge({ name: 'workspace', quota: 600, window: 60, key: workspace_id, cost: 10 })

        const began = performance.now()
        try {
          const asked = request && (await askSource(await fetchOf(server), request, { type, query }))
          return {
            data: requireData(type, asked ? asked.data : data),
            answer: asked && asked.bytes <= largestAnswer ? asked.answer : null,
            bytes: asked?.bytes ?? 0,
            milliseconds: Math.round(performance.now() - began),
          }
        } catch (error) {
          if (error instanceof SourceError)
            throw functionError('source_failed', error.message, { hint: askFromOutside })
          if (error instanceof DataNotValidError)
            throw functionError('data_not_valid', error.message, {
              details: error.path,
              hint: hintOf(error),
            })
          throw error
        }
      },
    }),
  })
}

function requireType(type: string): void {
  if (isComponentType(type)) return
  throw functionError('invalid_input', 'There is no such type of component.', {
    details: 'type',
    hint: `Give one of ${componentTypes.join(', ')}.`,
  })
}

/** What is wrong with a mapping before it is given anything is a fault of the call that gives it, and of no answer. */
async function requireReadable(mapping: string, isStored: boolean): Promise<void> {
  try {
    await requireMapping(mapping)
  } catch (error) {
    if (!(error instanceof DataNotValidError)) throw error
    throw functionError(isStored ? 'data_not_valid' : 'invalid_input', error.message, {
      details: error.path,
      hint: hintOf(error, 'Correct the mapping.'),
    })
  }
}

/** For who manages integrations, and so reads the mapping. */
function hintOf(
  { particulars }: DataNotValidError,
  hint = 'Correct the mapping, or choose a component of another type.',
): string {
  return particulars === undefined ? hint : `${particulars.replace(/[^.?]$/, '$&.')} ${hint}`
}

/** Of a document that was found valid, which has an address then. */
function requestOf(document: DataSourceInput | StoredDataSource): SourceRequest {
  const {
    url,
    headers = {},
    mapping = null,
    parameters = [],
  } = document as (DataSourceInput | StoredDataSource) & { kind: 'http_json'; url: string }
  // Reading names headers, whose values come back to nobody.
  const given = Array.isArray(headers)
    ? []
    : Object.entries(headers).filter((header): header is [string, string] => header[1] !== null)
  return { url, headers: Object.fromEntries(given), mapping, parameters }
}
