import type { Dependencies } from '../_shared/dependencies.ts'
import type { Exchange } from '../_shared/endpoint.ts'
import { FunctionError, functionError, trustedDataOf } from '../_shared/errors.ts'
import { readText } from '../_shared/read-input.ts'
import type { SecretClient } from '../_shared/secret-client.ts'
import { type Handler, serveFunction } from '../_shared/serve.ts'
import { type ConnectStripe, fetchObjects, type StripeConnection, timeOf } from '../_shared/stripe/index.ts'
import type { Trace } from '../_shared/trace.ts'
import { type StripeEvent, verifiedEvent } from './signature.ts'
import { subjectOf } from './subject.ts'

export interface WebhookDependencies extends Dependencies {
  server(trace: Trace): SecretClient
  connect: ConnectStripe
}

/** What became of an event. Stripe reads the status alone; a person reads this in its dashboard. */
interface Received {
  state: 'applied' | 'ignored'
}

/** Stripe's events have some 10 kB; one with a long invoice has 100. */
const largestEvent = 512 * 1024

/**
 * Takes what Stripe tells. Anything but 200 has Stripe send the event again, for three days.
 *
 * Threats: an event that nobody at Stripe sent (signature and time, before anything is asked of anybody); one of
 * another account or mode (left alone); an old one that comes late (what it is about is fetched anew).
 */
export function createHandler({ connect, server, ...dependencies }: WebhookDependencies): Handler {
  // No page of a browser has anything to read here.
  return serveFunction(
    { ...dependencies, allowedOrigins: [] },
    {
      async 'POST /'({ request, trace }: Exchange): Promise<Received> {
        const body = await readText(request, largestEvent)
        const connection = connect()
        const event = await verifiedEvent(connection, body, request.headers.get('stripe-signature'))
        // With this key, what is of the other mode could not be asked for.
        if (event.livemode !== connection.livemode) return { state: 'ignored' }
        return { state: await receive(connection, server(trace), event) }
      },
    },
  )
}

async function receive(
  { stripe }: StripeConnection,
  server: SecretClient,
  event: StripeEvent,
): Promise<Received['state']> {
  const { id: event_id, type, created, livemode } = event
  const { checkout_session, dispute, ...subject } = subjectOf(event)
  const claim = trustedDataOf(
    await server.rpc('claim_billing_event', {
      event: {
        id: event_id,
        type,
        created: timeOf(created),
        livemode,
        account: accountOf(event),
        ...subject,
      },
    }),
  )
  if (!claim) throw new Error('claim_billing_event answered nothing.')
  if (claim.state !== 'claimed' || claim.ticket === null)
    return claim.state === 'applied' ? 'applied' : 'ignored'
  try {
    // A customer is asked for where it is what the event is about, and not by every event of theirs.
    const isOfCustomer = /^customer\.(created|updated|deleted)$/.test(type)
    const customer = isOfCustomer ? subject.customer : null
    const objects = await fetchObjects(stripe, { ...subject, customer, checkout_session, dispute })
    const applied = trustedDataOf(
      await server.rpc('apply_billing_event', { event_id, ticket: claim.ticket, objects: { ...objects } }),
    )
    return applied?.state ?? 'applied'
  } catch (error) {
    const reason_code = error instanceof FunctionError ? error.body.code : 'internal_error'
    // That it failed is seen by its state; where even that is not written, Stripe sends it again all the same.
    await server.rpc('fail_billing_event', { event_id, reason_code }).catch(() => undefined)
    throw error instanceof FunctionError && error.status < 500 ? notApplied(reason_code) : error
  }
}

/** Whose event it is, where it is not our account's own. */
function accountOf({ account, context }: StripeEvent): string | null {
  return account ?? (context ? 'connected' : null)
}

function notApplied(details: string): FunctionError {
  return functionError('internal_error', 'The event was not applied: send it again.', { details })
}
