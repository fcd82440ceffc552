import type { AnswerPart, AnswerStatus } from '../../../types/ai.ts'
import { FunctionError, trustedDataOf } from '../../_shared/errors.ts'
import type { SecretClient } from '../../_shared/secret-client.ts'

/** Who writes an answer proves it by the lease. */
export interface Lease {
  answerId: string
  lease: string
}

/** A call of the provider, as it is paid. */
export interface ModelCall {
  /** The key of the model. */
  model: string
  inputTokens: number
  cachedTokens: number
  cacheWriteTokens: number
  outputTokens: number
  isEstimated: boolean
  milliseconds: number
  outcome: 'complete' | 'incomplete' | 'failed' | 'interrupted' | 'stopped'
}

export interface Written {
  isStopAsked: boolean
}

export type FinalStatus = Exclude<AnswerStatus, 'running' | 'interrupted'>

/** The answers in the database, as the one that writes them needs them. */
export interface AnswerStore {
  append(lease: Lease, after: number, parts: AnswerPart[]): Promise<Written>
  /** Reports the calls so far, and holds credits for another where its input is given. */
  renew(lease: Lease, next?: { calls: ModelCall[]; inputTokens?: number }): Promise<Written>
  finish(
    lease: Lease,
    end: { status: FinalStatus; calls: ModelCall[]; error: { code: string; message: string } | null },
  ): Promise<void>
  /** Null: none came of it, and it is let be for a while. */
  keepSummary(lease: Lease, summary: { until: number; text: string } | null): Promise<void>
}

/** Somebody else writes the answer, or nobody does any more. */
export class LeaseLostError extends Error {
  override name = 'LeaseLostError'
}

export function databaseStore(server: SecretClient): AnswerStore {
  const of = ({ answerId: answer_id, lease }: Lease) => ({ answer_id, lease })
  return {
    async append(lease, after_sequence, parts) {
      const written = await held(server.rpc('append_answer', { ...of(lease), after_sequence, parts }))
      return { isStopAsked: written.isStopRequested }
    },
    async renew(lease, next) {
      const written = await held(
        server.rpc('renew_answer', {
          ...of(lease),
          ...(next && { usage: next.calls }),
          ...(next?.inputTokens && { estimated_input_tokens: next.inputTokens }),
        }),
      )
      return { isStopAsked: written.isStopRequested }
    },
    async finish(lease, { status, calls, error }) {
      await held(server.rpc('finish_answer', { ...of(lease), status, usage: calls, ...(error && { error }) }))
    },
    async keepSummary(lease, summary) {
      const kept = summary && { until_number: summary.until, summary: summary.text }
      await held(server.rpc('keep_summary', { ...of(lease), ...kept }))
    },
  }
}

/** @throws {LeaseLostError} */
async function held<Data>(call: PromiseLike<Parameters<typeof trustedDataOf<Data>>[0]>) {
  try {
    return trustedDataOf(await call) as NonNullable<Data>
  } catch (error) {
    // The answer has ended, is another's, or is gone with its conversation.
    if (error instanceof FunctionError && (error.body.code === 'not_found' || error.body.details === 'lease'))
      throw new LeaseLostError()
    throw error
  }
}
