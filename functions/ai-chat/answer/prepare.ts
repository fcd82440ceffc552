import type { BegunAnswer } from '../../../types/conversations.ts'
import { createFence } from '../prompt/fence.ts'
import { cutHistory, type PastMessage } from '../prompt/history.ts'
import { instructionsOf } from '../prompt/instructions.ts'
import { summarize } from '../prompt/summary.ts'
import { mostTokens } from '../prompt/tokens.ts'
import type { AskModel, Model, Turn } from '../provider/index.ts'
import { toolDefinitions, tools } from '../tools/index.ts'
import { keptForAnswer, keptForTools } from './room.ts'
import type { AnswerState } from './state.ts'
import type { ModelCall } from './store.ts'
import type { AnswerWriter } from './writer.ts'

/** Puts together what the model is sent first: what it is told, what was said before as far as it fits, and now. */
export async function prepareAnswer(
  begun: BegunAnswer,
  { ask, writer, said }: { ask: AskModel; writer: AnswerWriter; said: readonly PastMessage[] },
): Promise<AnswerState> {
  const models = [begun.model, begun.fallback].flatMap((model) => (model ? [modelOf(model)] : []))
  const [model] = models
  if (!model) throw new Error('An answer began without a model.')
  const { agent, view = null } = begun
  const fenceNonce = crypto.randomUUID().slice(0, 8)
  const fence = createFence(fenceNonce)
  const calls: ModelCall[] = []
  const definitions = toolDefinitions(tools.filter(({ name }) => agent.tools.includes(name)))
  const told = (summary: string | null) => instructionsOf({ agent, fence, view, summary })

  const frame = mostTokens(told(begun.summary?.text ?? null) + JSON.stringify(definitions))
  const room = model.contextTokens - frame - keptForAnswer(model, agent.maxTokens) - keptForTools(model)
  const { kept, left, tokens } = await cutHistory(said, room)
  let summary = begun.summary?.text ?? null
  if (left.length > 0 && begun.summarize) {
    // Without one the newest messages are sent all the same.
    const { made, call } = await summarize(ask, model, {
      before: summary,
      messages: left,
      fence,
      signal: writer.signal,
    })
    if (call) calls.push(call)
    if (made) summary = made.text
    // Else the next question would wait, and pay, for nothing again. A stop says nothing of the model.
    if (made || (call && !writer.stopReason))
      await writer
        .keepSummary(made)
        .catch(() => writer.keepSummary(null))
        .catch(() => undefined)
  }
  return {
    workspaceId: begun.workspaceId,
    agentTools: agent.tools,
    instructions: told(summary),
    fenceNonce,
    models,
    temperature: agent.temperature,
    maxOutputTokens: agent.maxTokens,
    turns: [...kept.map(({ role, content }) => ({ role, content })), ...goingOn(kept)],
    said: kept.length,
    inputTokens: frame + tokens,
    round: 0,
    calls,
    startedAt: Date.now(),
  }
}

/** What follows an answer goes on with it, also where that is given again. */
function goingOn(kept: readonly PastMessage[]): Turn[] {
  return kept.at(-1)?.role === 'assistant'
    ? [{ role: 'user', content: 'Go on exactly where you stopped.' }]
    : []
}

function modelOf(model: BegunAnswer['model']): Model {
  const { key, provider, name, title, contextTokens, maxOutputTokens, capabilities } = model
  return {
    key,
    name,
    title,
    // Servers that are compatible with OpenAI's have no Responses API.
    api: provider === 'openai' ? 'responses' : 'chat_completions',
    contextTokens,
    maxOutputTokens,
    takesTemperature: capabilities.includes('temperature'),
    takesTools: capabilities.includes('tools'),
  }
}
