import type { BegunAnswer } from '../../../types/conversations.ts'
import type { UserCaller } from '../../_shared/authenticate.ts'
import type { CallerClient } from '../../_shared/clients.ts'
import { createLinkFilter } from '../links.ts'
import { type PastMessage, saidBefore } from '../prompt/history.ts'
import { moderated } from '../prompt/moderation.ts'
import type { AskModel } from '../provider/index.ts'
import { tools } from '../tools/index.ts'
import { prepareAnswer } from './prepare.ts'
import { type Ended, endedFor, runAnswer } from './run.ts'
import { type AnswerState, type HandOver, usageOf } from './state.ts'
import type { ModelCall } from './store.ts'
import type { AnswerWriter } from './writer.ts'

/** What writing an answer needs of the function. */
export interface WriteDependencies {
  ask: AskModel
  /** Whether a question may be answered, as the provider's moderation has it. */
  isAcceptable(content: string, signal: AbortSignal): Promise<boolean>
  allowedLinkHosts: readonly string[]
  /** Has another invocation go on; false where none does. */
  handOver(work: HandOver): Promise<boolean>
  /** Milliseconds from the beginning of an invocation: until when rounds begin, and when one is cut. */
  limits: { handOver: number; end: number }
  /** Tells whoever runs the function. */
  report(error: unknown): void
}

export interface WriteRequest {
  caller: UserCaller
  supabase: CallerClient
  writer: AnswerWriter
  lease: { answerId: string; lease: string }
  /** When the invocation began, in milliseconds since the epoch. */
  began: number
}

/** Where an answer begins: what led to it, the question or what it goes on from last. */
export interface Beginning {
  begun: BegunAnswer
}

/** Where one goes on, in another invocation. */
export interface Continuation {
  state: AnswerState
}

/**
 * Writes an answer to an end that is stored, whatever happens; or hands it over. It waits for nobody who reads: who
 * goes away finds it when they come again.
 */
export async function writeAnswer(
  request: WriteRequest,
  from: Beginning | Continuation,
  dependencies: WriteDependencies,
): Promise<'ended' | 'handed over'> {
  const { writer, supabase, began } = request
  const { ask, limits, report } = dependencies
  let state: AnswerState | undefined
  let calls: ModelCall[] = []
  try {
    if ('state' in from) state = from.state
    else {
      const { begun } = from
      const before = saidBefore(begun.history)
      const said = begun.moderation ? await accepted(before, writer, dependencies) : before
      if ('kind' in said) return await end(writer, said, calls)
      state = await prepareAnswer(begun, { ask, writer, said })
    }
    calls = state.calls
    const outcome = await runAnswer(state, writer, {
      ask,
      tools,
      toolContext: { supabase, workspaceId: state.workspaceId },
      links: () => createLinkFilter(dependencies.allowedLinkHosts),
      handOverAt: began + limits.handOver,
      endAt: began + limits.end,
    })
    if (outcome.kind === 'ended') return await end(writer, outcome, calls, state)
    return await hand(request, state, dependencies)
  } catch (error) {
    report(error)
    const told = { code: 'internal_error', message: 'Something went wrong on our side.' }
    writer.emit({ type: 'error', ...told, hint: null })
    // Where that fails too, the lease runs out, and the answer is interrupted.
    await writer.finish('failed', calls, told).catch(report)
    return 'ended'
  }
}

async function end(
  writer: AnswerWriter,
  { status, error }: Ended,
  calls: ModelCall[],
  state?: AnswerState,
): Promise<'ended'> {
  const usage = usageOf(calls)
  const model = calls.at(-1)?.model
  if (model && state) writer.emit({ type: 'usage', model, ...usage })
  await writer.finish(status, calls, error)
  return 'ended'
}

async function hand(
  { caller: { id, token }, writer, lease }: WriteRequest,
  state: AnswerState,
  { handOver }: WriteDependencies,
): Promise<'ended' | 'handed over'> {
  await writer.store()
  const { after: sequence, bytes } = writer.place
  const isTaken = await handOver({ ...lease, sequence, bytes, user: { id, token }, state })
  if (!isTaken) {
    // Without another part: the other may have it all the same, and what it writes has these numbers.
    await writer.finish('incomplete', state.calls, null)
    return 'ended'
  }
  writer.leave()
  return 'handed over'
}

/** What may be sent of what was said, or how the answer ends: where its question may not, or a stop was faster. */
async function accepted(
  before: readonly PastMessage[],
  writer: AnswerWriter,
  { isAcceptable }: WriteDependencies,
): Promise<PastMessage[] | Ended> {
  let said: PastMessage[] | null = []
  try {
    said = await moderated(before, (content) => isAcceptable(content, writer.signal))
    // A stop is noticed once a second, and moderation may take less: after it nothing is asked.
    if (said) await writer.askForStop()
  } catch (error) {
    if (!writer.stopReason) throw error
  }
  if (said === null) return refused(writer)
  return writer.stopReason ? endedFor(writer) : said
}

function refused(writer: AnswerWriter): Ended {
  const error = { code: 'content_refused', message: 'The provider does not answer questions like this one.' }
  writer.emit({ type: 'error', ...error, hint: 'Ask in other words.' })
  return { kind: 'ended', status: 'failed', error }
}
