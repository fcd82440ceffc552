import { createHash } from 'node:crypto'
import type { Queryable } from '../../shared/index.ts'
import { forgetTokens } from '../one-time-tokens.ts'
import { endSessions } from '../sessions.ts'
import { type User, updateUser } from '../users.ts'

/** Removes an account; what refers to it in the project decides by its foreign keys what follows. */
export async function hardDelete(sql: Queryable, user: User): Promise<void> {
  await sql.rows('delete from auth.users where id = $1', [user.id])
}

/**
 * Keeps the row, so that what refers to it stays, and makes the person unrecognizable and locked out. An absent
 * address or number is hashed as well, so that nobody sees which of them there were.
 */
export async function softDelete(sql: Queryable, user: User): Promise<void> {
  if (user.deleted_at) return
  const obscured = (text: string | null) => obscure(user.id, text ?? '')
  const obscuredPhone = (phone: string | null) => obscured(phone).slice(0, 15)
  await updateUser(sql, user.id, {
    email: obscured(user.email),
    phone: obscuredPhone(user.phone),
    email_change: obscured(user.email_change),
    phone_change: obscuredPhone(user.phone_change),
    encrypted_password: null,
    confirmation_token: '',
    recovery_token: '',
    email_change_token_new: '',
    email_change_token_current: '',
    phone_change_token: '',
    raw_user_meta_data: {},
    raw_app_meta_data: {},
    deleted_at: new Date(),
  })
  await forgetTokens(sql, user.id)
  const identities = await sql.rows<{ id: string; provider: string; provider_id: string }>(
    'select id, provider, provider_id from auth.identities where user_id = $1',
    [user.id],
  )
  for (const { id, provider, provider_id } of identities)
    await sql.rows(
      `update auth.identities set provider_id = $2, identity_data = '{}', updated_at = now() where id = $1`,
      [id, obscure(user.id, `${provider}:${provider_id}`)],
    )
  await endSessions(sql, user.id, 'global', null)
}

function obscure(userId: string, text: string): string {
  return createHash('sha256')
    .update(userId + text)
    .digest('base64url')
}
