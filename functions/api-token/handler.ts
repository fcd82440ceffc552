import type { ApiToken, VerifiedApiKey } from '../../types/api-key.ts'
import type { Dependencies } from '../_shared/dependencies.ts'
import { endpoint } from '../_shared/endpoint.ts'
import { functionError } from '../_shared/errors.ts'
import { type Handler, serveFunction } from '../_shared/serve.ts'
import type { Trace } from '../_shared/trace.ts'
import { type PresentedKey, presentedKey } from './presented-key.ts'
import type { SignToken } from './sign-token.ts'

export interface ApiTokenDependencies extends Dependencies {
  /** The key, if it is valid. @throws {FunctionError} api_key_not_valid */
  verifyKey(presented: PresentedKey, trace: Trace): Promise<VerifiedApiKey>
  /** Counts a token in the use of a workspace. @throws {FunctionError} payment_required */
  spendToken(workspaceId: string, trace: Trace): Promise<void>
  signToken: SignToken
}

/**
 * Exchanges an API key of a workspace for a token of a few minutes. Whoever guesses is held up by their address;
 * whoever has a key, by the key, and all keys of a workspace by its plan, each minute and each month.
 */
export function createHandler(dependencies: ApiTokenDependencies): Handler {
  return serveFunction(dependencies, {
    'POST /': endpoint({
      authentication: ['anyone'],
      limit: { name: 'address', quota: 30, window: 60 },
      async handle({ request, trace, charge }): Promise<ApiToken> {
        const presented = presentedKey(request.headers.get('authorization'))
        if (!presented) throw notValid()
        const key = await dependencies.verifyKey(presented, trace)
        await charge({ name: 'key', quota: 10, window: 60, key: key.keyId })
        if (key.tokensPerMinute !== null)
          await charge({ name: 'workspace', quota: key.tokensPerMinute, window: 60, key: key.workspaceId })
        await dependencies.spendToken(key.workspaceId, trace)
        const { accessToken, expiresAt } = await dependencies.signToken(key)
        return {
          accessToken,
          expiresAt: new Date(expiresAt * 1000).toISOString(),
          workspaceId: key.workspaceId,
        }
      },
    }),
  })
}

/** In the words of the database, which refuses what only looks like a key. */
function notValid() {
  return functionError('api_key_not_valid', 'This API key is not valid.', {
    hint: 'Check the key: it may have been revoked, have expired, or its maker may have left the workspace.',
  })
}
