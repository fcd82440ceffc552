import type { WidgetClaim, WidgetFailure } from '../../types/widget-data.ts'
import type { RefreshedWidgets } from '../../types/widget-refresh.ts'
import { FunctionError, trustedDataOf } from '../_shared/errors.ts'
import { inTurns } from '../_shared/in-turns.ts'
import { type SafeFetch, SourceError } from '../_shared/safe-fetch/index.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import { askSource } from './ask-source.ts'
import { DataNotValidError, requireData, requireStorable } from './data-not-valid.ts'

const mostAtOnce = 50
const sourcesAtOnce = 10
const databaseAtOnce = 4

interface Kept {
  question: string
  lease: string
  data?: unknown
  error?: WidgetFailure
  milliseconds: number
  bytes: number
}

/**
 * Answers those questions of a workspace that are due and that nobody else is answering.
 *
 * Who calls it has asked what the caller may see: the client acts as the server.
 */
export async function refreshQuestions(
  server: SecretClient,
  safeFetch: SafeFetch,
  { workspaceId, questions, isForced }: { workspaceId: string; questions: string[]; isForced: boolean },
): Promise<RefreshedWidgets> {
  const outcome: RefreshedWidgets = { refreshed: 0, failed: 0, waiting: questions.length }
  const keep = async (answers: Kept[]) => {
    const { stored, failed } = trustedDataOf(
      await server.rpc('store_widget_data', {
        workspace_id: workspaceId,
        answers: JSON.parse(JSON.stringify(answers)),
      }),
    ) ?? { stored: 0, failed: 0 }
    outcome.refreshed += stored
    outcome.failed += failed
    outcome.waiting -= stored + failed
  }

  for (let start = 0; start < questions.length; start += mostAtOnce) {
    const claims =
      trustedDataOf(
        await server.rpc('claim_widget_questions', {
          workspace_id: workspaceId,
          questions: questions.slice(start, start + mostAtOnce),
          is_forced: isForced,
        }),
      ) ?? []
    const remote = claims.filter(({ request }) => request !== null)
    const own = claims.filter(({ request }) => request === null)
    const answered: Kept[] = []
    await Promise.all([
      // A slow source keeps nobody waiting but its own widgets.
      inTurns(remote, sourcesAtOnce, async (claim) =>
        keep([await kept(claim, () => fromSource(safeFetch, claim))]),
      ),
      inTurns(own, databaseAtOnce, async (claim) => {
        answered.push(await kept(claim, () => fromDatabase(server, workspaceId, claim)))
      }).then(() => (answered.length > 0 ? keep(answered) : undefined)),
    ])
  }
  return outcome
}

type Answered = { data: unknown; bytes: number }

async function kept(claim: WidgetClaim, answer: () => Promise<Answered>): Promise<Kept> {
  const { question, lease, type, schema } = claim
  const began = performance.now()
  const took = () => Math.round(performance.now() - began)
  try {
    const { data, bytes } = await answer()
    // The database holds the schema of a component of the workspace.
    return {
      question,
      lease,
      data: schema === null ? requireData(type, data) : requireStorable(data),
      milliseconds: took(),
      bytes,
    }
  } catch (error) {
    return { question, lease, error: told(error), milliseconds: took(), bytes: 0 }
  }
}

/** What is kept of a failure is read by everybody whose widget it is. */
function told(error: unknown): WidgetFailure {
  if (error instanceof SourceError || error instanceof DataNotValidError)
    return { code: error.code, message: error.message }
  // A question that cannot be answered: who configured the widget reads what to change.
  if (error instanceof FunctionError && error.body.code === 'invalid_input') {
    const { code, message, details, hint } = error.body
    return { code, message, ...(details !== null && { details }), ...(hint !== null && { hint }) }
  }
  return { code: 'internal_error', message: 'The data could not be made.' }
}

async function fromSource(safeFetch: SafeFetch, { request, type, query }: WidgetClaim): Promise<Answered> {
  if (request === null) throw new SourceError('The data source is not one that is asked.')
  return askSource(safeFetch, request, { type, query: query ?? {} })
}

async function fromDatabase(
  server: SecretClient,
  workspaceId: string,
  { question }: WidgetClaim,
): Promise<Answered> {
  const data = trustedDataOf(await server.rpc('widget_answer', { workspace_id: workspaceId, question }))
  return { data, bytes: JSON.stringify(data ?? null).length }
}
