import * as z from 'zod'
import { productionDependencies } from '../_shared/dependencies.ts'
import { readEnvironment, readVariables } from '../_shared/env.ts'
import { createSafePosts } from '../_shared/safe-fetch/index.ts'
import { createSecretClient } from '../_shared/secret-client.ts'
import { createHandler } from './handler.ts'

// With the secret key: no role of people reads the queue, nor the addresses and secrets of destinations.

const environment = readEnvironment()
const address = z
  .url()
  .transform((url) => new URL(url).origin)
  .optional()
const variables = readVariables(
  z.object({ SLACK_API_URL: address, DISCORD_API_URL: address, TEAMS_API_URL: address }),
)
const chatOrigins = {
  slack: variables.SLACK_API_URL,
  discord: variables.DISCORD_API_URL,
  teams: variables.TEAMS_API_URL,
}

Deno.serve(
  createHandler({
    ...productionDependencies('integration-deliver'),
    server: (trace) => createSecretClient(environment, trace),
    postsTo: (ports) =>
      createSafePosts({
        ports,
        limits: { totalMilliseconds: 10_000 },
        trustedOrigins: Object.values(chatOrigins).filter((origin) => origin !== undefined),
      }),
    chatOrigins,
  }),
)
