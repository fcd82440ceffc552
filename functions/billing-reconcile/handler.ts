import * as z from 'zod'
import type { Dependencies } from '../_shared/dependencies.ts'
import { endpoint } from '../_shared/endpoint.ts'
import { trustedDataOf } from '../_shared/errors.ts'
import { inTurns } from '../_shared/in-turns.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import { type Handler, serveFunction } from '../_shared/serve.ts'
import type { ConnectStripe } from '../_shared/stripe/index.ts'
import type { Trace } from '../_shared/trace.ts'
import { compareCharges } from './charges.ts'
import { compareCustomer } from './compare.ts'
import { type Comparison, writeCompared } from './write-compared.ts'

export interface ReconcileDependencies extends Dependencies {
  server(trace: Trace): SecretClient
  connect: ConnectStripe
}

/** Customers, and then charges. */
const atOnce = 4
const customersOfPage = 40
/** Of the 150 that a call may take; what is left is another call's. */
const longestRunMilliseconds = 90_000

const bodySchema = z.strictObject({ after: z.string().max(255).nullish() })

/** Repairs what no event told: compares every customer with what Stripe has, and says in the log how much it was. */
export function createHandler({ connect, server, ...dependencies }: ReconcileDependencies): Handler {
  const { name, log } = dependencies
  return serveFunction(dependencies, {
    'POST /': endpoint({
      authentication: ['secret'],
      body: bodySchema,
      async handle({ body, trace }): Promise<Comparison & { next: string | null }> {
        const connection = connect()
        const client = server(trace)
        const counts: Comparison = { customers: 0, compared: 0, repaired: 0, failed: 0 }
        const end = Date.now() + longestRunMilliseconds
        let after = body.after ?? null
        do {
          const page = trustedDataOf(
            await client.rpc('billing_subscriptions_to_compare', { after, most: customersOfPage }),
          )
          if (!page) throw new Error('billing_subscriptions_to_compare answered nothing.')
          const waiting = page.customers.filter(({ livemode }) => livemode === connection.livemode)
          const write = writeCompared(client, page.ticket, counts)
          await inTurns(waiting, atOnce, async (customer) => {
            counts.customers += 1
            await compareCustomer(connection, write, customer)
          })
          after = page.next
          if (after === null) await compareCharges(connection, write, atOnce)
        } while (after !== null && Date.now() < end)
        log({ function: name, trace_id: trace.traceId, counts: { ...counts } })
        if (after !== null) trustedDataOf(await client.rpc('request_billing_comparison', { after }))
        return { ...counts, next: after }
      },
    }),
  })
}
