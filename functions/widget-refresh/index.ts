import * as z from 'zod'
import { productionDependencies } from '../_shared/dependencies.ts'
import { readEnvironment, readVariables } from '../_shared/env.ts'
import { createSafeFetch } from '../_shared/safe-fetch/index.ts'
import { createSecretClient } from '../_shared/secret-client.ts'
import { createHandler } from './handler.ts'

// With the secret key: no role of people reads the addresses of sources, nor writes what widgets show.

const environment = readEnvironment()
const { DATA_SOURCE_PORTS: ports } = readVariables(
  z.object({
    DATA_SOURCE_PORTS: z
      .string()
      .default('')
      .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))
      .transform((entries) => entries.map(Number))
      .refine((entries) => entries.every((port) => Number.isInteger(port) && port > 0 && port < 65_536)),
  }),
)

Deno.serve(
  createHandler({
    ...productionDependencies('widget-refresh'),
    serverClient: (trace) => createSecretClient(environment, trace),
    safeFetch: createSafeFetch({ ports }),
  }),
)
