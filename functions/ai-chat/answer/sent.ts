import { unfenced } from '../prompt/fence.ts'
import { cutHistory } from '../prompt/history.ts'
import { countTokens, mostTokens } from '../prompt/tokens.ts'
import type { Model, ToolDefinition, Turn } from '../provider/index.ts'
import { fitted, keptForAnswer, keptForTools } from './room.ts'
import type { AnswerState } from './state.ts'

/** The turns that a model is sent. */
export type Sent = Pick<AnswerState, 'turns' | 'said' | 'inputTokens'>

/**
 * What was put together for the first model has its size. A fallback that reads less is sent what it has room for: what
 * tools gave, cut, and then the newest that was said before.
 */
export async function sentTo(
  model: Model,
  state: AnswerState,
  definitions: readonly ToolDefinition[],
): Promise<Sent> {
  const { turns, said, inputTokens, instructions, maxOutputTokens, models } = state
  if (model.contextTokens >= (models[0]?.contextTokens ?? 0)) return { turns, said, inputTokens }
  const before = turns.slice(0, said).filter((turn) => 'content' in turn)
  const since = turns.slice(said)
  const results = since.filter((turn) => turn.role === 'tool_result')
  const others = since.filter((turn) => turn.role !== 'tool_result')
  const frame = mostTokens(instructions + JSON.stringify(definitions) + JSON.stringify(others))
  const room = model.contextTokens - frame - keptForAnswer(model, maxOutputTokens)

  const question = await countTokens(before.at(-1)?.content ?? '')
  const texts = results.map(({ output }) => unfenced(output).text)
  const { outputs, tokens } = await fitted(texts, room - question)
  const history = await cutHistory(before, room - tokens - keptForTools(model))
  const cut = new Map<Turn, string>(results.map((result, place) => [result, outputs[place] ?? '']))
  return {
    turns: [...history.kept, ...since.map((turn) => withOutput(turn, cut.get(turn)))],
    said: history.kept.length,
    inputTokens: frame + tokens + history.tokens,
  }
}

/** Between the same marks. */
function withOutput(turn: Turn, text: string | undefined): Turn {
  if (turn.role !== 'tool_result' || text === undefined) return turn
  const { open, close } = unfenced(turn.output)
  return { ...turn, output: open + text + close }
}
