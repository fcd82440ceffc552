import { Hono } from 'hono'
import { z } from 'zod'
import { readBody } from '../../shared/index.ts'
import { clientOf, type PeerEnv, type SessionClient } from '../client.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, validationFailed } from '../errors.ts'
import { isPassword, weaknessOf } from '../passwords.ts'
import { spendCode } from '../pkce.ts'
import { refreshSession } from '../refresh.ts'
import { startSession } from '../sessions.ts'
import { assertNotBanned, findUserByEmail, findUserById } from '../users.ts'

const passwordSchema = z.object({
  email: z.string().nullish(),
  phone: z.string().nullish(),
  password: z.string().nullish(),
})
const refreshSchema = z.object({ refresh_token: z.string().nullish() })
const codeSchema = z.object({ auth_code: z.string().nullish(), code_verifier: z.string().nullish() })

/** POST /token?grant_type=password|refresh_token|pkce: a session. */
export function tokenRoutes(context: AuthContext): Hono<PeerEnv> {
  return new Hono<PeerEnv>().post('/token', async (c) => {
    const request = c.req.raw
    switch (c.req.query('grant_type')) {
      case 'password':
        return c.json(await signInWithPassword(context, await readBody(request, passwordSchema), clientOf(c)))
      case 'refresh_token': {
        const { refresh_token } = await readBody(request, refreshSchema)
        return c.json(await refreshSession(context, refresh_token ?? ''))
      }
      case 'pkce':
        return c.json(await signInWithCode(context, await readBody(request, codeSchema), clientOf(c)))
      case 'id_token':
        throw new AuthError(400, 'provider_disabled', 'The provider of this token is not enabled')
      case 'web3':
        throw new AuthError(422, 'web3_provider_disabled', 'Web3 provider is disabled')
      default:
        throw new AuthError(400, 'invalid_credentials', 'unsupported_grant_type')
    }
  })
}

async function signInWithPassword(
  context: AuthContext,
  { email, phone, password }: z.infer<typeof passwordSchema>,
  client: SessionClient,
) {
  const { database, settings } = context
  if (email && phone)
    throw validationFailed('Only an email address or phone number should be provided on login.')
  if (!email) {
    if (phone) throw new AuthError(422, 'phone_provider_disabled', 'Phone logins are disabled')
    throw validationFailed('missing email or phone')
  }
  if (!settings.email.enable_signup)
    throw new AuthError(422, 'email_provider_disabled', 'Email logins are disabled')
  // Nobody has a longer address, and none is looked for.
  const user = email.length > 255 ? null : await findUserByEmail(database, email)
  if (!user?.encrypted_password) throw invalidCredentials()
  assertNotBanned(user)
  if (!(await isPassword(password ?? '', user.encrypted_password))) throw invalidCredentials()
  if (!user.email_confirmed_at) throw new AuthError(400, 'email_not_confirmed', 'Email not confirmed')
  const session = await database.transaction((sql) => startSession(context, sql, user, 'password', client))
  return { ...session, weak_password: weaknessOf(password ?? '', settings) }
}

function signInWithCode(
  context: AuthContext,
  { auth_code, code_verifier }: z.infer<typeof codeSchema>,
  client: SessionClient,
) {
  if (!auth_code || !code_verifier)
    throw validationFailed('invalid request: both auth code and code verifier should be non-empty')
  return context.database.transaction(async (sql) => {
    const { userId, method } = await spendCode(sql, auth_code, code_verifier)
    const user = await findUserById(sql, userId)
    if (!user) throw new AuthError(404, 'user_not_found', 'User not found')
    assertNotBanned(user)
    return startSession(context, sql, user, method, client)
  })
}

function invalidCredentials(): AuthError {
  return new AuthError(400, 'invalid_credentials', 'Invalid login credentials')
}
