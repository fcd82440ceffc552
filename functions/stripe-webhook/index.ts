import { productionDependencies } from '../_shared/dependencies.ts'
import { readEnvironment } from '../_shared/env.ts'
import { createSecretClient } from '../_shared/secret-client.ts'
import { stripeConnection } from '../_shared/stripe/index.ts'
import { createHandler } from './handler.ts'

// With the secret key: Stripe is nobody's session, and what it tells is for servers to write.

const environment = readEnvironment()

Deno.serve(
  createHandler({
    ...productionDependencies('stripe-webhook'),
    server: (trace) => createSecretClient(environment, trace),
    connect: stripeConnection(),
  }),
)
