import { Hono } from 'hono'
import { z } from 'zod'
import { type Queryable, readBody } from '../../shared/index.ts'
import { assertSignUpFits, confirmEmail, orFailure, signUpAccount } from '../accounts.ts'
import { clientOf, type PeerEnv, type SessionClient } from '../client.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, validationFailed } from '../errors.ts'
import { describeNewUser, describeUser } from '../identities.ts'
import { challengeSchema, checkChallenge, checkEmail, metadataSchema } from '../input.ts'
import { type LinkRequest, mailLink, requirePause } from '../links.ts'
import { assertTokenFits } from '../metadata-room.ts'
import { assertStrongPassword, hashPassword } from '../passwords.ts'
import { redirectTarget } from '../redirects.ts'
import { startSession } from '../sessions.ts'
import { findUserByEmail, insertUser, type Metadata, type User } from '../users.ts'

const bodySchema = z.object({
  email: z.string().nullish(),
  phone: z.string().nullish(),
  password: z.string().nullish(),
  data: metadataSchema,
  ...challengeSchema,
})

/** A sign-up that was checked. */
interface SignUp {
  email: string
  passwordHash: string
  data: Metadata
}

/** POST /signup: the session where addresses need no confirmation, else the user who is to confirm. */
export function signUpRoutes(context: AuthContext): Hono<PeerEnv> {
  return new Hono<PeerEnv>().post('/signup', async (c) => {
    const { settings, mailFrequency } = context
    const body = await readBody(c.req.raw, bodySchema)
    const data = body.data ?? {}
    if (!body.email && !body.phone) return c.json(await signUpAnonymously(context, data, clientOf(c)))
    if (!settings.enable_signup) throw signUpDisabled()
    if (!body.password) throw validationFailed('Signup requires a valid password')
    assertStrongPassword(body.password, settings)
    if (body.email && body.phone)
      throw validationFailed('Only an email address or phone number should be provided on signup.')
    const challenge = checkChallenge(body)
    if (!body.email) throw new AuthError(400, 'phone_provider_disabled', 'Phone signups are disabled')
    if (!settings.email.enable_signup)
      throw new AuthError(400, 'email_provider_disabled', 'Email signups are disabled')
    const email = checkEmail(body.email)
    await assertSignUpFits(context, { email, data })
    const signUp = { email, passwordHash: await hashPassword(body.password), data }
    const link = { redirectTo: redirectTarget(context, c.req.raw), challenge }
    const answer = await orFailure('Database error saving new user', () =>
      context.database.transaction<unknown>((sql) =>
        settings.email.enable_confirmations
          ? signUpToConfirm(context, sql, signUp, link)
          : signUpAtOnce(context, sql, signUp, clientOf(c)),
      ),
    ).catch(asAlreadyRegistered)
    if (settings.email.enable_confirmations) mailFrequency.note(email, 'confirmation')
    return c.json(answer)
  })
}

/** The project takes nobody in by themselves, 422. */
export function signUpDisabled(): AuthError {
  return new AuthError(422, 'signup_disabled', 'Signups not allowed for this instance')
}

async function signUpAtOnce(context: AuthContext, sql: Queryable, signUp: SignUp, client: SessionClient) {
  // Not confirmed, where everybody is, is somebody who was invited: theirs is not for whoever signs up first.
  if (await findUserByEmail(sql, signUp.email)) throw alreadyRegistered()
  const user = await confirmEmail(sql, await signUpAccount(sql, signUp))
  const session = await startSession(context, sql, user, 'password', client)
  return { ...session, user: { ...session.user, confirmed_at: undefined } }
}

async function signUpToConfirm(context: AuthContext, sql: Queryable, signUp: SignUp, link: LinkRequest) {
  const known = await findUserByEmail(sql, signUp.email)
  if (known?.email_confirmed_at) return answerOfKnown(known, signUp.data)
  if (known) requirePause(context, known, 'confirmation')
  const user = known ?? (await signUpAccount(sql, signUp))
  const asked = await mailLink(context, sql, user, 'signup', link)
  // What an administrator wrote about somebody invited is not for whoever knows the address.
  return asked.invited_at
    ? { ...(await describeUser(sql, asked)), user_metadata: {}, identities: [] }
    : describeNewUser(sql, asked)
}

/** An answer that looks like any other: nobody learns who has an account. */
function answerOfKnown(user: User, data: Metadata) {
  const now = new Date()
  return {
    id: crypto.randomUUID(),
    aud: 'authenticated',
    role: '',
    email: user.email,
    phone: '',
    confirmation_sent_at: now,
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: data,
    identities: [],
    created_at: now,
    updated_at: now,
    is_anonymous: false,
  }
}

async function signUpAnonymously(context: AuthContext, data: Metadata, client: SessionClient) {
  const { settings, database } = context
  if (!settings.enable_anonymous_sign_ins)
    throw new AuthError(422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled')
  if (!settings.enable_signup) throw signUpDisabled()
  const start = async (sql: Queryable) => {
    const user = await insertUser(sql, {
      email: null,
      passwordHash: null,
      userMetadata: data,
      appMetadata: {},
      isAnonymous: true,
    })
    await assertTokenFits(context, user)
    return startSession(context, sql, user, 'anonymous', client)
  }
  return orFailure('Database error creating anonymous user', () => database.transaction(start))
}

function alreadyRegistered(): AuthError {
  return new AuthError(422, 'user_already_exists', 'User already registered')
}

function asAlreadyRegistered(error: unknown): never {
  throw error instanceof AuthError && error.code === 'email_exists' ? alreadyRegistered() : error
}
