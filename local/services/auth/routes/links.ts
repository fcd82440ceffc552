import { Hono } from 'hono'
import { z } from 'zod'
import { type Queryable, readBody } from '../../shared/index.ts'
import { assertSignUpFits, confirmEmail, orFailure, signUpAccount } from '../accounts.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, validationFailed } from '../errors.ts'
import { challengeSchema, checkChallenge, checkEmail, metadataSchema } from '../input.ts'
import { isTooSoon, type LinkRequest, mailEmailChange, mailLink } from '../links.ts'
import { hashPassword, randomPassword } from '../passwords.ts'
import { redirectTarget } from '../redirects.ts'
import { findUserByEmail, type Metadata, type User } from '../users.ts'
import { signUpDisabled } from './sign-up.ts'

const otpSchema = z.object({
  email: z.string().nullish(),
  phone: z.string().nullish(),
  create_user: z.boolean().nullish(),
  data: metadataSchema,
  channel: z.string().nullish(),
  ...challengeSchema,
})
const recoverSchema = z.object({ email: z.string().nullish(), ...challengeSchema })
const resendSchema = z.object({
  type: z.string().nullish(),
  email: z.string().nullish(),
  phone: z.string().nullish(),
  ...challengeSchema,
})

/**
 * POST /otp, /magiclink, /recover and /resend: each mails a link with a code, and says nothing else.
 *
 * How often is asked before anybody is looked up: neither the answer nor the limit tells who has an account.
 */
export function linkRoutes(context: AuthContext): Hono {
  const { database, mailFrequency } = context
  return new Hono()
    .on('POST', ['/otp', '/magiclink'], async (c) => {
      await mailSignIn(context, c.req.raw)
      return c.json({})
    })
    .post('/recover', async (c) => {
      requireEmailProvider(context)
      const body = await readBody(c.req.raw, recoverSchema)
      if (!body.email) throw validationFailed('Password recovery requires an email')
      const email = checkEmail(body.email)
      const link = { redirectTo: redirectTarget(context, c.req.raw), challenge: checkChallenge(body) }
      mailFrequency.ask(email, 'recovery')
      await database.transaction(async (sql) => {
        const user = await findUserByEmail(sql, email)
        if (user && !isTooSoon(context, user, 'recovery'))
          await mailLink(context, sql, user, 'recovery', link)
      })
      return c.json({})
    })
    .post('/resend', async (c) => {
      const body = await readBody(c.req.raw, resendSchema)
      const { type, email } = checkResend(context, body)
      const link = { redirectTo: redirectTarget(context, c.req.raw), challenge: checkChallenge(body) }
      mailFrequency.ask(email, type === 'signup' ? 'confirmation' : 'email_change')
      await database.transaction(async (sql) => {
        const user = await findUserByEmail(sql, email)
        if (user) await resend(context, sql, user, type, link)
      })
      return c.json({})
    })
}

async function mailSignIn(context: AuthContext, request: Request): Promise<void> {
  const body = await readBody(request, otpSchema)
  if (body.email && body.phone)
    throw validationFailed('Only an email address or phone number should be provided')
  if (body.email && body.channel) throw validationFailed('Channel should only be specified with Phone OTP')
  const challenge = checkChallenge(body)
  if (body.phone) throw new AuthError(400, 'phone_provider_disabled', 'Unsupported phone provider')
  if (!body.email) throw validationFailed('One of email or phone must be set')
  if (!context.settings.email.enable_signup)
    throw new AuthError(422, 'email_provider_disabled', 'Email logins are disabled')
  const email = checkEmail(body.email)
  await assertSignUpFits(context, { email, data: body.data ?? {} })
  const link = { redirectTo: redirectTarget(context, request), challenge }
  context.mailFrequency.ask(email, 'recovery')
  await orFailure('Database error saving new user', () =>
    context.database.transaction(async (sql) => {
      const user = await findUserByEmail(sql, email)
      if (!user) {
        if (body.create_user === false)
          throw new AuthError(422, 'otp_disabled', 'Signups not allowed for otp')
        await mailFirstSignIn(context, sql, email, body.data ?? {}, link)
        return
      }
      const kind = signInLink(context, user)
      if (!isTooSoon(context, user, kind)) await mailLink(context, sql, user, kind, link)
    }),
  )
}

/** An address that was never confirmed gets the link that a sign-up sends. */
function signInLink({ settings }: AuthContext, user: User): 'magiclink' | 'signup' {
  return user.email_confirmed_at || !settings.email.enable_confirmations ? 'magiclink' : 'signup'
}

/** Somebody who signs in for the first time: unconfirmed until they follow the link, where that is asked. */
async function mailFirstSignIn(
  context: AuthContext,
  sql: Queryable,
  email: string,
  data: Metadata,
  link: LinkRequest,
): Promise<User> {
  const { settings } = context
  if (!settings.enable_signup) throw signUpDisabled()
  const passwordHash = await hashPassword(randomPassword())
  const user = await signUpAccount(sql, { email, passwordHash, data })
  if (settings.email.enable_confirmations) return mailLink(context, sql, user, 'signup', link)
  return mailLink(context, sql, await confirmEmail(sql, user), 'magiclink', link)
}

function checkResend(context: AuthContext, { type, email, phone }: z.infer<typeof resendSchema>) {
  if (!type || !['signup', 'email_change', 'sms', 'phone_change'].includes(type))
    throw validationFailed('Missing one of these types: signup, email_change, sms, phone_change')
  if (!email && type === 'signup') throw validationFailed('Type provided requires an email address')
  if (!phone && type === 'sms') throw validationFailed('Type provided requires a phone number')
  if (email && phone) throw validationFailed('Only an email address or phone number should be provided.')
  if (phone) throw new AuthError(400, 'phone_provider_disabled', 'Phone logins are disabled')
  if (!email) throw validationFailed('Missing email address or phone number')
  requireEmailProvider(context)
  return { type, email: checkEmail(email) }
}

async function resend(
  context: AuthContext,
  sql: Queryable,
  user: User,
  type: string,
  link: LinkRequest,
): Promise<void> {
  if (type === 'signup') {
    if (!user.email_confirmed_at && !isTooSoon(context, user, 'signup'))
      await mailLink(context, sql, user, 'signup', link)
  } else if (type === 'email_change' && user.email_change)
    await mailEmailChange(context, sql, user, user.email_change, link)
}

function requireEmailProvider({ settings }: AuthContext): void {
  if (!settings.email.enable_signup)
    throw new AuthError(400, 'email_provider_disabled', 'Email logins are disabled')
}
