import { Hono } from 'hono'
import type { AuthContext } from '../context.ts'

/** What Auth says of itself: health, settings, and the public keys that its tokens are checked with. */
export function serviceRoutes({ settings, tokens }: AuthContext): Hono {
  return new Hono()
    .get('/health', (c) =>
      c.json({
        version: 'embedded',
        name: 'GoTrue',
        description: 'GoTrue is a user registration and authentication API',
      }),
    )
    .get('/settings', (c) =>
      c.json({
        external: { anonymous_users: settings.enable_anonymous_sign_ins, email: true, phone: false },
        disable_signup: !settings.enable_signup,
        mailer_autoconfirm: !settings.email.enable_confirmations,
        phone_autoconfirm: false,
        sms_provider: '',
        saml_enabled: false,
      }),
    )
    .get('/.well-known/jwks.json', (c) =>
      c.json(tokens.publicKeys, 200, { 'cache-control': 'public, max-age=600' }),
    )
    .get('/.well-known/openid-configuration', (c) =>
      c.json(
        {
          issuer: tokens.issuer,
          jwks_uri: `${tokens.issuer}/.well-known/jwks.json`,
          userinfo_endpoint: `${tokens.issuer}/user`,
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
        },
        200,
        { 'cache-control': 'public, max-age=600' },
      ),
    )
}
