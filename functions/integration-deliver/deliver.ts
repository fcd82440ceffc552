import type { ClaimedDeliveries, SettledDelivery } from '../../types/destination.ts'
import { inTurns } from '../_shared/in-turns.ts'
import type { OpenSafePosts, SafePosts } from '../_shared/safe-fetch/index.ts'
import { bodyOf } from './messages.ts'
import { type Sign, signer } from './signature.ts'

type Chat = Exclude<ClaimedDeliveries['kind'], 'webhook'>

export interface DeliverOptions {
  openPosts: OpenSafePosts
  /** Where messages to a chat go in place of the chat itself: stand-ins that the operator runs. */
  chatOrigins?: Partial<Record<Chat, string | undefined>>
  /** What is not begun by then waits for the next time: well within the minute of a lease. */
  longestMilliseconds?: number
}

const thingsAtOnce = 5
const defaultLongest = 20_000

const tooMany = 429

/**
 * Sends what was claimed of one destination: those of one thing one after the other, and none after one that failed;
 * and nothing more to one that says that it has too much. What is said of each is an outcome and a status, never what
 * came back.
 */
export async function deliver(claim: ClaimedDeliveries, options: DeliverOptions): Promise<SettledDelivery[]> {
  try {
    return await deliverInOrder(claim, options)
  } catch {
    // An address or a secret that cannot be read fails its own destination.
    return claim.deliveries.map(({ sequence }) => unanswered(sequence, 'failed'))
  }
}

async function deliverInOrder(
  claim: ClaimedDeliveries,
  { openPosts, chatOrigins = {}, longestMilliseconds = defaultLongest }: DeliverOptions,
): Promise<SettledDelivery[]> {
  const end = Date.now() + longestMilliseconds
  const settled: SettledDelivery[] = []
  const sign = claim.kind === 'webhook' ? await signer(claim.secrets) : undefined
  await using posts = openPosts(addressOf(claim, chatOrigins))
  let hasTooMuch = false
  const things = Map.groupBy(claim.deliveries, ({ thing }) => thing)
  await inTurns([...things.values()], thingsAtOnce, async (deliveries) => {
    let isBroken = false
    for (const delivery of deliveries) {
      const one: SettledDelivery =
        isBroken || hasTooMuch || Date.now() > end
          ? unanswered(delivery.sequence, 'skipped')
          : await send(claim, delivery, { posts, ...(sign && { sign }) }).catch(() =>
              unanswered(delivery.sequence, 'failed'),
            )
      isBroken = one.outcome !== 'delivered'
      hasTooMuch ||= one.status === tooMany
      settled.push(one)
    }
  })
  return settled
}

async function send(
  claim: ClaimedDeliveries,
  delivery: ClaimedDeliveries['deliveries'][number],
  { posts, sign }: { posts: SafePosts; sign?: Sign },
): Promise<SettledDelivery> {
  const { sequence, id } = delivery
  const began = performance.now()
  const body = bodyOf(claim, delivery)
  const answer = await posts.post(body, {
    'content-type': 'application/json',
    'user-agent': 'B-Dashboard-Webhooks/1',
    ...(sign && (await sign(id, body))),
  })
  if (!answer) return unanswered(sequence, 'unreachable')
  const { status, retryAfter } = answer
  const outcome = status >= 200 && status <= 299 ? 'delivered' : 'refused'
  return { sequence, outcome, status, milliseconds: Math.round(performance.now() - began), retryAfter }
}

const unanswered = (sequence: number, outcome: 'unreachable' | 'failed' | 'skipped'): SettledDelivery => ({
  sequence,
  outcome,
  status: null,
  milliseconds: null,
  retryAfter: null,
})

function addressOf(
  { kind, url }: ClaimedDeliveries,
  chatOrigins: NonNullable<DeliverOptions['chatOrigins']>,
): URL {
  const address = new URL(url)
  // The addresses that Discord gives name no version, and mean one that says in milliseconds how long to wait.
  // https://docs.discord.com/developers/reference#api-versioning
  if (kind === 'discord') address.pathname = address.pathname.replace(/^\/api\/(?:v\d+\/)?/, '/api/v10/')
  const origin = kind === 'webhook' ? undefined : chatOrigins[kind]
  return origin ? new URL(address.pathname + address.search, origin) : address
}
