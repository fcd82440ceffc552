import { randomUUID } from 'node:crypto'
import { codeOf } from '../../stack/index.ts'
import { firstOf, type Queryable } from '../shared/index.ts'
import { AuthError } from './errors.ts'

export type Metadata = Record<string, unknown>

/** A row of `auth.users`, with the columns that the service reads. */
export interface User {
  id: string
  aud: string | null
  role: string | null
  email: string | null
  phone: string | null
  encrypted_password: string | null
  email_confirmed_at: Date | null
  phone_confirmed_at: Date | null
  confirmed_at: Date | null
  invited_at: Date | null
  confirmation_sent_at: Date | null
  recovery_sent_at: Date | null
  email_change: string | null
  email_change_sent_at: Date | null
  email_change_token_new: string | null
  email_change_token_current: string | null
  email_change_confirm_status: number
  reauthentication_token: string | null
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
  id?: string
  aud?: string
  role?: string
  email: string | null
  phone?: string | null
  passwordHash: string | null
  userMetadata: Metadata
  appMetadata: Metadata
  isAnonymous?: boolean
  bannedUntil?: Date | null
}

export type UserColumn = Exclude<keyof User, 'id' | 'confirmed_at' | 'created_at' | 'updated_at'>
export type UserChanges = Partial<
  Pick<User, UserColumn> & { confirmation_token: string | null; recovery_token: string | null }
>

/** What a trigger of the project would see at the same moment on Supabase: unconfirmed, with all metadata. */
export async function insertUser(sql: Queryable, user: NewUser): Promise<User> {
  const id = user.id ?? randomUUID()
  try {
    const rows = await sql.rows<User>(
      `insert into auth.users (instance_id, id, aud, role, email, phone, encrypted_password, raw_app_meta_data,
         raw_user_meta_data, is_anonymous, banned_until, created_at, updated_at)
       values ('00000000-0000-0000-0000-000000000000', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now(), now())
       returning *`,
      [
        id,
        user.aud ?? 'authenticated',
        user.role ?? 'authenticated',
        user.email,
        user.phone ?? null,
        user.passwordHash,
        user.appMetadata,
        user.userMetadata,
        user.isAnonymous ?? false,
        user.bannedUntil ?? null,
      ],
    )
    return existing(rows)
  } catch (error) {
    throw duplicateError(error) ?? error
  }
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
    return existing(rows)
  } catch (error) {
    throw duplicateError(error) ?? error
  }
}

export async function findUserById(sql: Queryable, id: string): Promise<User | null> {
  return firstOf(await sql.rows<User>('select * from auth.users where id = $1', [id]))
}

/** The user with an address, which is compared in lower case; people of an SSO provider are left out. */
export async function findUserByEmail(sql: Queryable, email: string): Promise<User | null> {
  return firstOf(
    await sql.rows<User>('select * from auth.users where email = $1 and not is_sso_user', [
      email.toLowerCase(),
    ]),
  )
}

/** The user, locked until the transaction ends, so that two requests can't both act on what they read. */
export async function lockUser(sql: Queryable, id: string): Promise<User | null> {
  return firstOf(await sql.rows<User>('select * from auth.users where id = $1 for update', [id]))
}

/** Keys of `changes` replace those of `metadata`; a null removes its key. */
export function mergeMetadata(metadata: Metadata | null, changes: Metadata): Metadata {
  return Object.fromEntries(Object.entries({ ...metadata, ...changes }).filter(([, value]) => value !== null))
}

/** @throws AuthError `user_banned`, with the status that each endpoint has for it */
export function assertNotBanned(user: User, status = 400, message = 'User is banned'): void {
  if (user.banned_until && user.banned_until > new Date()) throw new AuthError(status, 'user_banned', message)
}

function existing(rows: User[]): User {
  const [user] = rows
  if (!user) throw new AuthError(404, 'user_not_found', 'User not found')
  return user
}

/** Two requests for one address can both find it free; the index decides, and the loser is told why. */
function duplicateError(error: unknown): AuthError | undefined {
  if (codeOf(error) !== '23505' || !(error instanceof Error)) return undefined
  if (error.message.includes('users_email_partial_key')) return emailExists()
  if (error.message.includes('users_phone_key'))
    return new AuthError(422, 'phone_exists', 'A user with this phone number has already been registered')
  return undefined
}

/** The address belongs to somebody, 422. */
export function emailExists(): AuthError {
  return new AuthError(422, 'email_exists', 'A user with this email address has already been registered')
}
