import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { readBody } from '../../shared/index.ts'
import { orFailure } from '../accounts.ts'
import { clientOf, type PeerEnv } from '../client.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, validationFailed } from '../errors.ts'
import { checkEmail, checkPhone } from '../input.ts'
import { escapeHtml } from '../mail/templates.ts'
import { pkcePrefix } from '../one-time-tokens.ts'
import { issueCode } from '../pkce.ts'
import { redirectTarget } from '../redirects.ts'
import { startSession } from '../sessions.ts'
import {
  isVerifyType,
  linkMethods,
  type VerifyType,
  verifyCode,
  verifyHash,
  wrongCode,
} from '../verification.ts'

const bodySchema = z.object({
  type: z.string().nullish(),
  email: z.string().nullish(),
  phone: z.string().nullish(),
  token: z.string().nullish(),
  token_hash: z.string().nullish(),
  redirect_to: z.string().nullish(),
})

type VerifyBody = z.infer<typeof bodySchema>

const halfConfirmed = 'Confirmation link accepted. Please proceed to confirm link sent to the other email'

/** The names that OAuth has for a failure. */
const oauthErrors: Record<number, string> = {
  400: 'invalid_request',
  401: 'unauthorized_client',
  403: 'access_denied',
  500: 'server_error',
  503: 'temporarily_unavailable',
}

/** POST /verify answers with a session, GET /verify (a mailed link) leads to the site with one. */
export function verifyRoutes(context: AuthContext): Hono<PeerEnv> {
  return new Hono<PeerEnv>()
    .post('/verify', async (c) => {
      const body = await readBody(c.req.raw, bodySchema)
      const { type, hash, code, email } = checkBody(body)
      const answer = await orFailure('Database error updating user', () =>
        context.database.transaction(async (sql) => {
          const user =
            code === null
              ? await verifyHash(context, sql, type, hash)
              : await verifyCode(context, sql, type, email, code)
          if (!user) return { msg: halfConfirmed, code: '200' }
          return startSession(context, sql, user, 'otp', clientOf(c))
        }),
      )
      return c.json(answer)
    })
    .get('/verify', async (c) => {
      // Mail scanners probe links with HEAD, which must not spend the code.
      if (c.req.method === 'HEAD') return c.body(null, 200)
      const type = c.req.query('type')
      const hash = c.req.query('token')
      if (!type) throw validationFailed('Verify requires a verification type')
      if (!hash) throw validationFailed('Verify requires a token or a token hash')
      const target = redirectTarget(context, c.req.raw)
      const isPkce = hash.startsWith(pkcePrefix)
      return seeOther(
        await followLink(context, c, type, hash, target).catch((error: unknown) => {
          if (error instanceof AuthError) return withMessage(target, errorValues(error), isPkce)
          throw error
        }),
      )
    })
}

/** Where a followed link leads. */
function followLink(
  context: AuthContext,
  c: Context<PeerEnv>,
  type: string,
  hash: string,
  target: string,
): Promise<string> {
  const isPkce = hash.startsWith(pkcePrefix)
  const follow = () =>
    context.database.transaction(async (sql) => {
      const known = checkType(type)
      const user = await verifyHash(context, sql, known, hash)
      if (!user) return withMessage(target, { message: halfConfirmed }, isPkce)
      if (isPkce && known !== 'email') {
        const url = new URL(target)
        url.searchParams.set('code', await issueCode(sql, user, linkMethods[known]))
        return url.href
      }
      const session = await startSession(context, sql, user, 'otp', clientOf(c))
      return withFragment(target, {
        access_token: session.access_token,
        expires_at: String(session.expires_at),
        expires_in: String(session.expires_in),
        refresh_token: session.refresh_token,
        token_type: session.token_type,
        type,
      })
    })
  return orFailure('Error confirming user', follow)
}

function checkType(type: string): VerifyType {
  if (!isVerifyType(type)) throw validationFailed('Invalid email verification type')
  return type
}

function checkBody({ type, email, phone, token, token_hash, redirect_to }: VerifyBody) {
  if (!type) throw validationFailed('Verify requires a verification type')
  if (Boolean(token) === Boolean(token_hash))
    throw validationFailed('Verify requires either a token or a token hash')
  if (token_hash) {
    if (email || phone || redirect_to)
      throw validationFailed('Only the token_hash and type should be provided')
    return { type: checkType(type), hash: token_hash, code: null, email: '' }
  }
  if (Boolean(email) === Boolean(phone))
    throw validationFailed('Only an email address or phone number should be provided on verify')
  // Nobody has a number here; it is looked at all the same, as on Supabase.
  if (phone) checkPhone(phone)
  const address = email ? checkVerifyEmail(email) : ''
  if (phone || !isVerifyType(type)) throw wrongCode()
  return { type, hash: '', code: token ?? '', email: address }
}

function checkVerifyEmail(email: string): string {
  try {
    return checkEmail(email)
  } catch {
    throw new AuthError(422, 'validation_failed', 'Invalid email format')
  }
}

function errorValues({ status, code, message }: AuthError): Record<string, string> {
  const error = oauthErrors[status]
  return { ...(error ? { error } : {}), error_code: code, error_description: message }
}

/** A message stands in the fragment, and for clients of the PKCE flow in the query too, which is what they read. */
function withMessage(target: string, values: Record<string, string>, isPkce: boolean): string {
  if (!isPkce) return withFragment(target, values)
  const url = new URL(target)
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value)
  return withFragment(url.href, values)
}

/** `sb` tells a client that these words are from Auth. */
function withFragment(target: string, values: Record<string, string>): string {
  return `${target.replace(/#.*$/, '')}#${new URLSearchParams({ ...values, sb: '' })}`
}

function seeOther(location: string): Response {
  return new Response(`<a href="${escapeHtml(location)}">See Other</a>.\n\n`, {
    status: 303,
    headers: { location, 'content-type': 'text/html; charset=utf-8' },
  })
}
