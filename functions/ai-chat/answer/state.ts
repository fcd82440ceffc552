import * as z from 'zod'
import type { Model, TokenUsage, Turn } from '../provider/index.ts'
import type { ModelCall } from './store.ts'

const count = z.int().min(0)

const modelSchema: z.ZodType<Model> = z.strictObject({
  key: z.string(),
  name: z.string(),
  title: z.string(),
  api: z.enum(['responses', 'chat_completions']),
  contextTokens: count,
  maxOutputTokens: count,
  takesTemperature: z.boolean(),
  takesTools: z.boolean(),
})

const turnSchema: z.ZodType<Turn> = z.discriminatedUnion('role', [
  z.strictObject({ role: z.enum(['user', 'assistant']), content: z.string() }),
  z.strictObject({
    role: z.literal('tool_call'),
    callId: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
  z.strictObject({ role: z.literal('tool_result'), callId: z.string(), output: z.string() }),
])

const callSchema: z.ZodType<ModelCall> = z.strictObject({
  model: z.string(),
  inputTokens: count,
  cachedTokens: count,
  cacheWriteTokens: count,
  outputTokens: count,
  isEstimated: z.boolean(),
  milliseconds: z.number(),
  outcome: z.enum(['complete', 'incomplete', 'failed', 'interrupted', 'stopped']),
})

/**
 * All that the rounds of an answer need, as one invocation hands it to the next. That may be one of another deployment:
 * what it does not know as a whole it refuses, and the answer ends where it is, to be continued.
 */
const stateSchema = z.strictObject({
  workspaceId: z.string(),
  agentTools: z.array(z.string()),
  instructions: z.string(),
  fenceNonce: z.string(),
  /** The one that answers first; the others where it does not. */
  models: z.array(modelSchema).min(1),
  temperature: z.number().nullable(),
  maxOutputTokens: count,
  turns: z.array(turnSchema),
  /** How many of the turns, the first, were said before. */
  said: count,
  /** What the turns that came from before take, about. */
  inputTokens: count,
  round: count,
  calls: z.array(callSchema),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
})

export type AnswerState = z.infer<typeof stateSchema>

/** What one invocation sends to the next: only this function writes it, and only this function takes it. */
export const handOverSchema = z.strictObject({
  answerId: z.guid(),
  lease: z.guid(),
  sequence: z.int().min(0),
  bytes: z.int().min(0),
  /** Whose answer it is, with their access token: tools go on acting as they do. */
  user: z.strictObject({ id: z.guid(), token: z.string() }),
  state: stateSchema,
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
