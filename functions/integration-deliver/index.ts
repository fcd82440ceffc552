import * as z from 'zod'
import { productionDependencies } from '../_shared/dependencies.ts'
import { readEnvironment, readVariables } from '../_shared/env.ts'
import { createSafePosts } from '../_shared/safe-fetch/index.ts'
import { createSecretClient } from '../_shared/secret-client.ts'
import { createHandler } from './handler.ts'

// With the secret key: no role of people reads the queue, nor the addresses and secrets of destinations.

const environment = readEnvironment()
const { SLACK_API_URL: slack } = readVariables(
  z.object({ SLACK_API_URL: z.union([z.literal(''), z.url()]).default('') }),
)
const slackOrigin = slack === '' ? undefined : new URL(slack).origin

Deno.serve(
  createHandler({
    ...productionDependencies('integration-deliver'),
    server: (trace) => createSecretClient(environment, trace),
    openPosts: createSafePosts({
      limits: { totalMilliseconds: 10_000 },
      ...(slackOrigin && { trustedOrigins: [slackOrigin] }),
    }),
    ...(slackOrigin && { slackOrigin }),
  }),
)
