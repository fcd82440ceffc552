import { modelCall } from '../answer/model-call.ts'
import { mostEvents, oneRound } from '../answer/round.ts'
import type { ModelCall } from '../answer/store.ts'
import type { AskModel, Model } from '../provider/index.ts'
import type { Fence } from './fence.ts'
import type { PastMessage } from './history.ts'
import { cutToTokens, mostTokens } from './tokens.ts'

export interface Summary {
  /** Up to which message it stands for all that was said; null where the model does not come to it. */
  made: { until: number; text: string } | null
  /** What it costs, whatever it came to; null where nothing came. */
  call: ModelCall | null
}

const longestSummary = 8_000
const mostSummaryTokens = 800
const longestMilliseconds = 30_000
/** Marks and roles around what was said. */
const frameTokens = 100

/** What was said before in fewer words, as much of it as the model reads at once. */
export async function summarize(
  ask: AskModel,
  model: Model,
  {
    before,
    messages,
    fence,
    signal,
  }: {
    before: string | null
    messages: readonly PastMessage[]
    fence: Fence
    signal: AbortSignal
  },
): Promise<Summary> {
  const instructions =
    `Summarize a conversation for whoever goes on with it: what was asked, what was found, with its numbers and ` +
    `dates, and what is open. At most 300 words. ${fence.rule}`
  const room = model.contextTokens - mostSummaryTokens - mostTokens(instructions) - frameTokens
  const { text, until } = readAtOnce(before, messages, room)
  const content = fence.around('a conversation', text)
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), longestMilliseconds)
  const began = Date.now()
  const events = ask(model, {
    instructions,
    turns: [{ role: 'user', content: content.toWellFormed() }],
    tools: [],
    temperature: null,
    maxOutputTokens: Math.min(mostSummaryTokens, model.maxOutputTokens),
    signal: AbortSignal.any([signal, late.signal]),
  })
  const round = await oneRound(events, everything, () => undefined, mostEvents)
  clearTimeout(timer)
  const isLate = late.signal.aborted
  const hasCome = round.count > 1 || (round.count === 1 && round.end !== 'failed')
  // What is cut for its length or its time is kept: the next question would wait, and pay, for the same.
  const isDone = round.end === null ? isLate : round.end !== 'failed'
  const summary = round.text.slice(0, longestSummary)
  return {
    made: isDone && summary.trim() !== '' ? { until, text: summary } : null,
    call:
      hasCome || isLate
        ? await modelCall(round, {
            model,
            sent: `${instructions}\n${content}`,
            began,
            isStopped: signal.aborted,
          })
        : null,
  }
}

const everything = { push: (text: string) => text, end: () => '' }

/**
 * The oldest messages that have room, whole ones, so that what has none is part of the next summary. The first is cut
 * where it has none by itself: it never would.
 */
function readAtOnce(before: string | null, messages: readonly PastMessage[], room: number) {
  const pieces = before === null ? [] : [cutToTokens(`Said before: ${before}`, room / 2)]
  let left = room - mostTokens(pieces.join())
  let until = 0
  for (const { number, role, content } of messages) {
    const said = `${role}: ${content}`
    const tokens = mostTokens(said) + 1
    if (tokens > left && until > 0) break
    pieces.push(cutToTokens(said, left))
    left -= tokens
    until = number
  }
  return { text: pieces.join('\n\n'), until }
}
