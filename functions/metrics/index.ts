import { productionDependencies } from '../_shared/dependencies.ts'
import { readEnvironment } from '../_shared/env.ts'
import { trustedDataOf } from '../_shared/errors.ts'
import { createSecretClient } from '../_shared/secret-client.ts'
import { createHandler } from './handler.ts'

// With the secret key: the measures are of all workspaces, and for who has that key already.

const environment = readEnvironment()

Deno.serve(
  createHandler({
    ...productionDependencies('metrics'),
    readMetrics: async (trace) =>
      trustedDataOf(await createSecretClient(environment, trace).rpc('operator_metrics')),
  }),
)
