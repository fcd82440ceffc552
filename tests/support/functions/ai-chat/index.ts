import { productionDependencies } from '../../../../functions/_shared/dependencies.ts'
import { readEnvironment, readVariables } from '../../../../functions/_shared/env.ts'
import { createSecretClient } from '../../../../functions/_shared/secret-client.ts'
import { createHandOver } from '../../../../functions/ai-chat/answer/hand-over.ts'
import { createHandler } from '../../../../functions/ai-chat/handler.ts'
import { createProvider } from '../../../../functions/ai-chat/provider/index.ts'
import { chatVariables } from '../../../../functions/ai-chat/variables.ts'

// The function ai-chat with the seconds of an invocation that a test names, in place of the platform's.

const environment = readEnvironment()
const variables = readVariables(chatVariables)

Deno.serve(
  createHandler({
    ...productionDependencies('ai-chat'),
    provider: createProvider(variables),
    server: (trace) => createSecretClient(environment, trace),
    handOver: createHandOver(environment, variables.AI_FUNCTION_URL),
    allowedLinkHosts: variables.AI_ALLOWED_LINK_HOSTS,
    limits: {
      handOver: Number(Deno.env.get('TEST_HAND_OVER') ?? 90_000),
      end: Number(Deno.env.get('TEST_END') ?? 140_000),
    },
  }),
)
