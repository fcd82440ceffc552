import { type AnswerEvent, partAfter } from '../../../../types/index.ts'
import { AnswerRefused, readAnswer } from '../../../../types/read-answer.ts'
import type { Client } from '../client.ts'

const pauses = [500, 1_000, 2_000, 5_000, 10_000]

/**
 * The events of an answer until its end. Where the connection is lost it comes again, and gets the rest: from where it
 * was, whoever writes the answer.
 *
 * @param known the id of an answer that has begun
 * @throws what the function answers where it refuses
 */
export async function* answerEvents(
  supabase: Client,
  first: () => Promise<Response>,
  known?: string,
): AsyncGenerator<AnswerEvent, void, undefined> {
  let place = 0
  let answerId = known
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = answerId === undefined ? await first() : await restOf(supabase, answerId, place)
      for await (const event of readAnswer(response)) {
        if (event.type === 'start') answerId = event.answerId
        if (event.type === 'start' || event.type === 'done') yield event
        else {
          const part = partAfter(event, place)
          if (part) yield part
        }
        place = Math.max(place, event.sequence)
        if (event.type === 'done') return
        attempt = 0
      }
    } catch (error) {
      // Nothing has begun, or somebody says no; a network or a server that fails is tried again.
      const isRefused = error instanceof AnswerRefused && error.code !== 'internal_error'
      if (answerId === undefined || isRefused || attempt >= pauses.length) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, pauses[Math.min(attempt, pauses.length - 1)]))
  }
}

/** What comes after a place in an answer, from any process. */
export async function restOf(supabase: Client, answerId: string, after = 0): Promise<Response> {
  return invoked(supabase, `ai-chat?answer_id=${answerId}&after=${after}`, { method: 'GET' })
}

/** The answer of the function as it is, so that it can be read as it comes, or its refusal. */
export async function invoked(
  supabase: Client,
  name: string,
  options: { method?: 'GET' | 'POST'; body?: Record<string, unknown> },
): Promise<Response> {
  const { data, error } = await supabase.functions.invoke(name, options)
  if (error?.context instanceof Response) return error.context
  if (error) throw error
  return data
}
