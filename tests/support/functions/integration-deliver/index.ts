import { productionDependencies } from '../../../../functions/_shared/dependencies.ts'
import { readEnvironment } from '../../../../functions/_shared/env.ts'
import { createSafePosts, isPublic } from '../../../../functions/_shared/safe-fetch/index.ts'
import { createSecretClient } from '../../../../functions/_shared/secret-client.ts'
import { createHandler } from '../../../../functions/integration-deliver/handler.ts'

// The function with a receiver of the tests in reach: its names, its authority, and one address that is not public. What
// a name resolves to is a list of looks; the last one stays.

const environment = readEnvironment()
const names = new Map<string, string[][]>(JSON.parse(Deno.env.get('TEST_NAMES') ?? '[]'))
const reachable = '127.0.0.1'
const chatOrigins = {
  slack: Deno.env.get('SLACK_API_URL'),
  discord: Deno.env.get('DISCORD_API_URL'),
  teams: Deno.env.get('TEAMS_API_URL'),
}

Deno.serve(
  createHandler({
    ...productionDependencies('integration-deliver'),
    server: (trace) => createSecretClient(environment, trace),
    chatOrigins,
    postsTo: (ports) =>
      createSafePosts({
        ports,
        ca: Deno.env.get('TEST_CA') ?? '',
        trustedOrigins: Object.values(chatOrigins).filter((origin) => origin !== undefined),
        isAllowed: (address) => address === reachable || isPublic(address),
        async resolve(name) {
          const looks = names.get(name) ?? []
          return (looks.length > 1 ? looks.shift() : looks[0]) ?? []
        },
        limits: JSON.parse(Deno.env.get('TEST_LIMITS') ?? '{}'),
      }),
  }),
)
