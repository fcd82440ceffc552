import { createHash } from 'node:crypto'
import type { Queryable } from '../../shared/index.ts'
import { endSessions } from '../sessions.ts'
import { type User, updateUser } from '../users.ts'

/** Removes an account; what refers to it in the project decides by its foreign keys what follows. */
export async function hardDelete(sql: Queryable, user: User): Promise<void> {
  await sql.rows('delete from auth.users where id = $1', [user.id])
}

/** Keeps the row, so that what refers to it stays, and makes the person unrecognizable and locked out. */
export async function softDelete(sql: Queryable, user: User): Promise<void> {
  if (user.deleted_at) return
  const obscure = (text: string | null) => text && obscured(user.id, text)
  await updateUser(sql, user.id, {
    email: obscure(user.email),
    phone: obscure(user.phone)?.slice(0, 15) ?? null,
    email_change: '',
    encrypted_password: '',
    confirmation_token: '',
    recovery_token: '',
    email_change_token_new: '',
    email_change_token_current: '',
    reauthentication_token: '',
    raw_user_meta_data: {},
    raw_app_meta_data: {},
    deleted_at: new Date(),
  })
  await sql.rows(
    `update auth.identities
     set provider_id = $2 || provider, identity_data = '{}', updated_at = now() where user_id = $1`,
    [user.id, obscured(user.id, user.id)],
  )
  await endSessions(sql, user.id, 'global', null)
}

function obscured(userId: string, text: string): string {
  return createHash('sha256')
    .update(userId + text)
    .digest('base64url')
}
