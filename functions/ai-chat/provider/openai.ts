import OpenAI from '../../_packages/openai.js'
import { askChatCompletions } from './chat-completions.ts'
import type { AskModel } from './provider.ts'
import { askResponses } from './responses.ts'

export interface Provider {
  ask: AskModel
  /** Whether moderation lets a text pass. @throws where it cannot be asked: then nothing is answered */
  isAcceptable(content: string, signal: AbortSignal): Promise<boolean>
}

const headMilliseconds = 60_000

/**
 * OpenAI, or a server that is compatible with it; undefined without a key. The library tries nothing again by itself:
 * who holds credits for a call decides whether there is another.
 */
export function createProvider({
  OPENAI_API_KEY: apiKey,
  OPENAI_BASE_URL: baseURL,
}: {
  OPENAI_API_KEY?: string | undefined
  OPENAI_BASE_URL?: string | undefined
}): Provider | undefined {
  if (!apiKey) return undefined
  const client = new OpenAI({
    apiKey,
    maxRetries: 0,
    timeout: headMilliseconds,
    logLevel: 'off',
    ...(baseURL && { baseURL }),
  })
  return {
    ask: (model, request) =>
      model.api === 'responses'
        ? askResponses(client, model, request)
        : askChatCompletions(client, model, request),
    async isAcceptable(input, signal) {
      const { results } = await client.moderations.create({ input }, { signal })
      return !results.some(({ flagged }) => flagged)
    },
  }
}
