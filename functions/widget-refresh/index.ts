import { productionDependencies } from '../_shared/dependencies.ts'
import { readEnvironment } from '../_shared/env.ts'
import { createSafeFetch } from '../_shared/safe-fetch/index.ts'
import { createSecretClient } from '../_shared/secret-client.ts'
import { createHandler } from './handler.ts'

// With the secret key: no role of people reads the addresses of sources, nor writes what widgets show.

const environment = readEnvironment()
Deno.serve(
  createHandler({
    ...productionDependencies('widget-refresh'),
    serverClient: (trace) => createSecretClient(environment, trace),
    openFetch: (ports) => createSafeFetch({ ports }),
  }),
)
