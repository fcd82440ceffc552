import { Hono } from 'hono'
import { verificationKeys } from '../../config/index.ts'
import {
  checkApiKey,
  createCallers,
  openDatabase,
  type Peer,
  type Service,
  type ServiceOptions,
} from '../shared/index.ts'
import { createAccessTokens } from './access-tokens.ts'
import { adminLinkRoutes } from './admin/links.ts'
import { adminUserRoutes } from './admin/users.ts'
import { requireAdmin } from './callers.ts'
import type { AuthContext } from './context.ts'
import { authErrorResponse } from './errors.ts'
import { createMailer } from './mail/mailer.ts'
import { createMailFrequency } from './mail-frequency.ts'
import { createRateLimits } from './rate-limits.ts'
import { absentRoutes } from './routes/absent.ts'
import { linkRoutes } from './routes/links.ts'
import { serviceRoutes } from './routes/service.ts'
import { signUpRoutes } from './routes/sign-up.ts'
import { tokenRoutes } from './routes/token.ts'
import { userRoutes } from './routes/user.ts'
import { verifyRoutes } from './routes/verify.ts'

/** What a browser opens without a key: a mailed link, the way to a provider, and the public keys. */
const openPaths = /^\/auth\/v1\/(verify|authorize|callback|\.well-known\/.+)$/

/**
 * The Auth API below `/auth/v1`, on the tables of schema `auth`.
 *
 * It connects as `supabase_auth_admin`, so a trigger of the project on `auth.users` runs with that role's
 * rights, as on Supabase. Every change and its mail are one transaction: what fails leaves nothing behind.
 */
export async function createAuth(options: ServiceOptions): Promise<Service> {
  const { config, keys, publicUrl, smtp } = options
  const context: AuthContext = {
    settings: config.auth,
    publicUrl,
    database: openDatabase(options.databaseUrl('supabase_auth_admin')),
    callers: createCallers(keys, 0),
    publicKeys: { keys: verificationKeys(keys) },
    tokens: await createAccessTokens(keys.jwtSigningKey, `${publicUrl}/auth/v1`, config.auth.jwt_expiry),
    mailer: createMailer(config, publicUrl, smtp),
    mailFrequency: createMailFrequency(config.auth.email.max_frequency),
  }
  const checkRate = createRateLimits(config.auth.rate_limit)
  const app = new Hono<{ Bindings: Peer }>()
    .basePath('/auth/v1')
    .use(async (c, next) => {
      const isLink = c.req.method === 'GET' || c.req.method === 'HEAD'
      const key = isLink && openPaths.test(c.req.path) ? undefined : checkApiKey(keys, c.req.raw)
      if (key instanceof Response) return key
      if (c.env.address !== null) checkRate(c.req.method, c.req.path, c.env.address)
      return next()
    })
    .use('/admin/*', (c, next) => requireAdmin(context, c.req.raw).then(next))
    .use('/invite', (c, next) => requireAdmin(context, c.req.raw).then(next))
    .route('/', signUpRoutes(context))
    .route('/', tokenRoutes(context))
    .route('/', linkRoutes(context))
    .route('/', verifyRoutes(context))
    .route('/', userRoutes(context))
    .route('/', adminUserRoutes(context))
    .route('/', adminLinkRoutes(context))
    .route('/', serviceRoutes(context))
    .route('/', absentRoutes(context))
    .notFound((c) => c.text('404 page not found', 404))
    .onError((error, c) => authErrorResponse(error, c.req.raw))

  return {
    fetch: async (request, peer) => app.fetch(request, peer),
    async close() {
      context.mailer.close()
      await context.database.close()
    },
  }
}
