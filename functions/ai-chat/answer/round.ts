import type { LinkFilter } from '../links.ts'
import type { ModelEvent, TokenUsage } from '../provider/index.ts'

/** What one call of the model came to. */
export interface Round {
  text: string
  calls: { callId: string; name: string; arguments: string }[]
  /** Null where the provider did not come to say. */
  usage: TokenUsage | null
  /** Null where the stream broke off: nothing else says so. */
  end: 'complete' | 'incomplete' | 'refused' | 'failed' | null
  /** Events that came. */
  count: number
  /** Whether there was more than an invocation has the time for. */
  isCut: boolean
}

/**
 * Events of an invocation: 8,000 took 1.7 of the two seconds of CPU time that the platform gives, with the tables that
 * count the tokens of a stream that is cut.
 */
export const mostEvents = 5_000

/** Reads a stream to its end, and shows its text as far as the addresses in it are decided. */
export async function oneRound(
  events: AsyncIterable<ModelEvent>,
  links: LinkFilter,
  show: (text: string) => void,
  most: number,
): Promise<Round> {
  const round: Round = { text: '', calls: [], usage: null, end: null, count: 0, isCut: false }
  const shown = (text: string) => {
    if (text !== '') show(text)
  }
  for await (const event of asFarAsTheyCome(events)) {
    round.count += 1
    if (event.type === 'text') {
      round.text += event.text
      shown(links.push(event.text))
    } else if (event.type === 'tool_call') round.calls.push(event)
    else {
      round.end = event.status
      round.usage = event.usage
    }
    if (round.count > most) {
      round.isCut = true
      break
    }
  }
  shown(links.end())
  return round
}

async function* asFarAsTheyCome(events: AsyncIterable<ModelEvent>): AsyncGenerator<ModelEvent> {
  try {
    yield* events
  } catch {
    // A connection that is cut throws, one that is aborted need not: the end says whether there was one.
  }
}
