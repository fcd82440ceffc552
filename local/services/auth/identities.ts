import type { Queryable } from '../shared/index.ts'
import type { Metadata, User } from './users.ts'

/** A row of `auth.identities`: one way in which a person is known. */
export interface Identity {
  id: string
  provider_id: string
  user_id: string
  identity_data: Metadata
  provider: string
  last_sign_in_at: Date | null
  created_at: Date
  updated_at: Date
  email: string | null
}

/** Makes the identity of an e-mail address or a phone number. */
export async function insertIdentity(
  sql: Queryable,
  user: User,
  provider: 'email' | 'phone',
  data: Metadata,
): Promise<void> {
  await sql.rows(
    `insert into auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at)
     values ($1::uuid::text, $1::uuid, $2, $3, now())`,
    [user.id, { ...data, sub: user.id }, provider],
  )
}

export function identitiesOf(sql: Queryable, userId: string): Promise<Identity[]> {
  return sql.rows<Identity>('select * from auth.identities where user_id = $1 order by created_at', [userId])
}

/** Keeps the e-mail identity in step with the account, making it for accounts that never had one. */
export async function syncEmailIdentity(sql: Queryable, user: User, data: Metadata): Promise<void> {
  const updated = await sql.rows(
    `update auth.identities set identity_data = identity_data || $2::jsonb, updated_at = now()
     where user_id = $1 and provider = 'email' returning id`,
    [user.id, data],
  )
  if (updated.length === 0) await insertIdentity(sql, user, 'email', { email: user.email, ...data })
}

/** A person as clients see them; keys without a value are left out of the JSON. */
export function userResponse(user: User, identities: Identity[]) {
  return {
    id: user.id,
    aud: user.aud ?? 'authenticated',
    role: user.role ?? 'authenticated',
    email: user.email ?? '',
    email_confirmed_at: user.email_confirmed_at ?? undefined,
    invited_at: user.invited_at ?? undefined,
    phone: user.phone ?? '',
    phone_confirmed_at: user.phone_confirmed_at ?? undefined,
    confirmation_sent_at: user.confirmation_sent_at ?? undefined,
    confirmed_at: user.confirmed_at ?? undefined,
    recovery_sent_at: user.recovery_sent_at ?? undefined,
    new_email: user.email_change || undefined,
    email_change_sent_at: user.email_change_sent_at ?? undefined,
    last_sign_in_at: user.last_sign_in_at ?? undefined,
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    identities: identities.map(({ id, provider_id, email, ...identity }) => ({
      identity_id: id,
      id: provider_id,
      ...identity,
      email: email ?? undefined,
    })),
    created_at: user.created_at,
    updated_at: user.updated_at,
    banned_until: user.banned_until ?? undefined,
    deleted_at: user.deleted_at ?? undefined,
    is_anonymous: user.is_anonymous,
  }
}

/** A person with their identities, as clients see them. */
export async function describeUser(sql: Queryable, user: User) {
  return userResponse(user, await identitiesOf(sql, user.id))
}
