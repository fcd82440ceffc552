import { productionDependencies } from '../_shared/dependencies.ts'
import { readEnvironment } from '../_shared/env.ts'
import { createSecretClient } from '../_shared/secret-client.ts'
import { stripeConnection } from '../_shared/stripe/index.ts'
import { createHandler } from './handler.ts'

// With the secret key: the clock of the database calls it, and it looks at every workspace that pays.

const environment = readEnvironment()

Deno.serve(
  createHandler({
    ...productionDependencies('billing-reconcile'),
    server: (trace) => createSecretClient(environment, trace),
    connect: stripeConnection(),
  }),
)
