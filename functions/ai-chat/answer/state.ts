import * as z from 'zod'
import type { Model, TokenUsage, Turn } from '../provider/index.ts'
import type { ModelCall } from './store.ts'

/** All that the rounds of an answer need, as one invocation hands it to the next. */
export interface AnswerState {
  workspaceId: string
  agentTools: string[]
  instructions: string
  fenceNonce: string
  /** The one that answers first; the others where it does not. */
  models: Model[]
  temperature: number | null
  maxOutputTokens: number
  turns: Turn[]
  /** How many of the turns, the first, were said before. */
  said: number
  /** What the turns that came from before take, about. */
  inputTokens: number
  round: number
  calls: ModelCall[]
  /** Milliseconds since the epoch. */
  startedAt: number
}

/** What one invocation sends to the next: only this function writes it, and only this function takes it. */
export const handOverSchema = z.strictObject({
  answerId: z.guid(),
  lease: z.guid(),
  sequence: z.int().min(0),
  bytes: z.int().min(0),
  /** Whose answer it is, with their access token: tools go on acting as they do. */
  user: z.strictObject({ id: z.guid(), token: z.string() }),
  state: z.custom<AnswerState>((value) => typeof value === 'object' && value !== null),
})

export type HandOver = z.infer<typeof handOverSchema>

/** What all calls of an answer took together. */
export function usageOf(
  calls: readonly ModelCall[],
): Omit<TokenUsage, 'cacheWriteTokens'> & { isEstimated: boolean } {
  const sum = (of: (call: ModelCall) => number) => calls.reduce((total, call) => total + of(call), 0)
  return {
    inputTokens: sum(({ inputTokens }) => inputTokens),
    cachedTokens: sum(({ cachedTokens }) => cachedTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    isEstimated: calls.some(({ isEstimated }) => isEstimated),
  }
}
