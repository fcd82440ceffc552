import type { PastMessage } from './history.ts'

/** Questions without an answer that are read beside the one to be answered; those before them are not sent. */
const mostUnanswered = 8

/**
 * What may be sent of what was said; null where the question that is to be answered may not.
 *
 * Where nothing was said to a question, nobody knows whether it has passed: moderation may have been out of order, or
 * its answer was stopped. So it is read again before another answer takes it along.
 *
 * @throws where moderation cannot be asked
 */
export async function moderated(
  said: readonly PastMessage[],
  isAcceptable: (content: string) => Promise<boolean>,
): Promise<PastMessage[] | null> {
  const question = said.findLast(({ role }) => role === 'user')
  const unanswered = said.filter(
    (message, place) =>
      message.role === 'user' && said[place + 1]?.role !== 'assistant' && message !== question,
  )
  const read = [...unanswered.slice(-mostUnanswered), ...(question ? [question] : [])]
  const passed = await Promise.all(read.map(({ content }) => isAcceptable(content)))
  const refused = new Set([
    ...unanswered.slice(0, -mostUnanswered),
    ...read.filter((_, place) => !passed[place]),
  ])
  return question && refused.has(question) ? null : said.filter((message) => !refused.has(message))
}
