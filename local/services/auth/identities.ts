import type { Queryable } from '../shared/index.ts'
import { unexpectedFailure } from './errors.ts'
import type { Metadata, User } from './users.ts'
import { mergeMetadata, updateUser } from './users.ts'

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

/** Makes the identity of an e-mail address or a phone number; `claims` is what it is known to say. */
export async function insertIdentity(
  sql: Queryable,
  user: User,
  provider: 'email' | 'phone',
  claims: Metadata,
): Promise<void> {
  await sql.rows(
    `insert into auth.identities
       (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
     values ($1::uuid::text, $1::uuid, $2, $3, now(), now(), now())`,
    [user.id, { email_verified: false, phone_verified: false, ...claims, sub: user.id }, provider],
  )
}

export async function identitiesOf(sql: Queryable, userId: string): Promise<Identity[]> {
  const identities = await sql.rows<Identity>(
    'select * from auth.identities where user_id = $1 order by created_at',
    [userId],
  )
  if (identities.every(({ created_at, updated_at }) => created_at && updated_at)) return identities
  console.error(
    `Auth: created_at or updated_at of an identity of ${userId} is null: fill it in the SQL that made it.`,
  )
  throw unexpectedFailure('Database error querying schema')
}

/** Writes into the identity of an address or a number, making it for accounts that never had one. */
export async function mergeIdentity(
  sql: Queryable,
  user: User,
  provider: 'email' | 'phone',
  claims: Metadata,
): Promise<void> {
  const updated = await sql.rows(
    `update auth.identities set identity_data = identity_data || $2::jsonb, updated_at = now()
     where user_id = $1 and provider = $3 returning id`,
    [user.id, claims, provider],
  )
  if (updated.length === 0) await insertIdentity(sql, user, provider, claims)
}

/** Marks the identities of the account's own address as verified. */
export async function verifyIdentities(sql: Queryable, user: User): Promise<void> {
  await sql.rows(
    `update auth.identities set identity_data = identity_data || '{"email_verified": true}', updated_at = now()
     where user_id = $1 and email = $2`,
    [user.id, user.email],
  )
}

/** Names in the account's metadata the providers that its identities have. */
export async function syncProviders(sql: Queryable, user: User): Promise<User> {
  const providers = [...new Set((await identitiesOf(sql, user.id)).map(({ provider }) => provider))]
  const [provider] = providers
  return updateUser(sql, user.id, {
    raw_app_meta_data: mergeMetadata(user.raw_app_meta_data, {
      providers,
      ...(provider ? { provider } : {}),
    }),
  })
}

/** A person as clients see them; keys without a value are left out of the JSON. */
export function userResponse(user: User, identities: Identity[] | null) {
  return {
    id: user.id,
    aud: user.aud,
    role: user.role,
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
    new_phone: user.phone_change || undefined,
    phone_change_sent_at: user.phone_change_sent_at ?? undefined,
    reauthentication_sent_at: user.reauthentication_sent_at ?? undefined,
    last_sign_in_at: user.last_sign_in_at ?? undefined,
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    identities:
      identities?.map(({ id, provider_id, email, ...identity }) => ({
        identity_id: id,
        id: provider_id,
        ...identity,
        email: email ?? undefined,
      })) ?? null,
    created_at: user.created_at,
    updated_at: user.updated_at,
    banned_until: user.banned_until ?? undefined,
    deleted_at: user.deleted_at ?? undefined,
    is_anonymous: user.is_anonymous,
  }
}

export type UserResponse = ReturnType<typeof userResponse>

/** A person with their identities, as clients see them. */
export async function describeUser(sql: Queryable, user: User): Promise<UserResponse> {
  return userResponse(user, await identitiesOf(sql, user.id))
}

/**
 * Somebody who was just made, as Supabase answers: from what it wrote, without the column that the database
 * generates.
 */
export async function describeNewUser(sql: Queryable, user: User): Promise<UserResponse> {
  return { ...(await describeUser(sql, user)), confirmed_at: undefined }
}
