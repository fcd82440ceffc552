import { randomUUID } from 'node:crypto'
import { codeOf } from '../../stack/index.ts'
import { firstOf, type Queryable } from '../shared/index.ts'
import { AuthError, unexpectedFailure } from './errors.ts'

export type Metadata = Record<string, unknown>

/** A row of `auth.users`, with the columns that the service reads. */
export interface User {
  id: string
  aud: string
  role: string
  email: string | null
  phone: string | null
  encrypted_password: string | null
  email_confirmed_at: Date | null
  phone_confirmed_at: Date | null
  confirmed_at: Date | null
  invited_at: Date | null
  confirmation_token: string
  confirmation_sent_at: Date | null
  recovery_token: string
  recovery_sent_at: Date | null
  email_change: string
  email_change_sent_at: Date | null
  email_change_token_new: string
  email_change_token_current: string
  email_change_confirm_status: number
  phone_change: string
  phone_change_token: string
  phone_change_sent_at: Date | null
  reauthentication_token: string
  reauthentication_sent_at: Date | null
  raw_app_meta_data: Metadata | null
  raw_user_meta_data: Metadata | null
  last_sign_in_at: Date | null
  created_at: Date
  updated_at: Date
  banned_until: Date | null
  deleted_at: Date | null
  is_anonymous: boolean
}

/** What a caller may set of a user that is made. */
export interface NewUser {
  id?: string | undefined
  aud?: string | undefined
  role?: string | undefined
  email: string | null
  phone?: string | null
  passwordHash: string | null
  userMetadata: Metadata
  appMetadata: Metadata
  isAnonymous?: boolean
}

export type UserColumn = Exclude<keyof User, 'id' | 'confirmed_at' | 'created_at' | 'updated_at'>
export type UserChanges = { [Column in UserColumn]?: User[Column] | undefined }

/** The one instance that Supabase has; people without it are found by nobody. */
const instance = '00000000-0000-0000-0000-000000000000'
/** Of everybody of whom nobody says otherwise; their role has the same name. */
export const audience = 'authenticated'

/** Columns that Supabase's Auth cannot read as null: who makes people by SQL has to fill them. */
const filledColumns = [
  'aud',
  'role',
  'confirmation_token',
  'recovery_token',
  'email_change',
  'email_change_token_new',
  'email_change_token_current',
  'email_change_confirm_status',
  'phone_change',
  'phone_change_token',
  'reauthentication_token',
  'created_at',
  'updated_at',
] as const satisfies (keyof User)[]

/**
 * Makes the row of an account. A trigger of the project sees what it would see on Supabase: an unconfirmed person
 * without a role yet.
 */
export async function insertUser(sql: Queryable, user: NewUser): Promise<User> {
  const id = user.id ?? randomUUID()
  try {
    await sql.rows(
      `insert into auth.users (instance_id, id, aud, role, email, phone, encrypted_password, raw_app_meta_data,
         raw_user_meta_data, is_anonymous, created_at, updated_at, confirmation_token, recovery_token, email_change,
         email_change_token_new)
       values ($1, $2, $3, '', $4, $5, $6, $7, $8, $9, now(), now(), '', '', '', '')`,
      [
        instance,
        id,
        user.aud ?? audience,
        user.email,
        user.phone ?? null,
        user.passwordHash ?? '',
        user.appMetadata,
        user.userMetadata,
        user.isAnonymous ?? false,
      ],
    )
  } catch (error) {
    throw duplicateError(error) ?? error
  }
  return updateUser(sql, id, { role: user.role ?? audience })
}

/** Writes the named columns; the row as it then stands. */
export async function updateUser(sql: Queryable, id: string, changes: UserChanges): Promise<User> {
  const entries = Object.entries(changes).filter(([, value]) => value !== undefined)
  const assignments = ['updated_at = now()', ...entries.map(([column], index) => `${column} = $${index + 2}`)]
  try {
    const rows = await sql.rows<User>(
      `update auth.users set ${assignments.join(', ')} where id = $1 returning *`,
      [id, ...entries.map(([, value]) => value)],
    )
    return readable(firstOf(rows)) ?? notFound()
  } catch (error) {
    throw duplicateError(error) ?? error
  }
}

export async function findUserById(sql: Queryable, id: string): Promise<User | null> {
  return readable(
    firstOf(
      await sql.rows<User>('select * from auth.users where instance_id = $1 and id = $2', [instance, id]),
    ),
  )
}

/** The user with an address, which is compared in lower case; people of an SSO provider are left out. */
export async function findUserByEmail(sql: Queryable, email: string): Promise<User | null> {
  return readable(
    firstOf(
      await sql.rows<User>(
        `select * from auth.users
         where instance_id = $1 and lower(email) = $2 and aud = $3 and not is_sso_user`,
        [instance, email.toLowerCase(), audience],
      ),
    ),
  )
}

/** The user, locked until the transaction ends, so that two requests can't both act on what they read. */
export async function lockUser(sql: Queryable, id: string): Promise<User | null> {
  return readable(
    firstOf(
      await sql.rows<User>('select * from auth.users where instance_id = $1 and id = $2 for update', [
        instance,
        id,
      ]),
    ),
  )
}

/** One page of everybody, the latest first, and how many there are. */
export async function listUsers(
  sql: Queryable,
  { size, offset }: { size: number; offset: number },
): Promise<{ users: User[]; total: number }> {
  const condition = 'instance_id = $1 and aud = $2'
  const users = await sql.rows<User>(
    `select * from auth.users where ${condition} order by created_at desc, id limit $3 offset $4`,
    [instance, audience, size, offset],
  )
  const [count] = await sql.rows<{ total: number }>(
    `select count(*)::integer as total from auth.users where ${condition}`,
    [instance, audience],
  )
  for (const user of users) readable(user)
  return { users, total: count?.total ?? 0 }
}

/** Keys of `changes` replace those of `metadata`; a null removes its key. */
export function mergeMetadata(metadata: Metadata | null, changes: Metadata): Metadata {
  return Object.fromEntries(Object.entries({ ...metadata, ...changes }).filter(([, value]) => value !== null))
}

/** @throws AuthError `user_banned`, with the status that each endpoint has for it */
export function assertNotBanned(user: User, status = 400, message = 'User is banned'): void {
  if (user.banned_until && user.banned_until > new Date()) throw new AuthError(status, 'user_banned', message)
}

/** The address belongs to somebody, 422. */
export function emailExists(): AuthError {
  return new AuthError(422, 'email_exists', 'A user with this email address has already been registered')
}

/** @throws AuthError 500, as on Supabase, for a row that was made by SQL with nulls where Auth reads none */
function readable(user: User | null): User | null {
  const missing = user && filledColumns.find((column) => user[column] === null)
  if (!missing) return user
  console.error(`Auth: ${missing} of the user ${user.id} is null: fill it where the row is made by SQL.`)
  throw unexpectedFailure('Database error querying schema')
}

function notFound(): never {
  throw new AuthError(404, 'user_not_found', 'User not found')
}

/** Two requests for one address can both find it free; the index decides, and the loser is told why. */
function duplicateError(error: unknown): AuthError | undefined {
  if (codeOf(error) !== '23505' || !(error instanceof Error)) return undefined
  if (error.message.includes('users_email_partial_key')) return emailExists()
  if (error.message.includes('users_phone_key'))
    return new AuthError(422, 'phone_exists', 'Phone number already registered by another user')
  return undefined
}
