import * as z from 'zod'
import type { Dependencies } from '../_shared/dependencies.ts'
import { endpoint } from '../_shared/endpoint.ts'
import { trustedDataOf } from '../_shared/errors.ts'
import { inTurns } from '../_shared/in-turns.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import { type Handler, serveFunction } from '../_shared/serve.ts'
import type { ConnectStripe, StripeConnection } from '../_shared/stripe/index.ts'
import type { Trace } from '../_shared/trace.ts'
import { compareCharges } from './charges.ts'
import { compareCustomer } from './compare.ts'
import { byItself, type Comparison, newComparison } from './comparison.ts'
import { endLeft } from './end-left.ts'
import { type MissingCustomer, recordMissing } from './missing.ts'
import { writeCompared } from './write-compared.ts'

export interface ReconcileDependencies extends Dependencies {
  server(trace: Trace): SecretClient
  connect: ConnectStripe
}

/** Customers, and then charges. */
const atOnce = 4
const customersOfPage = 40
/** Of the 150 that a call may take; what is left is another call's. */
const longestRunMilliseconds = 90_000

const bodySchema = z.strictObject({
  after: z.string().max(255).nullish(),
  /** Who runs the project says that the key is right, and customers that Stripe does not know are gone for good. */
  missing_are_gone: z.boolean().default(false),
})

/**
 * Repairs what no event told: compares every customer with what Stripe has, cancels what is paid for a workspace that
 * was deleted, and says in the log how much it was.
 */
export function createHandler({ connect, server, ...dependencies }: ReconcileDependencies): Handler {
  const { name, log } = dependencies
  return serveFunction(dependencies, {
    'POST /': endpoint({
      authentication: ['secret'],
      body: bodySchema,
      async handle({ body, trace }): Promise<Comparison & { next: string | null }> {
        const connection = connect()
        const client = server(trace)
        const comparison = newComparison()
        let next: string | null
        try {
          next = await compareSome(connection, client, body, comparison)
        } finally {
          // Also of a run that was ended: what it was ended by is the code of its request.
          const { failures, ...counts } = comparison
          log({ function: name, trace_id: trace.traceId, counts, ...(failures.length > 0 && { failures }) })
        }
        if (next !== null) trustedDataOf(await client.rpc('request_billing_comparison', { after: next }))
        return { ...comparison, next }
      },
    }),
  })
}

/**
 * As many customers as there is time for, and charges after the last. Returns where to go on.
 *
 * @throws {FunctionError} billing_unavailable, and not_configured where most customers are missing
 */
async function compareSome(
  connection: StripeConnection,
  client: SecretClient,
  { after: begin, missing_are_gone: areGone }: z.infer<typeof bodySchema>,
  comparison: Comparison,
): Promise<string | null> {
  const end = Date.now() + longestRunMilliseconds
  const missing: MissingCustomer[] = []
  let known = 0
  let after = begin ?? null
  do {
    const page = trustedDataOf(
      await client.rpc('billing_subscriptions_to_compare', { after, most: customersOfPage }),
    )
    if (!page) throw new Error('billing_subscriptions_to_compare answered nothing.')
    const waiting = page.customers.filter(({ livemode }) => livemode === connection.livemode)
    const write = writeCompared(client, page.ticket, comparison)
    await inTurns(waiting, atOnce, async (customer) => {
      const { customerId, workspaceId } = customer
      comparison.customers += 1
      await byItself(comparison, customerId, async () => {
        if (workspaceId === null) await endLeft(connection, comparison, customerId)
        else if (await compareCustomer(connection, write, customer)) known += 1
        else missing.push({ customerId, write })
      })
    })
    after = page.next
    if (after === null) await compareCharges(connection, write, { comparison, atOnce })
  } while (after !== null && Date.now() < end)
  await recordMissing(comparison, missing, { known, areGone, atOnce })
  return after
}
