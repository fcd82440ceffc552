import { randomBytes } from 'node:crypto'
import bcrypt from 'bcryptjs'
import { AuthError, validationFailed } from './errors.ts'
import type { AuthSettings } from './settings.ts'

/** bcrypt reads no further, so a longer password would be weaker than it looks. */
const longestPassword = 72
/** Rounds of bcrypt, as a power of two: those of Supabase. */
let cost = 10

const lower = 'abcdefghijklmnopqrstuvwxyz'
const upper = lower.toUpperCase()
const digits = '0123456789'
const symbols = '!@#$%^&*()_+-=[]{};\'\\:"|<>?,./`~'

/** Of each set a password needs one character. */
const requiredSets: Record<AuthSettings['password_requirements'], string[]> = {
  '': [],
  letters_digits: [lower + upper, digits],
  lower_upper_letters_digits: [lower, upper, digits],
  lower_upper_letters_digits_symbols: [lower, upper, digits, symbols],
}

/** For tests, which make accounts by the hundred: 4 is the least that there is. */
export function setPasswordHashCost(rounds: number): void {
  cost = rounds
}

/** A bcrypt hash, as `crypt(password, gen_salt('bf'))` of pgcrypto makes. */
export function hashPassword(password: string): Promise<string> {
  return bcrypt.hash(password, cost)
}

/** Whether a password is the one that was hashed; an account without a password has none that fits. */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  return hash && !isTooLong(password) ? bcrypt.compare(password, hash) : false
}

/** A password that nobody knows, for accounts that sign in by e-mail. */
export function randomPassword(): string {
  return randomBytes(48).toString('base64url')
}

/** What the project's rules say against a password. */
export interface Weakness {
  message: string
  reasons: string[]
}

/** Null where a password keeps the project's rules. */
export function weaknessOf(password: string, settings: AuthSettings): Weakness | null {
  const messages: string[] = []
  const reasons: string[] = []
  if (Buffer.byteLength(password) < settings.minimum_password_length) {
    reasons.push('length')
    messages.push(`Password should be at least ${settings.minimum_password_length} characters.`)
  }
  const sets = requiredSets[settings.password_requirements]
  if (sets.some((set) => ![...set].some((character) => password.includes(character)))) {
    reasons.push('characters')
    messages.push(`Password should contain at least one character of each: ${sets.join(', ')}.`)
  }
  return reasons.length > 0 ? { message: messages.join(' '), reasons } : null
}

/** @throws AuthError `validation_failed` when too long for bcrypt, `weak_password` below the project's rules */
export function assertStrongPassword(password: string, settings: AuthSettings): void {
  if (isTooLong(password))
    throw validationFailed(`Password cannot be longer than ${longestPassword} characters`)
  const weakness = weaknessOf(password, settings)
  if (weakness)
    throw new AuthError(422, 'weak_password', weakness.message, {
      extra: { weak_password: { reasons: weakness.reasons } },
    })
}

/** Whether bcrypt would not read a password to its end. */
export function isTooLong(password: string): boolean {
  return Buffer.byteLength(password) > longestPassword
}
