/** What every provider is asked, and what it says: the rest of the function knows no library of a provider. */

/** A turn of a conversation, or of the rounds of one answer. */
export type Turn =
  | { role: 'user' | 'assistant'; content: string }
  | { role: 'tool_call'; callId: string; name: string; arguments: string }
  | { role: 'tool_result'; callId: string; output: string }

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

export type ModelEvent =
  | { type: 'text'; text: string }
  | { type: 'tool_call'; callId: string; name: string; arguments: string }
  /** A stream that ends without one was broken off. */
  | { type: 'end'; status: 'complete' | 'incomplete' | 'failed'; usage: TokenUsage | null }

/** Asks a model once. What it throws before the first event may be tried again. */
export type AskModel = (model: Model, request: ModelRequest) => AsyncIterable<ModelEvent>
