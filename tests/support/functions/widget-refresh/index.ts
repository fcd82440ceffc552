import { productionDependencies } from '../../../../functions/_shared/dependencies.ts'
import { readEnvironment } from '../../../../functions/_shared/env.ts'
import { createSafeFetch, isPublic } from '../../../../functions/_shared/safe-fetch/index.ts'
import { createSecretClient } from '../../../../functions/_shared/secret-client.ts'
import { createHandler } from '../../../../functions/widget-refresh/handler.ts'

// The function with a server of the tests in reach: its names, its authority, and one address that is not public. What
// a name resolves to is a list of looks; the last one stays.

const environment = readEnvironment()
const names = new Map<string, string[][]>(JSON.parse(Deno.env.get('TEST_NAMES') ?? '[]'))
const reachable = '127.0.0.1'

Deno.serve(
  createHandler({
    ...productionDependencies('widget-refresh'),
    serverClient: (trace) => createSecretClient(environment, trace),
    openFetch: (ports) =>
      createSafeFetch({
        ports,
        ca: Deno.env.get('TEST_CA') ?? '',
        isAllowed: (address) => address === reachable || isPublic(address),
        async resolve(name) {
          const looks = names.get(name) ?? []
          return (looks.length > 1 ? looks.shift() : looks[0]) ?? []
        },
        limits: { connectMilliseconds: 500, silenceMilliseconds: 400, totalMilliseconds: 1_500 },
      }),
  }),
)
