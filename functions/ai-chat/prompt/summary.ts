import type { AskModel, Model, TokenUsage } from '../provider/index.ts'
import type { Fence } from './fence.ts'
import type { PastMessage } from './history.ts'

const longestSummary = 8_000
const mostSummaryTokens = 800

/** What was said before in fewer words, or null where the model does not come to it. */
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
): Promise<{ text: string; usage: TokenUsage } | null> {
  // As much as the model reads at once, about: three characters a token, and half of it left.
  const most = model.contextTokens * 1.5
  const said = messages.map(({ role, content }) => `${role}: ${content}`).join('\n\n')
  const whole = [before && `Said before: ${before}`, said].filter(Boolean).join('\n\n')
  const text = whole.slice(0, most).toWellFormed()
  let summary = ''
  const events = ask(model, {
    instructions:
      `Summarize a conversation for whoever goes on with it: what was asked, what was found, with its numbers and ` +
      `dates, and what is open. At most 300 words. ${fence.rule}`,
    turns: [{ role: 'user', content: fence.around('a conversation', text) }],
    tools: [],
    temperature: null,
    maxOutputTokens: mostSummaryTokens,
    signal,
  })
  for await (const event of events) {
    if (event.type === 'text') summary += event.text
    if (event.type === 'end')
      return event.status !== 'failed' && event.usage && summary.trim() !== ''
        ? { text: summary.slice(0, longestSummary), usage: event.usage }
        : null
  }
  return null
}
