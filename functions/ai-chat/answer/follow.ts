import { partAfter } from '../../../types/ai.ts'
import type { CallerClient } from '../../_shared/clients.ts'
import { dataOf } from '../../_shared/errors.ts'
import type { EventStream } from './events.ts'

const pollMilliseconds = 300
/** Less than the 150 seconds after which the platform ends a call: who is still there comes again. */
const longestMilliseconds = 120_000

/** What came of an answer after a place, as the database has it for the caller. */
export async function storedAnswer(supabase: CallerClient, answerId: string, after: number) {
  const answer = dataOf(await supabase.rpc('answer_parts', { answer_id: answerId, after_sequence: after }))
  if (!answer) throw new Error('The database gave no answer.')
  return answer
}

/**
 * Sends what is stored of an answer, and what comes, until it ends. It is read from the database, whichever process
 * writes it: nothing has to be set up for it, and a read finds nothing in a millisecond.
 */
export async function followAnswer(
  stream: EventStream,
  supabase: CallerClient,
  { answerId, after }: { answerId: string; after: number },
): Promise<void> {
  const end = Date.now() + longestMilliseconds
  let place = after
  try {
    while (stream.isOpen && Date.now() < end) {
      const { status, parts, lastSequence } = await storedAnswer(supabase, answerId, place)
      for (const part of parts) {
        const rest = partAfter(part, place)
        if (!rest) continue
        stream.send(rest)
        place = rest.sequence
      }
      if (status !== 'running') {
        stream.send({ type: 'done', sequence: lastSequence + 1, status })
        return
      }
      await new Promise((resolve) => setTimeout(resolve, pollMilliseconds))
    }
  } finally {
    stream.close()
  }
}
