import type { ResponseInputItem, ResponseUsage } from 'openai/resources/responses/responses'
import type OpenAI from '../../_packages/openai.js'
import {
  countedTokens,
  type Model,
  type ModelEvent,
  type ModelRequest,
  type TokenUsage,
  type Turn,
} from './provider.ts'

/** Asks by the Responses API, which keeps nothing of it (`store: false`). */
export async function* askResponses(
  client: OpenAI,
  model: Model,
  { instructions, turns, tools, mustAnswer, temperature, maxOutputTokens, signal }: ModelRequest,
): AsyncGenerator<ModelEvent> {
  const stream = await client.responses.create(
    {
      model: model.name,
      instructions,
      input: turns.map(itemOf),
      max_output_tokens: maxOutputTokens,
      stream: true,
      store: false,
      ...(temperature !== null && model.takesTemperature && { temperature }),
      ...(tools.length > 0 &&
        model.takesTools && {
          parallel_tool_calls: true,
          ...(mustAnswer && { tool_choice: 'none' as const }),
          tools: tools.map((tool) => ({ type: 'function' as const, strict: false, ...tool })),
        }),
    },
    { signal },
  )
  for await (const event of stream) {
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        yield { type: 'text', text: event.delta }
        break
      case 'response.output_item.done':
        if (event.item.type === 'function_call') {
          const { call_id: callId, name, arguments: given } = event.item
          yield { type: 'tool_call', callId, name, arguments: given }
        }
        break
      case 'response.completed': {
        // Some compatible servers end with this event whatever the response came to.
        const status = event.response.status === 'incomplete' ? 'incomplete' : 'complete'
        yield { type: 'end', status, usage: usageOf(event.response.usage) }
        return
      }
      case 'response.incomplete':
        yield {
          type: 'end',
          status: event.response.incomplete_details?.reason === 'content_filter' ? 'refused' : 'incomplete',
          usage: usageOf(event.response.usage),
        }
        return
      case 'response.failed':
      case 'error':
        yield {
          type: 'end',
          status: 'failed',
          usage: 'response' in event ? usageOf(event.response.usage) : null,
        }
        return
    }
  }
}

function itemOf(turn: Turn): ResponseInputItem {
  switch (turn.role) {
    case 'tool_call':
      return { type: 'function_call', call_id: turn.callId, name: turn.name, arguments: turn.arguments }
    case 'tool_result':
      return { type: 'function_call_output', call_id: turn.callId, output: turn.output }
    default:
      return turn
  }
}

function usageOf(usage: ResponseUsage | null | undefined): TokenUsage | null {
  if (!usage) return null
  const { cached_tokens: cached, cache_write_tokens: written } = usage.input_tokens_details ?? {}
  return countedTokens({ input: usage.input_tokens, cached, written, output: usage.output_tokens })
}
