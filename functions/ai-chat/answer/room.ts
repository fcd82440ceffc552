import { countTokens, cutToTokens, mostTokens } from '../prompt/tokens.ts'
import type { AnswerState } from './state.ts'

/*
 * What tools give adds up, round after round. A provider refuses all of it beyond the window of the model, when nothing
 * of the answer can be rescued any more: so results are cut to what there is room for, and a model without room for
 * others is made to answer.
 */

/** What the next round may take. */
export interface Room {
  /** Tokens for what tools give, beside the answer. */
  forTools: number
  /** Whether tools would give nothing that has room. */
  mustAnswer: boolean
  maxOutputTokens: number
  /** Whether there is no room for an answer either. */
  isFull: boolean
}

const leastForTools = 1_000
const leastForAnswer = 256

export function roomOf({
  models: [model],
  maxOutputTokens,
  inputTokens,
}: Pick<AnswerState, 'models' | 'maxOutputTokens' | 'inputTokens'>): Room {
  const window = model?.contextTokens ?? 0
  const left = window - inputTokens
  // A model may write as much as it reads: an agent that lets it has tools all the same.
  const forTools = left - Math.min(maxOutputTokens, Math.floor(window / 4))
  return {
    forTools,
    mustAnswer: forTools < Math.min(leastForTools, window / 8),
    maxOutputTokens: Math.min(maxOutputTokens, left),
    isFull: left < Math.min(maxOutputTokens, leastForAnswer),
  }
}

/** Of each result, for its frame and the marks around it. */
const frameTokens = 100
/** Other models count a little differently. */
const mostBeyondCount = 1.2
const leastOfResult = 100
const cutMark = ' … (cut: there is no room for more, so answer from what there is)'
const leftOut = 'There is no room for what this gives: answer from what there is.'

/** What tools gave as far as there is room for it, the longest cut first, and how many tokens it has at most. */
export async function fitted(
  outputs: readonly string[],
  room: number,
): Promise<{ outputs: string[]; tokens: number }> {
  const cut = [...outputs]
  let tokens = outputs.length * frameTokens
  const byLength = [...outputs.entries()].sort(([, one], [, other]) => one.length - other.length)
  for (const [done, [place, output]] of byLength.entries()) {
    const share = Math.floor((room - tokens) / (byLength.length - done))
    const fit = await fittedOne(output, share)
    cut[place] = fit.output
    tokens += fit.tokens
  }
  return { outputs: cut, tokens }
}

async function fittedOne(output: string, room: number): Promise<{ output: string; tokens: number }> {
  const most = mostTokens(output)
  if (most <= room) return { output, tokens: most }
  if (room < leastOfResult) {
    const short = output.length < leftOut.length ? output : leftOut
    return { output: short, tokens: mostTokens(short) }
  }
  const counted = Math.ceil((await countTokens(output)) * mostBeyondCount)
  if (counted <= room) return { output, tokens: counted }
  return { output: cutToTokens(output, room - mostTokens(cutMark)) + cutMark, tokens: room }
}
