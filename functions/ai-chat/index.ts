import { productionDependencies } from '../_shared/dependencies.ts'
import { readEnvironment, readVariables } from '../_shared/env.ts'
import { createSecretClient } from '../_shared/secret-client.ts'
import { createHandOver } from './answer/hand-over.ts'
import { createHandler } from './handler.ts'
import { createProvider } from './provider/index.ts'
import { chatVariables } from './variables.ts'

// With the secret key: no role of people writes answers, and an invocation that goes on for another asks as the server.

const environment = readEnvironment()
const variables = readVariables(chatVariables)

Deno.serve(
  createHandler({
    ...productionDependencies('ai-chat'),
    provider: createProvider(variables),
    server: (trace) => createSecretClient(environment, trace),
    handOver: createHandOver(environment, variables.AI_FUNCTION_URL),
    allowedLinkHosts: variables.AI_ALLOWED_LINK_HOSTS,
    limits: { handOver: 90_000, end: 140_000 },
  }),
)
