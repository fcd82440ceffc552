import { Hono } from 'hono'
import { z } from 'zod'
import { type Queryable, readBody } from '../../shared/index.ts'
import { requireUser } from '../callers.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, validationFailed } from '../errors.ts'
import { describeUser } from '../identities.ts'
import { challengeSchema, emailSchema, metadataSchema } from '../input.ts'
import { mailEmailChange, mailReauthentication } from '../links.ts'
import { clearTokens, hashCode, isExpired } from '../one-time-tokens.ts'
import { assertStrongPassword, hashPassword, isPassword } from '../passwords.ts'
import { redirectTarget } from '../redirects.ts'
import { endSessions, findSession } from '../sessions.ts'
import { emailExists, findUserByEmail, mergeMetadata, type User, updateUser } from '../users.ts'

const bodySchema = z.object({
  email: emailSchema.or(z.literal('')).nullish(),
  password: z.string().nullish(),
  nonce: z.string().nullish(),
  data: metadataSchema.nullish(),
  ...challengeSchema,
})

const scopes = z.enum(['global', 'local', 'others'], {
  error: 'Unsupported logout scope',
})

/** A session younger than this needs no further proof before a password is changed. */
const recentSession = 24 * 60 * 60_000

/** GET and PUT /user, GET /reauthenticate, POST /logout: what a signed-in person does with their account. */
export function userRoutes(context: AuthContext): Hono {
  const { database } = context
  return new Hono()
    .get('/user', async (c) => {
      const { user } = await requireUser(context, database, c.req.raw)
      return c.json(await describeUser(database, user))
    })
    .put('/user', async (c) => {
      const { user, sessionId } = await requireUser(context, database, c.req.raw)
      const { email, password, nonce, data, ...challenge } = await readBody(c.req.raw, bodySchema)
      const passwordHash = password == null ? null : await acceptPassword(context, user, password)
      const link = { redirectTo: redirectTarget(context, c.req.raw), challenge }
      const answer = await database.transaction(async (sql) => {
        let changed = user
        if (passwordHash) changed = await changePassword(context, sql, user, sessionId, passwordHash, nonce)
        if (data)
          changed = await updateUser(sql, user.id, {
            raw_user_meta_data: mergeMetadata(changed.raw_user_meta_data, data),
          })
        if (email && email !== user.email) {
          if (await findUserByEmail(sql, email)) throw emailExists()
          changed = await mailEmailChange(context, sql, changed, email, link)
        }
        return describeUser(sql, changed)
      })
      return c.json(answer)
    })
    .get('/reauthenticate', async (c) => {
      const { user } = await requireUser(context, database, c.req.raw)
      if (!user.email)
        throw validationFailed('Reauthentication requires the user to have an email or a phone number')
      await database.transaction((sql) => mailReauthentication(context, sql, user))
      return c.json({})
    })
    .post('/logout', async (c) => {
      const scope = scopes.safeParse(c.req.query('scope') ?? 'global')
      if (!scope.success) throw validationFailed('Unsupported logout scope')
      const { user, sessionId } = await requireUser(context, database, c.req.raw)
      await endSessions(database, user.id, scope.data, sessionId)
      return c.body(null, 204)
    })
}

/** The hash of a password that may replace the one in use. */
async function acceptPassword(context: AuthContext, user: User, password: string): Promise<string> {
  assertStrongPassword(password, context.settings)
  if (await isPassword(password, user.encrypted_password))
    throw new AuthError(422, 'same_password', 'New password should be different from the old password.')
  return hashPassword(password)
}

/** Sets a password and ends every other session: whoever had got in with the old one is out. */
async function changePassword(
  context: AuthContext,
  sql: Queryable,
  user: User,
  sessionId: string | null,
  passwordHash: string,
  nonce: string | null | undefined,
): Promise<User> {
  if (context.settings.email.secure_password_change) {
    const session = sessionId ? await findSession(sql, sessionId) : null
    const isRecent = session && Date.now() < session.created_at.getTime() + recentSession
    if (!isRecent) await spendNonce(context, sql, user, nonce)
  }
  const changed = await updateUser(sql, user.id, { encrypted_password: passwordHash, recovery_token: '' })
  await endSessions(sql, user.id, 'others', sessionId)
  return changed
}

async function spendNonce(
  context: AuthContext,
  sql: Queryable,
  user: User,
  nonce: string | null | undefined,
): Promise<void> {
  if (!nonce) throw new AuthError(400, 'reauthentication_needed', 'Password update requires reauthentication')
  const fits = user.reauthentication_token === hashCode(user.email ?? '', nonce)
  if (!fits || isExpired(user, 'reauthentication', context.settings))
    throw new AuthError(422, 'reauthentication_not_valid', 'Nonce has expired or is invalid')
  await clearTokens(sql, user, ['reauthentication'])
}
