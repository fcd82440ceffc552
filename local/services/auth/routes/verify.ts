import { Hono } from 'hono'
import { z } from 'zod'
import { readBody } from '../../shared/index.ts'
import type { AuthContext } from '../context.ts'
import { AuthError, validationFailed } from '../errors.ts'
import { hashCode, pkcePrefix } from '../one-time-tokens.ts'
import { issueCode } from '../pkce.ts'
import { redirectTarget } from '../redirects.ts'
import { startSession } from '../sessions.ts'
import { isVerifyType, type VerifyType, verifyToken } from '../verification.ts'

const bodySchema = z.object({
  type: z.string().nullish(),
  email: z.string().nullish(),
  phone: z.string().nullish(),
  token: z.string().nullish(),
  token_hash: z.string().nullish(),
})

const halfConfirmed = 'Confirmation link accepted. Please proceed to confirm link sent to the other email'

/** POST /verify answers with a session, GET /verify (a mailed link) leads to the site with one. */
export function verifyRoutes(context: AuthContext): Hono {
  return new Hono()
    .post('/verify', async (c) => {
      const body = await readBody(c.req.raw, bodySchema)
      const type = checkType(body.type)
      const hashes = hashesOf(body)
      const answer = await context.database.transaction(async (sql) => {
        const verified = await verifyToken(context, sql, type, hashes)
        if (verified === 'asksOther') return { msg: halfConfirmed, code: 200 }
        return startSession(context, sql, verified.user, 'otp', c.req.header('user-agent') ?? null)
      })
      return c.json(answer)
    })
    .get('/verify', async (c) => {
      // Mail scanners probe links with HEAD, which must not spend the code.
      if (c.req.method === 'HEAD') return c.body(null, 200)
      const target = redirectTarget(context, c.req.raw)
      try {
        const type = checkType(c.req.query('type'))
        const hash = c.req.query('token') || c.req.query('token_hash')
        if (!hash) throw validationFailed('Verify requires a token or a token hash')
        const userAgent = c.req.header('user-agent') ?? null
        return c.redirect(await followLink(context, type, hash, target, userAgent), 303)
      } catch (error) {
        if (!(error instanceof AuthError) || error.status >= 500) throw error
        return c.redirect(withFragment(target, errorFragment(error)), 303)
      }
    })
}

/** Where a followed link leads. */
function followLink(
  context: AuthContext,
  type: VerifyType,
  hash: string,
  target: string,
  userAgent: string | null,
): Promise<string> {
  return context.database.transaction(async (sql) => {
    const verified = await verifyToken(context, sql, type, [hash])
    if (verified === 'asksOther') return withFragment(target, { message: halfConfirmed })
    if (verified.pkce) {
      const url = new URL(target)
      url.searchParams.set('code', await issueCode(sql, verified.user))
      return url.href
    }
    const session = await startSession(context, sql, verified.user, 'otp', userAgent)
    return withFragment(target, {
      access_token: session.access_token,
      expires_at: String(session.expires_at),
      expires_in: String(session.expires_in),
      refresh_token: session.refresh_token,
      token_type: session.token_type,
      type,
    })
  })
}

function checkType(type: string | null | undefined): VerifyType {
  if (!type) throw validationFailed('Verify requires a verification type')
  if (!isVerifyType(type)) throw validationFailed('Invalid email verification type')
  return type
}

function hashesOf({ email, phone, token, token_hash }: z.infer<typeof bodySchema>): string[] {
  if (token_hash) {
    if (email || phone) throw validationFailed('Only the token_hash and type should be provided')
    return [token_hash]
  }
  if (!token) throw validationFailed('Verify requires either a token or a token hash')
  if (!email) throw validationFailed('Only an email address or phone number should be provided on verify')
  const hash = hashCode(email, token)
  return [hash, pkcePrefix + hash]
}

function errorFragment(error: AuthError): Record<string, string> {
  const description = error.code === 'otp_expired' ? 'Email link is invalid or has expired' : error.message
  return { error: 'access_denied', error_code: error.code, error_description: description }
}

function withFragment(target: string, values: Record<string, string>): string {
  return `${target.replace(/#.*$/, '')}#${new URLSearchParams(values)}`
}
