import { countTokens, cutToTokens, mostTokens } from '../prompt/tokens.ts'
import type { Model } from '../provider/index.ts'
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
const mostForTools = 24_000
const leastForAnswer = 256
/** Other models count a little differently. */
const mostBeyondCount = 1.2

export function roomOf(
  model: Model,
  { maxOutputTokens, inputTokens }: Pick<AnswerState, 'maxOutputTokens' | 'inputTokens'>,
): Room {
  const left = model.contextTokens - inputTokens
  const forTools = left - keptForAnswer(model, maxOutputTokens)
  // A fallback may be one that writes less.
  const most = Math.min(maxOutputTokens, model.maxOutputTokens)
  return {
    forTools,
    mustAnswer: forTools < Math.min(leastForTools, model.contextTokens / 8),
    maxOutputTokens: Math.min(most, Math.max(left, leastForAnswer)),
    isFull: left < Math.min(most, leastForAnswer),
  }
}

/**
 * The same of a first round, of which no provider has counted anything. An estimate may be twice of what is sent, so it
 * takes no tools away, and where it would have the model write less, what is sent is counted.
 */
export async function firstRoomOf(
  model: Model,
  state: Pick<AnswerState, 'maxOutputTokens' | 'inputTokens'>,
  sent: readonly string[],
): Promise<Room> {
  const estimated = { ...roomOf(model, state), mustAnswer: false }
  if (estimated.maxOutputTokens >= Math.min(state.maxOutputTokens, model.maxOutputTokens)) return estimated
  let tokens = 0
  for (const text of sent) tokens += await countTokens(text)
  const counted = Math.ceil(tokens * mostBeyondCount)
  const inputTokens = Math.min(state.inputTokens, counted)
  return { ...roomOf(model, { ...state, inputTokens }), mustAnswer: false }
}

/** Tokens that are left in a model's window for its answer, whatever else there is. */
export function keptForAnswer({ contextTokens, maxOutputTokens }: Model, most: number): number {
  // A model may write as much as it reads: an agent that lets it is told what was said, and has tools, all the same.
  return Math.min(most, maxOutputTokens, Math.floor(contextTokens / 4))
}

/** Tokens that what was said before leaves for what tools give. */
export function keptForTools({ contextTokens }: Model): number {
  return Math.min(mostForTools, contextTokens / 4)
}

/** Of each result, for its frame and the marks around it. */
const frameTokens = 100
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
