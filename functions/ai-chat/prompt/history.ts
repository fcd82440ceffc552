import type { BegunAnswer } from '../../../types/conversations.ts'
import { countTokens, mostTokens } from './tokens.ts'

type StoredMessage = BegunAnswer['history'][number]

/** A message of before as a model reads it. */
export interface PastMessage {
  number: number
  role: 'user' | 'assistant'
  content: string
}

export interface CutHistory<Message> {
  kept: Message[]
  /** Those that had no room, oldest first. */
  left: Message[]
  /** Of those that are kept: counted where not all of them are, and at most so many where they are. */
  tokens: number
}

/** Of each message, for its role and frame. */
const frameTokens = 6

/**
 * What was said; what tools gave and what failed is not said again. A question that was refused is not sent either,
 * with all that was said to it: another question would have it answered.
 */
export function saidBefore(history: readonly StoredMessage[]): PastMessage[] {
  const said: PastMessage[] = []
  for (const message of history) {
    const { number, role, parts } = message
    const content = parts.map((part) => ('text' in part ? part.text : '')).join('')
    if (isRefusal(message)) said.length = Math.max(0, lastQuestion(said))
    else if (content.trim() !== '') said.push({ number, role, content })
  }
  return said
}

/** One that was cut by a filter in the middle says something, and goes on. */
function isRefusal({ status, parts }: StoredMessage): boolean {
  return status === 'failed' && parts.some((part) => part.type === 'error' && part.code === 'content_refused')
}

function lastQuestion(said: readonly PastMessage[]): number {
  return said.findLastIndex(({ role }) => role === 'user')
}

/** Keeps the newest messages that fit, whole ones and beginning with one of the person. */
export async function cutHistory<Message extends Pick<PastMessage, 'role' | 'content'>>(
  messages: readonly Message[],
  room: number,
): Promise<CutHistory<Message>> {
  const most = messages.reduce((sum, { content }) => sum + mostTokens(content) + frameTokens, 0)
  if (most <= room) return { kept: [...messages], left: [], tokens: most }
  let tokens = 0
  let first = messages.length
  for (; first > 0; first -= 1) {
    const more = (await countTokens(messages[first - 1]?.content ?? '')) + frameTokens
    // The question itself is sent in any case.
    if (tokens + more > room && first < messages.length) break
    tokens += more
  }
  while (first < messages.length - 1 && messages[first]?.role === 'assistant') first += 1
  return { kept: messages.slice(first), left: messages.slice(0, first), tokens }
}
