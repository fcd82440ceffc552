import type { LinkFilter } from '../links.ts'
import type { ModelEvent, TokenUsage } from '../provider/index.ts'

/** What one call of the model came to. */
export interface Round {
  text: string
  calls: { callId: string; name: string; arguments: string }[]
  /** Null where the provider did not come to say. */
  usage: TokenUsage | null
  /** Null where the stream broke off: nothing else says so. */
  end: 'complete' | 'incomplete' | 'failed' | null
  /** Whether there was more than an invocation has the time for. */
  isCut: boolean
}

/** What each delta costs of the two seconds of CPU time that the platform gives leaves room for so many. */
const mostEvents = 8_000

/** Reads a stream to its end, and shows its text as far as the addresses in it are decided. */
export async function oneRound(
  events: AsyncIterable<ModelEvent>,
  links: LinkFilter,
  show: (text: string) => void,
): Promise<Round> {
  const round: Round = { text: '', calls: [], usage: null, end: null, isCut: false }
  const shown = (text: string) => {
    if (text !== '') show(text)
  }
  let count = 0
  try {
    for await (const event of events) {
      count += 1
      if (event.type === 'text') {
        round.text += event.text
        shown(links.push(event.text))
      } else if (event.type === 'tool_call') round.calls.push(event)
      else {
        round.end = event.status
        round.usage = event.usage
      }
      if (count > mostEvents) {
        round.isCut = true
        break
      }
    }
  } catch {
    // A connection that is cut throws, one that is aborted need not: the end says whether there was one.
  }
  shown(links.end())
  return round
}
