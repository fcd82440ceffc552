import type { ClaimedDeliveries, SettledDelivery } from '../../types/destination.ts'
import type { Dependencies } from '../_shared/dependencies.ts'
import { endpoint } from '../_shared/endpoint.ts'
import { trustedDataOf } from '../_shared/errors.ts'
import type { OpenSafePosts } from '../_shared/safe-fetch/index.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import { type Handler, serveFunction } from '../_shared/serve.ts'
import type { Trace } from '../_shared/trace.ts'
import { type DeliverOptions, deliver } from './deliver.ts'
import { createSettlement, type Settlement } from './settlement.ts'

export interface RunOptions extends Omit<DeliverOptions, 'openPosts'> {
  /** Sends to the ports that an operator allows. */
  postsTo(ports: readonly number[]): OpenSafePosts
}

export interface DeliverDependencies extends Dependencies, RunOptions {
  server(trace: Trace): SecretClient
}

/** What one run did. */
export interface DeliveredCounts {
  delivered: number
  failed: number
  skipped: number
}

/** Destinations that a run serves at a time: where all of them are slow, the next run takes the others. */
const destinationsAtOnce = 40
const deliveriesOfClaim = 500
/** Of the 150 that a call may take; the clock of the database calls again. */
const longestRunMilliseconds = 45_000

/**
 * Delivers what is due. The database calls it while anything is: a run goes on until nothing is left, and another one
 * beside it takes what this one has not.
 *
 * Threats: anybody who has events sent (the secret key alone does); an address or a secret in the log (counts alone).
 */
export function createHandler(dependencies: DeliverDependencies): Handler {
  const { server, name, log } = dependencies
  return serveFunction(dependencies, {
    'POST /': endpoint({
      authentication: ['secret'],
      async handle({ trace }) {
        const counts = await deliverWhatIsDue(server(trace), dependencies)
        log({ function: name, trace_id: trace.traceId, counts: { ...counts } })
        return counts
      },
    }),
  })
}

export async function deliverWhatIsDue(
  server: SecretClient,
  { postsTo, ...rest }: RunOptions,
): Promise<DeliveredCounts> {
  const options = { ...rest, openPosts: postsTo(trustedDataOf(await server.rpc('request_ports')) ?? []) }
  const counts: DeliveredCounts = { delivered: 0, failed: 0, skipped: 0 }
  const settlement = createSettlement(server)
  const running = new Set<Promise<unknown>>()
  const failures: unknown[] = []
  const end = Date.now() + longestRunMilliseconds
  try {
    while (Date.now() < end && failures.length === 0) {
      const claims = trustedDataOf(await server.rpc('claim_deliveries', { most: deliveriesOfClaim })) ?? []
      for (const claim of claims) {
        const one = serve(claim, { options, settlement, counts })
          .catch((error: unknown) => failures.push(error))
          .finally(() => running.delete(one))
        running.add(one)
      }
      if (running.size === 0) break
      // Whoever is done may have more, and what is slow does not keep the others waiting.
      if (claims.length === 0 || running.size >= destinationsAtOnce) await Promise.race(running)
    }
  } finally {
    // What was sent is written down, whatever else went wrong.
    await Promise.all(running)
  }
  if (failures.length > 0) throw failures[0]
  return counts
}

async function serve(
  claim: ClaimedDeliveries,
  {
    options,
    settlement,
    counts,
  }: {
    options: DeliverOptions
    settlement: Settlement
    counts: DeliveredCounts
  },
): Promise<void> {
  const { workspaceId, destinationId, lease } = claim
  const deliveries = await deliver(claim, options)
  for (const { outcome } of deliveries) counts[countOf(outcome)] += 1
  await settlement.settle({ workspaceId, destinationId, lease, deliveries })
}

function countOf(outcome: SettledDelivery['outcome']): keyof DeliveredCounts {
  return outcome === 'delivered' || outcome === 'skipped' ? outcome : 'failed'
}
