/** What every provider is asked, and what it says: the rest of the function knows no library of a provider. */

/** A turn of a conversation, or of the rounds of one answer. */
export type Turn =
  | { role: 'user' | 'assistant'; content: string }
  | { role: 'tool_call'; callId: string; name: string; arguments: string }
  | { role: 'tool_result'; callId: string; output: string }

/** Without half characters, which a cut leaves behind and for which servers refuse the whole request. */
export function wellFormed(turn: Turn): Turn {
  const entries = Object.entries(turn).map(([name, text]) => [name, text.toWellFormed()])
  return Object.fromEntries(entries) as Turn
}

export interface ToolDefinition {
  name: string
  description: string
  /** JSON Schema. */
  parameters: Record<string, unknown>
}

export interface ModelRequest {
  instructions: string
  turns: Turn[]
  tools: ToolDefinition[]
  /** Whether tools are told of and none may be called. */
  mustAnswer?: boolean
  temperature: number | null
  maxOutputTokens: number
  signal: AbortSignal
}

/** A model as the database knows it. */
export interface Model {
  /** What the workspace calls it, and pays it by. */
  key: string
  /** What the provider calls it. */
  name: string
  title: string
  api: 'responses' | 'chat_completions'
  contextTokens: number
  maxOutputTokens: number
  takesTemperature: boolean
  takesTools: boolean
}

/** Tokens that a call took, as the provider counts them. */
export interface TokenUsage {
  inputTokens: number
  /** Of the input, those that it had kept. */
  cachedTokens: number
  /** Of the input, those that it keeps for calls to come, which some charge more for. */
  cacheWriteTokens: number
  outputTokens: number
}

/**
 * What a provider counted, or null for what is no count: then the tokens are counted here. The database takes whole
 * numbers alone, and an answer whose end it refused would be paid by nobody.
 */
export function countedTokens({
  input,
  cached,
  written,
  output,
}: Record<'input' | 'cached' | 'written' | 'output', unknown>): TokenUsage | null {
  const isCount = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) <= mostTokens
  if (!isCount(input) || !isCount(output)) return null
  const cachedTokens = isCount(cached) ? Math.min(cached, input) : 0
  return {
    inputTokens: input,
    cachedTokens,
    cacheWriteTokens: isCount(written) ? Math.min(written, input - cachedTokens) : 0,
    outputTokens: output,
  }
}

/** Of a call, as the database takes them. */
const mostTokens = 100_000_000

export type ModelEvent =
  | { type: 'text'; text: string }
  | { type: 'tool_call'; callId: string; name: string; arguments: string }
  /** A stream that ends without one was broken off; `refused` is one that a filter of the provider cut. */
  | { type: 'end'; status: 'complete' | 'incomplete' | 'refused' | 'failed'; usage: TokenUsage | null }

/** Asks a model once. What it throws before the first event may be tried again. */
export type AskModel = (model: Model, request: ModelRequest) => AsyncIterable<ModelEvent>
