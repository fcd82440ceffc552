import type { JWK } from 'jose'
import * as z from 'zod'
import { verifiedApiKeySchema } from '../../types/api-key.ts'
import { productionDependencies } from '../_shared/dependencies.ts'
import { readEnvironment, readVariables } from '../_shared/env.ts'
import { trustedDataOf } from '../_shared/errors.ts'
import { createSecretClient } from '../_shared/secret-client.ts'
import type { ApiTokenDependencies } from './handler.ts'
import { createSignToken } from './sign-token.ts'

// With the secret key: whoever shows an API key is nobody yet, and hashes of keys are for no client to compare.

/** As `supabase gen signing-key` makes one, without `key_ops`: they say "verify" too, and no private key may. */
const signingKeySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
})

const variablesSchema = z.object({
  FUNCTIONS_SIGNING_KEY: z.string().transform((text, context): JWK => {
    try {
      return signingKeySchema.parse(JSON.parse(text))
    } catch {
      context.addIssue({ code: 'custom', message: 'not a private key' })
      return z.NEVER
    }
  }),
})

/**
 * What the deployed function runs on.
 *
 * @throws {EnvironmentError} where the environment lacks something
 */
export function apiTokenDependencies(): ApiTokenDependencies {
  const environment = readEnvironment()
  const { FUNCTIONS_SIGNING_KEY: signingKey } = readVariables(variablesSchema)
  return {
    ...productionDependencies('api-token'),
    signToken: createSignToken(signingKey, `${environment.url}/functions/v1/api-token`),
    async verifyKey({ id, hash }, trace) {
      const response = await createSecretClient(environment, trace).rpc('verify_api_key', {
        key_id: id,
        key_hash: hash,
      })
      return verifiedApiKeySchema.parse(trustedDataOf(response))
    },
    async spendToken(workspace_id, trace) {
      trustedDataOf(await createSecretClient(environment, trace).rpc('spend_api_token', { workspace_id }))
    },
  }
}
