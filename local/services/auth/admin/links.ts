import { Hono } from 'hono'
import { z } from 'zod'
import { type Queryable, readBody } from '../../shared/index.ts'
import { createEmailAccount, orFailure } from '../accounts.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, validationFailed } from '../errors.ts'
import { describeUser } from '../identities.ts'
import { emailSchema, metadataSchema } from '../input.ts'
import { issueLink, linkKinds, mailLink } from '../links.ts'
import { verifyLink } from '../mail/mailer.ts'
import { makeToken, type OneTimeToken, storeToken } from '../one-time-tokens.ts'
import { assertStrongPassword, hashPassword, randomPassword } from '../passwords.ts'
import { redirectTarget } from '../redirects.ts'
import { emailExists, findUserByEmail, type User } from '../users.ts'

const dataSchema = metadataSchema.nullish().transform((data) => data ?? {})

const inviteSchema = z.object({ email: emailSchema, data: dataSchema })

const generateSchema = z.object({
  type: z.enum(['signup', 'invite', 'magiclink', 'recovery', 'email_change_current', 'email_change_new'], {
    error: 'Invalid email action link type requested',
  }),
  email: emailSchema,
  new_email: emailSchema.or(z.literal('')).nullish(),
  password: z.string().nullish(),
  data: dataSchema,
})

type GenerateInput = z.output<typeof generateSchema>

/** A link that was made instead of mailed. */
interface Generated {
  user: User
  token: OneTimeToken
  type: string
}

/** POST /invite mails an invitation; POST /admin/generate_link gives a link to whoever mails it themselves. */
export function adminLinkRoutes(context: AuthContext): Hono {
  const { database } = context
  return new Hono()
    .post('/invite', async (c) => {
      const { email, data } = await readBody(c.req.raw, inviteSchema)
      const redirectTo = redirectTarget(context, c.req.raw)
      const answer = await orFailure('Database error saving new user', () =>
        database.transaction(async (sql) => {
          const user = await unconfirmedUser(sql, email, data, null)
          return describeUser(sql, await mailLink(context, sql, user, 'invite', { redirectTo }))
        }),
      )
      return c.json(answer)
    })
    .post('/admin/generate_link', async (c) => {
      const input = await readBody(c.req.raw, generateSchema)
      const redirectTo = redirectTarget(context, c.req.raw)
      const answer = await orFailure('Database error saving new user', () =>
        database.transaction(async (sql) => {
          const { user, token, type } = await generate(context, sql, input)
          const verifyType = type.startsWith('email_change') ? 'email_change' : type
          return {
            ...(await describeUser(sql, user)),
            action_link: verifyLink(context.publicUrl, token.hash, verifyType, redirectTo),
            email_otp: token.code,
            hashed_token: token.hash,
            verification_type: type,
            redirect_to: redirectTo,
          }
        }),
      )
      return c.json(answer)
    })
}

async function generate(context: AuthContext, sql: Queryable, input: GenerateInput): Promise<Generated> {
  const { type, email, data } = input
  const known = await findUserByEmail(sql, email)
  const issue = async (user: User, kind: keyof typeof linkKinds): Promise<Generated> => ({
    ...(await issueLink(context, sql, user, kind)),
    type: linkKinds[kind].verifyType,
  })
  switch (type) {
    case 'magiclink':
      // Somebody without an account gets one by following the link.
      return known
        ? issue(known, 'magiclink')
        : issue(await unconfirmedUser(sql, email, data, await hashPassword(randomPassword())), 'signup')
    case 'recovery':
      return issue(known ?? notFound(), 'recovery')
    case 'invite':
      return issue(await unconfirmedUser(sql, email, data, null), 'invite')
    case 'signup': {
      if (!input.password) throw validationFailed('Signup requires a valid password')
      assertStrongPassword(input.password, context.settings)
      return issue(await unconfirmedUser(sql, email, data, await hashPassword(input.password)), 'signup')
    }
    default:
      return generateEmailChange(context, sql, known ?? notFound(), input)
  }
}

/** One of the two links of a change; the other one is asked for by itself and stays as it is. */
async function generateEmailChange(
  context: AuthContext,
  sql: Queryable,
  user: User,
  { type, new_email: newEmail }: GenerateInput,
): Promise<Generated> {
  if (!newEmail) throw validationFailed('A new email address is required')
  if (await findUserByEmail(sql, newEmail)) throw emailExists()
  const isForCurrent = type === 'email_change_current'
  if (isForCurrent && !context.settings.email.double_confirm_changes)
    throw validationFailed('Enable secure email change to generate link for current email')
  const token = makeToken(isForCurrent ? (user.email ?? '') : newEmail, context.settings)
  const purpose = isForCurrent ? 'email_change_current' : 'email_change_new'
  const changes = { email_change: newEmail, email_change_confirm_status: 0 }
  return { user: await storeToken(sql, user, purpose, token, changes), token, type }
}

/** The account of an address that nobody has confirmed, made where there is none. */
async function unconfirmedUser(
  sql: Queryable,
  email: string,
  data: Record<string, unknown>,
  passwordHash: string | null,
): Promise<User> {
  const known = await findUserByEmail(sql, email)
  if (known?.email_confirmed_at) throw emailExists()
  return known ?? (await createEmailAccount(sql, { email, passwordHash, data }))
}

function notFound(): never {
  throw new AuthError(404, 'user_not_found', 'User with this email not found')
}
