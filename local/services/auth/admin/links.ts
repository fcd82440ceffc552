import { Hono } from 'hono'
import { z } from 'zod'
import { type Queryable, readBody } from '../../shared/index.ts'
import { createEmailAccount, type EmailAccount, orFailure } from '../accounts.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, validationFailed } from '../errors.ts'
import { describeUser } from '../identities.ts'
import { checkEmail, metadataSchema } from '../input.ts'
import { issueLink, linkKinds, mailLink } from '../links.ts'
import { verifyLink } from '../mail/mailer.ts'
import { assertTokenFits } from '../metadata-room.ts'
import { hashCode, makeToken, type OneTimeToken, storeToken } from '../one-time-tokens.ts'
import { assertStrongPassword, hashPassword, randomPassword } from '../passwords.ts'
import { redirectTarget } from '../redirects.ts'
import { emailExists, findUserByEmail, mergeMetadata, type User, updateUser } from '../users.ts'

const inviteSchema = z.object({ email: z.string().nullish(), data: metadataSchema })

const generateSchema = z.object({
  type: z.string().nullish(),
  email: z.string().nullish(),
  new_email: z.string().nullish(),
  password: z.string().nullish(),
  data: metadataSchema,
  redirect_to: z.string().nullish(),
})

type GenerateInput = z.output<typeof generateSchema> & { email: string }

/** A link that was made instead of mailed. */
interface Generated {
  user: User
  token: OneTimeToken
  type: string
  /** Where the answer names another hash than the link does. */
  shownHash?: string
}

/** POST /invite mails an invitation; POST /admin/generate_link gives a link to whoever mails it themselves. */
export function adminLinkRoutes(context: AuthContext): Hono {
  const { database } = context
  return new Hono()
    .post('/invite', async (c) => {
      const body = await readBody(c.req.raw, inviteSchema)
      const email = checkEmail(body.email)
      const redirectTo = redirectTarget(context, c.req.raw)
      const answer = await orFailure('Database error saving new user', () =>
        database.transaction(async (sql) => {
          const user = await unconfirmedUser(context, sql, {
            email,
            data: body.data ?? {},
            passwordHash: null,
          })
          return describeUser(sql, await mailLink(context, sql, user, 'invite', { redirectTo }))
        }),
      )
      return c.json(answer)
    })
    .post('/admin/generate_link', async (c) => {
      const body = await readBody(c.req.raw, generateSchema)
      const input = { ...body, email: checkEmail(body.email) }
      const redirectTo = redirectTarget(context, c.req.raw, body.redirect_to)
      const answer = await orFailure('Database error saving new user', () =>
        database.transaction(async (sql) => {
          const { user, token, type, shownHash } = await generate(context, sql, input)
          const verifyType = type.startsWith('email_change') ? 'email_change' : type
          return {
            ...(await describeUser(sql, user)),
            action_link: verifyLink(context.publicUrl, token.hash, verifyType, redirectTo),
            email_otp: token.code,
            hashed_token: shownHash ?? token.hash,
            verification_type: type,
            redirect_to: redirectTo,
          }
        }),
      )
      return c.json(answer)
    })
}

async function generate(context: AuthContext, sql: Queryable, input: GenerateInput): Promise<Generated> {
  const { type, email } = input
  const data = input.data ?? {}
  const known = await findUserByEmail(sql, email)
  const issue = async (user: User, kind: keyof typeof linkKinds): Promise<Generated> => ({
    ...(await issueLink(context, sql, user, kind)),
    type: linkKinds[kind].verifyType,
  })
  switch (type) {
    case 'magiclink': {
      if (known) return issue(known, 'magiclink')
      // Somebody without an account gets one by following the link.
      const passwordHash = await hashPassword(randomPassword())
      return issue(await makeAccount(context, sql, { email, data, passwordHash }), 'signup')
    }
    case 'recovery':
      return issue(known ?? notFound(), 'recovery')
    case 'invite':
      return issue(await unconfirmedUser(context, sql, { email, data, passwordHash: null }), 'invite')
    case 'signup':
      return issue(await signUpUser(context, sql, known, input), 'signup')
    case 'email_change_current':
    case 'email_change_new':
      return generateEmailChange(context, sql, known ?? notFound(), { ...input, type })
    default:
      throw validationFailed(`Invalid email action link type requested: ${(type ?? '').slice(0, 64)}`)
  }
}

async function signUpUser(
  context: AuthContext,
  sql: Queryable,
  known: User | null,
  { email, password, data }: GenerateInput,
): Promise<User> {
  if (known?.email_confirmed_at) throw emailExists()
  if (known) {
    const changed = await updateUser(sql, known.id, {
      raw_user_meta_data: mergeMetadata(known.raw_user_meta_data, data ?? {}),
    })
    await assertTokenFits(context, changed, known)
    return changed
  }
  if (!password) throw validationFailed('Signup requires a valid password')
  assertStrongPassword(password, context.settings)
  return makeAccount(context, sql, { email, data: data ?? {}, passwordHash: await hashPassword(password) })
}

/** One of the two links of a change; the other one is asked for by itself and stays as it is. */
async function generateEmailChange(
  { settings }: AuthContext,
  sql: Queryable,
  user: User,
  input: GenerateInput & { type: 'email_change_current' | 'email_change_new' },
): Promise<Generated> {
  const isForCurrent = input.type === 'email_change_current'
  if (isForCurrent && !settings.email.double_confirm_changes)
    throw validationFailed('Enable secure email change to generate link for current email')
  const newEmail = checkEmail(input.new_email)
  if (await findUserByEmail(sql, newEmail)) throw emailExists()
  const token = makeToken(isForCurrent ? input.email : newEmail, settings)
  const purpose = isForCurrent ? 'email_change_current' : 'email_change_new'
  const changes = { email_change: newEmail, email_change_confirm_status: 0 }
  return {
    user: await storeToken(sql, user, purpose, token, changes),
    token,
    type: input.type,
    // Supabase answers with the hash for the address in use, whichever link it made: only the link is of use.
    shownHash: hashCode(input.email, token.code),
  }
}

/** The account of an address that nobody has confirmed, made where there is none. */
async function unconfirmedUser(context: AuthContext, sql: Queryable, account: EmailAccount): Promise<User> {
  const known = await findUserByEmail(sql, account.email)
  if (known?.email_confirmed_at) throw emailExists()
  return known ?? makeAccount(context, sql, account)
}

async function makeAccount(context: AuthContext, sql: Queryable, account: EmailAccount): Promise<User> {
  const user = await createEmailAccount(sql, account)
  await assertTokenFits(context, user)
  return user
}

function notFound(): never {
  throw new AuthError(404, 'user_not_found', 'User with this email not found')
}
