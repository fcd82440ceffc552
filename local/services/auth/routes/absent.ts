import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { isUuid, readBody } from '../../shared/index.ts'
import { requireAccount } from '../admin/users.ts'
import { requireUser } from '../callers.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, validationFailed } from '../errors.ts'

const factorSchema = z.object({ factor_type: z.string().nullish() })

/**
 * What this stack does not have, as Supabase answers where a project has not turned it on: second factors, other
 * providers, linking, SAML, passkeys, being a provider for others.
 */
export function absentRoutes(context: AuthContext): Hono {
  /** Whoever asks has no second factor, whatever its id. */
  const refuseFactor = async (c: Context): Promise<never> => {
    await requireUser(context, context.database, c.req.raw)
    throw noSuchFactor(c.req.param('id') ?? '')
  }
  return new Hono()
    .get('/authorize', () => {
      throw validationFailed('Unsupported provider: provider is not enabled')
    })
    .on(['GET', 'POST'], '/callback', () => {
      throw validationFailed('OAuth state parameter missing')
    })
    .on(['GET', 'DELETE'], '/user/identities/:id', async (c) => {
      await requireUser(context, context.database, c.req.raw)
      throw new AuthError(404, 'manual_linking_disabled', 'Manual linking is disabled')
    })
    .post('/factors', async (c) => {
      await requireUser(context, context.database, c.req.raw)
      throw factorRefusal((await readBody(c.req.raw, factorSchema)).factor_type)
    })
    .on('POST', ['/factors/:id/challenge', '/factors/:id/verify'], refuseFactor)
    .delete('/factors/:id', refuseFactor)
    .on('GET', ['/admin/users/:id/factors', '/admin/users/:id/passkeys'], async (c) => {
      await requireAccount(context.database, c.req.param('id'))
      return c.json([])
    })
    .delete('/admin/users/:id/factors/:factor', async (c) => {
      await requireAccount(context.database, c.req.param('id'))
      throw noSuchFactor(c.req.param('factor'))
    })
    .on(['GET', 'DELETE'], '/user/oauth/grants', async (c) => {
      await requireUser(context, context.database, c.req.raw)
      return refuseOauthServer()
    })
    .all('/admin/oauth/*', refuseOauthServer)
    .all('/oauth/*', refuseOauthServer)
    .get('/.well-known/oauth-authorization-server', refuseOauthServer)
    .all('/passkeys/*', () => {
      throw new AuthError(404, 'passkey_disabled', 'Passkeys are disabled')
    })
    .on(['GET', 'POST'], ['/sso', '/sso/saml/*'], () => {
      throw new AuthError(404, 'saml_provider_disabled', 'SAML 2.0 is disabled')
    })
}

function noSuchFactor(id: string): AuthError {
  return isUuid(id)
    ? new AuthError(404, 'mfa_factor_not_found', 'Factor not found')
    : new AuthError(404, 'validation_failed', 'factor_id must be an UUID')
}

function refuseOauthServer(): never {
  throw new AuthError(404, 'feature_disabled', 'OAuth server is disabled')
}

function factorRefusal(type: string | null | undefined): AuthError {
  switch (type) {
    case 'totp':
      return new AuthError(422, 'mfa_totp_enroll_not_enabled', 'MFA enroll is disabled for TOTP')
    case 'phone':
      return new AuthError(422, 'mfa_phone_enroll_not_enabled', 'MFA enroll is disabled for Phone')
    case 'webauthn':
      return new AuthError(422, 'mfa_webauthn_enroll_not_enabled', 'MFA enroll is disabled for WebAuthn')
    default:
      return validationFailed('factor_type needs to be totp, phone, or webauthn')
  }
}
