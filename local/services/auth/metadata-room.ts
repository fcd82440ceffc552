import { longestBearerToken } from '../shared/index.ts'
import { type AccessTokens, claimsOf, type TokenSubject } from './access-tokens.ts'
import type { AuthContext } from './context.ts'
import { validationFailed } from './errors.ts'
import { longestEmail, longestPhone } from './input.ts'
import type { SignInMethod } from './sessions.ts'
import type { Metadata } from './users.ts'

/*
 * Metadata stand in the access token, and a token that the gateway does not take locks its person out, of the request
 * too that would make it shorter. So what does not fit is refused where it is written.
 */

/** A way of signing in whose name in the token is as long as any other's. */
const method: SignInMethod = 'email/signup'

/** What Auth itself writes into metadata later, when nobody is there to be refused: as long as it gets. */
const laterAppMetadata = { provider: 'email', providers: ['email', 'phone'] }
const laterUserMetadata = { email_verified: false }

/**
 * @param before the account as it was: one that is too large already, by SQL, may be made smaller step by step
 * @throws AuthError `validation_failed` where the account could get a token that the gateway refuses
 */
export async function assertTokenFits(
  { tokens }: Pick<AuthContext, 'tokens'>,
  user: TokenSubject,
  before?: TokenSubject,
): Promise<void> {
  const excess = await excessOf(tokens, user)
  if (excess <= 0 || (before && excess <= (await excessOf(tokens, before)))) return
  const size = bytesOf(user.raw_user_meta_data) + bytesOf(user.raw_app_meta_data)
  throw validationFailed(
    `The access token has no room for the metadata: user_metadata and app_metadata together may have ${size - excess}` +
      ` bytes as JSON, and would have ${size}.`,
  )
}

/** The bytes that the claims have too many in the longest token that the account can get. */
async function excessOf(tokens: AccessTokens, user: TokenSubject): Promise<number> {
  const longest: TokenSubject = {
    ...user,
    email: 'x'.repeat(longestEmail),
    phone: '0'.repeat(longestPhone),
    raw_app_meta_data: longer(user.raw_app_meta_data, laterAppMetadata),
    raw_user_meta_data: longer(user.raw_user_meta_data, laterUserMetadata),
    is_anonymous: false,
  }
  const timestamp = Math.floor(Date.now() / 1000)
  const { token } = await tokens.sign(claimsOf(longest, user.id, [{ method, timestamp }]))
  const [header = '', claims = '', signature = ''] = token.split('.')
  const room = longestBearerToken - `${header}..${signature}`.length
  return Buffer.byteLength(claims, 'base64url') - Math.floor((room * 3) / 4)
}

function longer(metadata: Metadata | null, later: Metadata): Metadata {
  const changed = { ...metadata, ...later }
  return metadata && bytesOf(metadata) > bytesOf(changed) ? metadata : changed
}

function bytesOf(metadata: Metadata | null): number {
  return Buffer.byteLength(JSON.stringify(metadata ?? {}))
}
