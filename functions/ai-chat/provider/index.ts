export { ModelFailedError, openModel } from './attempts.ts'
export { createProvider } from './openai.ts'
export type {
  AskModel,
  Model,
  ModelEvent,
  ModelRequest,
  TokenUsage,
  ToolDefinition,
  Turn,
} from './provider.ts'
