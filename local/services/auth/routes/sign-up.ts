import { Hono } from 'hono'
import { z } from 'zod'
import { type Queryable, readBody } from '../../shared/index.ts'
import { confirmEmail, createEmailAccount, orFailure } from '../accounts.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, validationFailed } from '../errors.ts'
import { describeUser } from '../identities.ts'
import { challengeSchema, emailSchema, metadataSchema } from '../input.ts'
import { mailLink } from '../links.ts'
import { assertStrongPassword, hashPassword } from '../passwords.ts'
import { redirectTarget } from '../redirects.ts'
import { startSession } from '../sessions.ts'
import { findUserByEmail, insertUser, type Metadata, type User } from '../users.ts'

const bodySchema = z.object({
  email: emailSchema.or(z.literal('')).nullish(),
  phone: z.string().nullish(),
  password: z.string().nullish(),
  data: metadataSchema.nullish().transform((data) => data ?? {}),
  ...challengeSchema,
})

/** POST /signup: the session where addresses need no confirmation, else the user who is to confirm. */
export function signUpRoutes(context: AuthContext): Hono {
  return new Hono().post('/signup', async (c) => {
    const { settings, database } = context
    const { email, phone, password, data, ...challenge } = await readBody(c.req.raw, bodySchema)
    if (!settings.enable_signup) throw signUpDisabled()
    const userAgent = c.req.header('user-agent') ?? null
    if (!email && !phone) return c.json(await signUpAnonymously(context, data, userAgent))
    if (!password) throw validationFailed('Signup requires a valid password')
    if (!email) throw new AuthError(400, 'phone_provider_disabled', 'Phone signups are disabled')
    if (!settings.email.enable_signup)
      throw new AuthError(400, 'email_provider_disabled', 'Email signups are disabled')
    assertStrongPassword(password, settings)
    const passwordHash = await hashPassword(password)
    const redirectTo = redirectTarget(context, c.req.raw)
    const answer = await orFailure('Database error saving new user', () =>
      database.transaction(async (sql) => {
        const known = await findUserByEmail(sql, email)
        if (known && (known.email_confirmed_at || !settings.email.enable_confirmations))
          return refuseKnown(context, known)
        const user = known ?? (await createEmailAccount(sql, { email, passwordHash, data }))
        if (!settings.email.enable_confirmations)
          return startSession(context, sql, await confirmEmail(sql, user), 'password', userAgent)
        const asked = await mailLink(context, sql, user, 'signup', { redirectTo, challenge })
        return describeUser(sql, asked)
      }),
    ).catch(asAlreadyRegistered)
    return c.json(answer)
  })
}

/** The project takes nobody in by themselves, 422. */
export function signUpDisabled(): AuthError {
  return new AuthError(422, 'signup_disabled', 'Signups not allowed for this instance')
}

/**
 * Where addresses are confirmed, an answer that looks like any other: nobody learns who has an account.
 *
 * Where they are not, the account of somebody who was invited must not go to whoever signs up first.
 */
function refuseKnown({ settings }: AuthContext, user: User) {
  if (!settings.email.enable_confirmations) throw alreadyRegistered()
  const now = new Date()
  return {
    id: crypto.randomUUID(),
    aud: 'authenticated',
    role: '',
    email: user.email,
    phone: '',
    confirmation_sent_at: now,
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: {},
    identities: [],
    created_at: now,
    updated_at: now,
    is_anonymous: false,
  }
}

async function signUpAnonymously(context: AuthContext, data: Metadata, userAgent: string | null) {
  if (!context.settings.enable_anonymous_sign_ins)
    throw new AuthError(422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled')
  const start = async (sql: Queryable) => {
    const user = await insertUser(sql, {
      email: null,
      passwordHash: null,
      userMetadata: data,
      appMetadata: {},
      isAnonymous: true,
    })
    return startSession(context, sql, user, 'anonymous', userAgent)
  }
  return orFailure('Database error creating anonymous user', () => context.database.transaction(start))
}

function alreadyRegistered(): AuthError {
  return new AuthError(422, 'user_already_exists', 'User already registered')
}

function asAlreadyRegistered(error: unknown): never {
  throw error instanceof AuthError && error.code === 'email_exists' ? alreadyRegistered() : error
}
