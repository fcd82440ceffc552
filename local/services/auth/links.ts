import type { Queryable } from '../shared/index.ts'
import type { AuthContext } from './context.ts'
import type { Challenge } from './input.ts'
import type { MailKind } from './mail/templates.ts'
import {
  mailedTooSoon,
  makeToken,
  type OneTimeToken,
  secondsToWait,
  storeToken,
  type TokenPurpose,
} from './one-time-tokens.ts'
import { rememberChallenge } from './pkce.ts'
import type { SignInMethod } from './sessions.ts'
import type { User } from './users.ts'

/** A link that signs its reader in, and what stands behind it. */
interface LinkKind {
  mail: MailKind
  purpose: TokenPurpose
  /** The `type` that `/verify` is asked for. */
  verifyType: string
  method: SignInMethod
}

export const linkKinds = {
  signup: { mail: 'confirmation', purpose: 'confirmation', verifyType: 'signup', method: 'email/signup' },
  invite: { mail: 'invite', purpose: 'confirmation', verifyType: 'invite', method: 'invite' },
  magiclink: { mail: 'magic_link', purpose: 'recovery', verifyType: 'magiclink', method: 'magiclink' },
  recovery: { mail: 'recovery', purpose: 'recovery', verifyType: 'recovery', method: 'recovery' },
} as const satisfies Record<string, LinkKind>

export interface LinkRequest {
  redirectTo: string
  challenge?: Challenge | undefined
}

/** Makes and stores the token of a link; the token is returned for whoever delivers it. */
export async function issueLink(
  context: AuthContext,
  sql: Queryable,
  user: User,
  kind: keyof typeof linkKinds,
  challenge?: Challenge,
): Promise<{ user: User; token: OneTimeToken }> {
  const { purpose, method } = linkKinds[kind]
  const prefix = await rememberChallenge(sql, user, challenge, method)
  const token = makeToken(user.email ?? '', context.settings, prefix)
  const changes = kind === 'invite' ? { invited_at: new Date() } : {}
  return { user: await storeToken(sql, user, purpose, token, changes), token }
}

/** Whether a person was mailed for a kind of link so lately that nothing is sent yet. */
export function isTooSoon({ settings }: AuthContext, user: User, kind: keyof typeof linkKinds): boolean {
  return secondsToWait(user, linkKinds[kind].purpose, settings) > 0
}

/** Mails a link to a person's address. How soon after the last one is for the caller to have asked. */
export async function mailLink(
  context: AuthContext,
  sql: Queryable,
  user: User,
  kind: keyof typeof linkKinds,
  { redirectTo, challenge }: LinkRequest,
): Promise<User> {
  const { mail, verifyType } = linkKinds[kind]
  const issued = await issueLink(context, sql, user, kind, challenge)
  await context.mailer.send({
    kind: mail,
    to: user.email ?? '',
    token: issued.token,
    verifyType,
    redirectTo,
    data: user.raw_user_meta_data ?? {},
  })
  return issued.user
}

/** Asks a person at the new address, and at the old one too where both must agree. */
export async function mailEmailChange(
  context: AuthContext,
  sql: Queryable,
  user: User,
  newEmail: string,
  { redirectTo, challenge }: LinkRequest,
): Promise<User> {
  const prefix = await rememberChallenge(sql, user, challenge, 'email_change')
  const asksBoth = context.settings.email.double_confirm_changes && Boolean(user.email)
  const forCurrent = asksBoth ? makeToken(user.email ?? '', context.settings, prefix) : null
  const forNew = makeToken(newEmail, context.settings, prefix)
  const changes = { email_change: newEmail, email_change_confirm_status: 0 }
  let changed = await storeToken(sql, user, 'email_change_new', forNew, changes)
  if (forCurrent) changed = await storeToken(sql, changed, 'email_change_current', forCurrent)
  const mail = {
    kind: 'email_change' as const,
    email: user.email ?? '',
    newEmail,
    verifyType: 'email_change',
    redirectTo,
    data: user.raw_user_meta_data ?? {},
  }
  if (forCurrent) await context.mailer.send({ ...mail, to: user.email ?? '', token: forCurrent })
  await context.mailer.send({ ...mail, to: newEmail, token: forNew })
  return changed
}

/** Mails a code that proves, before a delicate change, that the person is still there. */
export async function mailReauthentication(context: AuthContext, sql: Queryable, user: User): Promise<User> {
  requirePause(context, user, 'reauthentication')
  const token = makeToken(user.email ?? '', context.settings)
  const changed = await storeToken(sql, user, 'reauthentication', token)
  await context.mailer.send({
    kind: 'reauthentication',
    to: user.email ?? '',
    token,
    verifyType: 'reauthentication',
    redirectTo: context.settings.site_url,
    data: user.raw_user_meta_data ?? {},
  })
  return changed
}

/** @throws AuthError 429 too soon after the last mail; for people who have proved who they are */
export function requirePause({ settings }: AuthContext, user: User, purpose: TokenPurpose): void {
  const seconds = secondsToWait(user, purpose, settings)
  if (seconds > 0) throw mailedTooSoon(seconds)
}
