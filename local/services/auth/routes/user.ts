import { Hono } from 'hono'
import { z } from 'zod'
import { readBody } from '../../shared/index.ts'
import { requireUser } from '../callers.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, unexpectedFailure, validationFailed } from '../errors.ts'
import { describeUser } from '../identities.ts'
import { challengeSchema, checkChallenge, checkEmail, checkPhone, metadataSchema } from '../input.ts'
import { mailReauthentication } from '../links.ts'
import { type OwnChanges, updateOwnAccount } from '../own-account.ts'
import { assertStrongPassword } from '../passwords.ts'
import { redirectTarget } from '../redirects.ts'
import { endSessions } from '../sessions.ts'
import type { User } from '../users.ts'

const bodySchema = z.object({
  email: z.string().nullish(),
  phone: z.string().nullish(),
  password: z.string().nullish(),
  nonce: z.string().nullish(),
  data: metadataSchema,
  app_metadata: metadataSchema,
  ...challengeSchema,
})

const scopeSchema = z.enum(['global', 'local', 'others'])

/** GET and PUT /user, GET /reauthenticate, POST /logout: what a signed-in person does with their account. */
export function userRoutes(context: AuthContext): Hono {
  const { database } = context
  return new Hono()
    .get('/user', async (c) => {
      const { user } = await requireUser(context, database, c.req.raw)
      return c.json(await describeUser(database, user))
    })
    .put('/user', async (c) => {
      const person = await requireUser(context, database, c.req.raw)
      const body = await readBody(c.req.raw, bodySchema)
      const changes = checkChanges(context, person.user, body)
      const link = { redirectTo: redirectTarget(context, c.req.raw), challenge: checkChallenge(body) }
      const changed = await updateOwnAccount(context, person, changes, link)
      return c.json(await describeUser(database, changed))
    })
    .get('/reauthenticate', async (c) => {
      const { user } = await requireUser(context, database, c.req.raw)
      if (!user.email)
        throw validationFailed('Reauthentication requires the user to have an email or a phone number')
      if (!user.email_confirmed_at)
        throw new AuthError(422, 'email_not_confirmed', 'Please verify your email first.')
      await database.transaction((sql) => mailReauthentication(context, sql, user))
      return c.json({})
    })
    .post('/logout', async (c) => {
      const { user, sessionId } = await requireUser(context, database, c.req.raw)
      const asked = c.req.query('scope') || 'global'
      const scope = scopeSchema.safeParse(asked)
      if (!scope.success) throw validationFailed(`Unsupported logout scope ${JSON.stringify(asked)}`)
      await endSessions(database, user.id, scope.data, sessionId)
      return c.body(null, 204)
    })
}

function checkChanges(context: AuthContext, user: User, body: z.infer<typeof bodySchema>): OwnChanges {
  const email = body.email ? checkEmail(body.email) : ''
  const phone = body.phone ? checkPhone(body.phone) : ''
  if (body.password != null) assertStrongPassword(body.password, context.settings)
  if (body.app_metadata)
    throw new AuthError(403, 'not_admin', 'Updating app_metadata requires admin privileges')
  if (user.is_anonymous && body.password && !email && !phone)
    throw new AuthError(
      422,
      'validation_failed',
      'Updating password of an anonymous user without an email or phone is not allowed',
    )
  if (phone && phone !== user.phone) throw unexpectedFailure('Unable to get SMS provider')
  return {
    email: email && email !== user.email ? email : null,
    password: body.password || null,
    nonce: body.nonce ?? '',
    data: body.data ?? null,
  }
}
