import { productionDependencies } from '../_shared/dependencies.ts'
import { readEnvironment } from '../_shared/env.ts'
import { createSecretClient } from '../_shared/secret-client.ts'
import { stripeConnection } from '../_shared/stripe/index.ts'
import { createHandler } from './handler.ts'

// With the secret key: which customer pays for a workspace is for no person to say.

const environment = readEnvironment()

Deno.serve(
  createHandler({
    ...productionDependencies('billing-checkout'),
    server: (trace) => createSecretClient(environment, trace),
    connect: stripeConnection(),
  }),
)
