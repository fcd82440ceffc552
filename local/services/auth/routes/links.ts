import { Hono } from 'hono'
import { z } from 'zod'
import { type Queryable, readBody } from '../../shared/index.ts'
import { confirmEmail, createEmailAccount, orFailure } from '../accounts.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, validationFailed } from '../errors.ts'
import { challengeSchema, emailSchema, metadataSchema } from '../input.ts'
import { type LinkRequest, mailEmailChange, mailLink } from '../links.ts'
import { hashPassword, randomPassword } from '../passwords.ts'
import { redirectTarget } from '../redirects.ts'
import { findUserByEmail, type Metadata, type User } from '../users.ts'
import { signUpDisabled } from './sign-up.ts'

const otpSchema = z.object({
  email: emailSchema.nullish(),
  phone: z.string().nullish(),
  create_user: z.boolean().default(true),
  data: metadataSchema.nullish().transform((data) => data ?? {}),
  ...challengeSchema,
})
const recoverSchema = z.object({ email: emailSchema, ...challengeSchema })
const resendSchema = z.object({
  type: z.enum(['signup', 'email_change', 'sms', 'phone_change'], {
    error: 'Missing one of these types: signup, email_change, sms, phone_change',
  }),
  email: emailSchema.nullish(),
  ...challengeSchema,
})

/** POST /otp, /magiclink, /recover and /resend: each mails a link with a code, and says nothing else. */
export function linkRoutes(context: AuthContext): Hono {
  const { database } = context
  const mailSignIn = async (request: Request) => {
    const { email, phone, create_user, data, ...challenge } = await readBody(request, otpSchema)
    if (phone) throw new AuthError(400, 'phone_provider_disabled', 'Unsupported phone provider')
    if (!email) throw validationFailed('One of email or phone must be set')
    const link = { redirectTo: redirectTarget(context, request), challenge }
    await orFailure('Database error saving new user', () =>
      database.transaction(async (sql) => {
        const user = await findUserByEmail(sql, email)
        if (user) return mailLink(context, sql, user, signInLink(context, user), link)
        if (!create_user) throw new AuthError(422, 'otp_disabled', 'Signups not allowed for otp')
        return mailFirstSignIn(context, sql, email, data, link)
      }),
    )
  }
  return new Hono()
    .on('POST', ['/otp', '/magiclink'], async (c) => {
      await mailSignIn(c.req.raw)
      return c.json({})
    })
    .post('/recover', async (c) => {
      const { email, ...challenge } = await readBody(c.req.raw, recoverSchema)
      const redirectTo = redirectTarget(context, c.req.raw)
      await database.transaction(async (sql) => {
        const user = await findUserByEmail(sql, email)
        if (user) await mailLink(context, sql, user, 'recovery', { redirectTo, challenge })
      })
      return c.json({})
    })
    .post('/resend', async (c) => {
      const { type, email, ...challenge } = await readBody(c.req.raw, resendSchema)
      if (type === 'sms' || type === 'phone_change')
        throw new AuthError(400, 'phone_provider_disabled', 'Unsupported phone provider')
      if (!email) throw validationFailed('Type provided requires an email address')
      const link = { redirectTo: redirectTarget(context, c.req.raw), challenge }
      await database.transaction(async (sql) => {
        const user = await findUserByEmail(sql, email)
        if (user) await resend(context, sql, user, type, link)
      })
      return c.json({})
    })
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
  if (!settings.enable_signup || !settings.email.enable_signup) throw signUpDisabled()
  const passwordHash = await hashPassword(randomPassword())
  const user = await createEmailAccount(sql, { email, passwordHash, data })
  if (settings.email.enable_confirmations) return mailLink(context, sql, user, 'signup', link)
  return mailLink(context, sql, await confirmEmail(sql, user), 'magiclink', link)
}

async function resend(
  context: AuthContext,
  sql: Queryable,
  user: User,
  type: 'signup' | 'email_change',
  link: LinkRequest,
): Promise<void> {
  if (type === 'signup') {
    if (!user.email_confirmed_at) await mailLink(context, sql, user, 'signup', link)
  } else if (user.email_change) await mailEmailChange(context, sql, user, user.email_change, link)
}
