import { Hono } from 'hono'
import type { AuthContext } from '../context.ts'

/** Providers that Supabase knows and this stack does not have. */
const absentProviders = [
  'apple',
  'azure',
  'bitbucket',
  'discord',
  'facebook',
  'figma',
  'fly',
  'github',
  'gitlab',
  'google',
  'kakao',
  'keycloak',
  'linkedin',
  'linkedin_oidc',
  'notion',
  'slack',
  'slack_oidc',
  'snapchat',
  'spotify',
  'twitch',
  'twitter',
  'workos',
  'zoom',
]

/** What Auth says of itself: health, settings, and the public keys that tokens are checked with. */
export function serviceRoutes({ settings, tokens, publicKeys }: AuthContext): Hono {
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
        external: {
          ...Object.fromEntries(absentProviders.map((provider) => [provider, false])),
          anonymous_users: settings.enable_anonymous_sign_ins,
          email: settings.email.enable_signup,
          phone: false,
        },
        disable_signup: !settings.enable_signup,
        mailer_autoconfirm: !settings.email.enable_confirmations,
        phone_autoconfirm: false,
        sms_provider: '',
        saml_enabled: false,
        saml_private_key_next_configured: false,
        passkeys_enabled: false,
      }),
    )
    .get('/.well-known/jwks.json', (c) => c.json(publicKeys, 200, { 'cache-control': 'public, max-age=600' }))
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
