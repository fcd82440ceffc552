import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import type { CompletionUsage } from 'openai/resources/completions'
import type OpenAI from '../../_packages/openai.js'
import {
  countedTokens,
  type Model,
  type ModelEvent,
  type ModelRequest,
  type TokenUsage,
  type Turn,
} from './provider.ts'

interface StartedCall {
  index: number | undefined
  id: string
  name: string
  arguments: string
}

/** A part of a call as servers send it, which are less exact than the library has it. */
interface CallDelta {
  index?: number
  id?: string | null
  function?: { name?: string | null; arguments?: string | null }
}

/** What `finish_reason` says of an end; each other one, whatever a server calls it, is that of an answer. */
const endings = new Map<string, 'incomplete' | 'refused'>([
  ['length', 'incomplete'],
  ['content_filter', 'refused'],
])

/** Asks by Chat Completions, which servers that are compatible with OpenAI's speak. */
export async function* askChatCompletions(
  client: OpenAI,
  model: Model,
  { instructions, turns, tools, mustAnswer, temperature, maxOutputTokens, signal }: ModelRequest,
): AsyncGenerator<ModelEvent> {
  const stream = await client.chat.completions.create(
    {
      model: model.name,
      messages: [{ role: 'system', content: instructions }, ...messagesOf(turns)],
      // The older name: compatible servers know no other.
      max_tokens: maxOutputTokens,
      stream: true,
      stream_options: { include_usage: true },
      ...(temperature !== null && model.takesTemperature && { temperature }),
      ...(tools.length > 0 &&
        model.takesTools && {
          ...(mustAnswer && { tool_choice: 'none' as const }),
          tools: tools.map((tool) => ({ type: 'function' as const, function: tool })),
        }),
    },
    { signal },
  )
  const calls: StartedCall[] = []
  let finished: string | null = null
  let usage: TokenUsage | null = null
  for await (const chunk of stream) {
    // It comes after the last choice, without one.
    if (chunk.usage) usage = usageOf(chunk.usage)
    const [choice] = chunk.choices ?? []
    if (!choice) continue
    const text = choice.delta?.content ?? choice.delta?.refusal
    if (text) yield { type: 'text', text }
    for (const part of choice.delta?.tool_calls ?? []) addTo(calls, part)
    finished = choice.finish_reason ?? finished
  }
  if (finished === null) return
  for (const [number, { id, name, arguments: given }] of calls.entries())
    yield { type: 'tool_call', callId: id || `call_${number}`, name, arguments: given }
  yield { type: 'end', status: endings.get(finished) ?? 'complete', usage }
}

/**
 * Some servers give every call the same index, or none, and an id to each; some repeat id and name with every piece.
 * Taken by the index alone, several calls would be one of no tool, or none at all.
 */
function addTo(calls: StartedCall[], { index, id, function: part }: CallDelta): void {
  const known = id ? calls.find((call) => call.id === id) : undefined
  const last = calls.findLast((call) => call.index === index)
  const begun = known ?? (id && last?.id ? undefined : last)
  if (!begun) {
    calls.push({ index, id: id ?? '', name: part?.name ?? '', arguments: part?.arguments ?? '' })
    return
  }
  begun.id ||= id ?? ''
  if (part?.name && part.name !== begun.name) begun.name += part.name
  begun.arguments += part?.arguments ?? ''
}

/** Calls of one round stand in one message. */
function messagesOf(turns: Turn[]): ChatCompletionMessageParam[] {
  const messages: ChatCompletionMessageParam[] = []
  for (const turn of turns) {
    if (turn.role === 'tool_result') {
      messages.push({ role: 'tool', tool_call_id: turn.callId, content: turn.output })
      continue
    }
    if (turn.role !== 'tool_call') {
      const before = messages.at(-1)
      // A question without an answer stays in the history, and an answer goes on in another: templates of models refuse
      // two in a row.
      if (before?.role === 'user' && turn.role === 'user') before.content += `\n\n${turn.content}`
      else if (before?.role === 'assistant' && turn.role === 'assistant' && !before.tool_calls)
        before.content = `${before.content ?? ''}${turn.content}`
      else messages.push({ role: turn.role, content: turn.content })
      continue
    }
    const call = {
      id: turn.callId,
      type: 'function' as const,
      function: { name: turn.name, arguments: turn.arguments },
    }
    const last = messages.at(-1)
    if (last?.role === 'assistant') last.tool_calls = [...(last.tool_calls ?? []), call]
    else messages.push({ role: 'assistant', content: null, tool_calls: [call] })
  }
  return messages
}

function usageOf(usage: CompletionUsage): TokenUsage | null {
  const { prompt_tokens, prompt_tokens_details, completion_tokens } = usage
  const { cached_tokens: cached, cache_write_tokens: written } = prompt_tokens_details ?? {}
  return countedTokens({ input: prompt_tokens, cached, written, output: completion_tokens })
}
