import { Stripe } from 'stripe'
import { functionError } from '../errors.ts'
import { readStripeSettings, type StripeSettings } from './variables.ts'

/** A connection to Stripe, and what goes with its key. */
export interface StripeConnection extends Pick<StripeSettings, 'livemode' | 'webhookSecrets'> {
  stripe: Stripe
}

/**
 * The connection, for as long as a request needs it.
 *
 * @throws {FunctionError} not_configured, where the project has no key
 */
export type ConnectStripe = () => StripeConnection

/** Of the 150 seconds that a call may take, with the tries that follow. */
const patienceMilliseconds = 15_000
const retries = 2

export function createStripe({ secretKey, apiUrl }: StripeSettings): Stripe {
  return new Stripe(secretKey, {
    // The clients for Node keep sockets, which a worker that is frozen does not.
    httpClient: Stripe.createFetchHttpClient(),
    maxNetworkRetries: retries,
    timeout: patienceMilliseconds,
    telemetry: false,
    ...(apiUrl && {
      protocol: apiUrl.protocol === 'http:' ? 'http' : 'https',
      host: apiUrl.hostname,
      port: apiUrl.port || (apiUrl.protocol === 'http:' ? 80 : 443),
    }),
  })
}

/**
 * Connects by the variables of the environment; null is a project without a key.
 *
 * @throws {EnvironmentError} for variables that have not the right form
 */
export function stripeConnection(
  settings: StripeSettings | null = readStripeSettings() ?? null,
): ConnectStripe {
  const connection = settings && { ...settings, stripe: createStripe(settings) }
  return () => {
    if (connection) return connection
    throw functionError('not_configured', 'This project is not connected to Stripe.', {
      details: 'STRIPE_SECRET_KEY',
      hint: 'Set it, or run the stand-in: docs/billing.md says how.',
    })
  }
}
